package courtside.feedapi.xrpc;

/**
 * One method of XRPC. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/xrpc">XRPC</a>
 */
public interface Method {
  /** Whether it is asked with GET, or told something with POST. */
  enum Kind {
    /** Asked with GET, and HEAD. */
    QUERY,
    /** Told with POST. */
    PROCEDURE
  }

  /** How it is called. */
  Kind kind();

  /**
   * Answers.
   *
   * @return the JSON of the answer
   * @throws XrpcException what is answered instead
   */
  byte[] answer(Call call);

  /** A query. */
  static Method query(Answering answering) {
    return new Simple(Kind.QUERY, answering);
  }

  /** A procedure. */
  static Method procedure(Answering answering) {
    return new Simple(Kind.PROCEDURE, answering);
  }

  /** What a method does. */
  @FunctionalInterface
  interface Answering {
    /** As {@link Method#answer}. */
    byte[] answer(Call call);
  }

  /** A method in one function. */
  record Simple(Kind kind, Answering answering) implements Method {
    @Override
    public byte[] answer(Call call) {
      return answering.answer(call);
    }
  }
}
