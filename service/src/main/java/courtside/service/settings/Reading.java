package courtside.service.settings;

import java.util.List;
import java.util.Map;

/** What came of reading settings. */
public sealed interface Reading<T> {
  /**
   * They are fine.
   *
   * @param effective every variable of this service with the value in force
   */
  record Valid<T>(T settings, Map<String, String> effective) implements Reading<T> {}

  /** They are not: one sentence for each problem. */
  record Invalid<T>(List<String> problems) implements Reading<T> {}
}
