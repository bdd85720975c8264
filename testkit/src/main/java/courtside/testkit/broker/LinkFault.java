package courtside.testkit.broker;

import java.time.Duration;

/** What a {@link BrokerProxy} does wrong, from when it is told until that is lifted. Immutable. */
public sealed interface LinkFault {
  /** The request by which a producer ends a transaction, commit and abort, as Kafka numbers it. */
  short END_TXN = 26;

  /** Every piece is passed on later, in both directions. */
  record Latency(Duration delay) implements LinkFault {}

  /**
   * What goes to the broker is held to a rate, all connections together.
   *
   * @param bytesPerSecond positive
   */
  record Bandwidth(long bytesPerSecond) implements LinkFault {}

  /**
   * Everything is passed on in small pieces, in both directions.
   *
   * @param bytes of a piece at most, positive
   * @param pause between two of them
   */
  record Slicer(int bytes, Duration pause) implements LinkFault {}

  /** Nothing passes, connections stay open and are accepted; what waited passes once lifted. */
  record Hold() implements LinkFault {}

  /** Every connection is reset as soon as anything would pass, new ones too. */
  record Reset() implements LinkFault {}

  /**
   * Every connection is closed after so many more bytes to the broker, in the middle of a request.
   *
   * @param bytes positive
   */
  record CutAfter(long bytes) implements LinkFault {}

  /**
   * One request, the next of its kind, does not end as it should; the connection is of no use from
   * then on.
   *
   * @param apiKey its kind, as Kafka numbers them
   */
  record AtRequest(short apiKey, Fate fate) implements LinkFault {}

  /** What becomes of a request and of its connection. */
  enum Fate {
    /** The broker never sees it, and the connection is reset. */
    LOST_AND_RESET,
    /** The broker has answered, the answer is lost, and the connection is reset. */
    ANSWER_LOST_AND_RESET,
    /** The broker never sees it, and the connection is mute. */
    LOST_AND_MUTE,
    /** The broker has answered, the answer is lost, and the connection is mute. */
    ANSWER_LOST_AND_MUTE,
    /** The connection is mute; the broker sees the request once the fault is lifted. */
    LATE_AND_MUTE;

    boolean reachesBroker() {
      return this == ANSWER_LOST_AND_RESET || this == ANSWER_LOST_AND_MUTE;
    }

    boolean resets() {
      return this == LOST_AND_RESET || this == ANSWER_LOST_AND_RESET;
    }
  }
}
