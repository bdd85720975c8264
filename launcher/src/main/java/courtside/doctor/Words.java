package courtside.doctor;

import java.time.Duration;
import java.util.Locale;

/** Figures as people say them. */
final class Words {
  private static final int DEEPEST = 8;

  private Words() {}

  /** The two largest units that matter. */
  static String of(Duration duration) {
    if (duration.isNegative()) {
      return "-" + of(duration.negated());
    }
    if (duration.toDays() > 0) {
      return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return duration.toSeconds() > 9
        ? duration.toSeconds() + " s"
        : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }

  /** Seconds of a figure. */
  static String ofSeconds(double seconds) {
    return of(Duration.ofMillis((long) (seconds * 1e3)));
  }

  /** In thousands, as the setting is written. */
  static String ofBytes(double bytes) {
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** The same of a whole number. */
  static String ofBytes(long bytes) {
    return ofBytes((double) bytes);
  }

  /** One, or so many. */
  static String of(long count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  /** The deepest that says something. */
  static String of(Throwable failure) {
    Throwable deepest = failure;
    for (int depth = 0; deepest.getCause() != null && depth < DEEPEST; depth++) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null
        ? deepest.getClass().getSimpleName()
        : String.valueOf(deepest.getMessage());
  }
}
