package courtside.command;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
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
      String message = message(at);
      if (!before.contains(message)) {
        sentence.add(message);
        before = message;
      }
      at = at.getCause();
    }
    return sentence.toString();
  }

  private static String message(Throwable failure) {
    return switch (failure) {
      // Their messages are the path alone.
      case NoSuchFileException e -> "there is no " + e.getFile();
      case AccessDeniedException e -> e.getFile() + " may not be used";
      case Throwable e when e.getMessage() == null -> e.getClass().getSimpleName();
      default -> String.valueOf(failure.getMessage()).strip();
    };
  }
}
