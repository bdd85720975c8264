package courtside.pipeline;

import java.util.List;

/** Settings are wrong; nothing was started. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  SettingsException(List<String> problems) {
    super("the settings are wrong:\n  " + String.join("\n  ", problems));
    this.problems = problems;
  }

  /** One sentence for each. */
  public List<String> problems() {
    return problems;
  }
}
