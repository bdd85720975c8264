package courtside.command;

import courtside.processor.definition.DefinitionException;
import courtside.screen.VisibleText;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.StringJoiner;

/** A failure in words, whoever chose them: a terminal shows them and does nothing else. */
final class Failure {
  private static final int DEEPEST = 8;

  /** A path may be as long; of a server nobody reads more. */
  private static final int MOST_CHARACTERS = 4_096;

  /** What is wrong with a file of ours, a line each. */
  private static final int MOST_OF_LINES = 65_536;

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

  /** One line of what somebody else may have written. */
  static String line(String text) {
    return VisibleText.line(text.strip(), MOST_CHARACTERS);
  }

  private static String message(Throwable failure) {
    return switch (failure) {
      // Their messages are the path alone.
      case NoSuchFileException e -> line("there is no " + e.getFile());
      case AccessDeniedException e -> line(e.getFile() + " may not be used");
      case Throwable e when e.getMessage() == null -> e.getClass().getSimpleName();
      case DefinitionException e -> lines(e);
      case RefusedException e -> lines(e);
      default -> line(String.valueOf(failure.getMessage()));
    };
  }

  /** Only these are of several lines, each of which we wrote ourselves. */
  private static String lines(Exception failure) {
    String message = String.valueOf(failure.getMessage()).strip();
    return VisibleText.lines(
        message.length() > MOST_OF_LINES ? message.substring(0, MOST_OF_LINES) + "…" : message);
  }
}
