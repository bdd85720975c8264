package courtside.command;

import java.util.StringJoiner;

/** A failure in words. */
final class Failure {
  private static final int DEEPEST = 8;

  private Failure() {}

  /** The messages from the failure down to its cause, without repetition. */
  static String sentence(Throwable failure) {
    StringJoiner sentence = new StringJoiner(": ");
    String before = "";
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      String message =
          at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage().strip();
      if (!before.contains(message)) {
        sentence.add(message);
        before = message;
      }
      at = at.getCause();
    }
    return sentence.toString();
  }
}
