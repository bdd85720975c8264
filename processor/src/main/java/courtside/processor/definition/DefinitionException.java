package courtside.processor.definition;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A feed's file is not a definition. Says everything that is wrong with it, one mistake a line:
 * {@code nba-now.yaml:12: expected …}. Has no stack trace: it is about somebody's text.
 */
public final class DefinitionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;
  private final String file;
  private final transient List<Mistake> mistakes;

  /**
   * One thing that is wrong.
   *
   * @param line where, from 1
   * @param message what was expected and what was found, on one line
   */
  public record Mistake(int line, String message) {}

  DefinitionException(String file, List<Mistake> mistakes) {
    super(null, null, false, false);
    this.message =
        mistakes.stream()
            .map(mistake -> file + ":" + mistake.line() + ": " + mistake.message())
            .collect(Collectors.joining("\n"));
    this.file = file;
    this.mistakes = List.copyOf(mistakes);
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** The file as it was named. */
  public String file() {
    return file;
  }

  /** What is wrong, in the order of lines; at least one. */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
