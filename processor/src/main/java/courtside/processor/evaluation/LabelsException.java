package courtside.processor.evaluation;

import java.nio.file.Path;

/** A line is no labelled post. Says which, and what was expected. */
public final class LabelsException extends Exception {
  private static final long serialVersionUID = 1L;

  LabelsException(Path file, int line, String message) {
    super(file + ":" + line + ": " + message, null, false, false);
  }
}
