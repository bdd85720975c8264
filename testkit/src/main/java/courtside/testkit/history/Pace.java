package courtside.testkit.history;

import java.time.Duration;
import java.time.Instant;

/**
 * When histories happen, and how fast: all that the pipeline counts in days is counted in days of
 * this length, so that two months may pass within an hour of the log. Immutable.
 *
 * @param end when every history has ended
 * @param day how long a day is, some seconds at least: moments of the log are whole milliseconds
 */
public record Pace(Instant end, Duration day) {
  /** The most that a history lasts, in days. */
  public static final int DAYS = 60;

  private static final int FUTURE_ALLOWED_PART = 120;

  /** When the first history may begin. */
  public Instant begin() {
    return end.minus(days(DAYS));
  }

  /** So many days. */
  public Duration days(long days) {
    return day.multipliedBy(days);
  }

  /** How far a revision may lie ahead of the time seen. */
  public Duration futureAllowed() {
    return day.dividedBy(FUTURE_ALLOWED_PART);
  }

  /** How long revisions are remembered, and that an account is active. */
  public Duration revisions() {
    return days(7);
  }

  /** How long it is remembered that an account is not active. */
  public Duration inactiveAccounts() {
    return days(30);
  }

  /** How long posts stay hidden under the status {@code deleted}, running, before they are gone. */
  public Duration deletedAccounts() {
    return days(3);
  }
}
