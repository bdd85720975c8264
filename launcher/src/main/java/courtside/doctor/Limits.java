package courtside.doctor;

import java.time.Duration;

/**
 * From where on something is wrong, and how long anything is waited for. Immutable.
 *
 * @param slow of a page; the AppView gives up after 10 s
 * @param clock how far two clocks may be apart; tokens are good for a minute
 * @param lag how far behind a service may be
 * @param free the least share of a disk that has to be free
 * @param kafka how long Kafka may take for an answer
 * @param spoken how long a service may be silent, which speaks once a second
 * @param frame how long a relay may take for an upgrade, and then for a frame
 * @param check how long any check may take in all
 * @param requests how many pages of each feed are timed
 * @param pages how many pages of each feed are followed
 */
public record Limits(
    Duration slow,
    Duration clock,
    Duration lag,
    double free,
    Duration kafka,
    Duration spoken,
    Duration frame,
    Duration check,
    int requests,
    int pages) {
  /** As it is unless somebody says otherwise. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          0.15,
          Duration.ofSeconds(5),
          Duration.ofSeconds(4),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          5,
          3);

  /** The same with another limit of a page. */
  public Limits withSlow(Duration value) {
    return new Limits(value, clock, lag, free, kafka, spoken, frame, check, requests, pages);
  }

  /** The same with another least share. */
  public Limits withFree(double value) {
    return new Limits(slow, clock, lag, value, kafka, spoken, frame, check, requests, pages);
  }

  /** The same with another lag. */
  public Limits withLag(Duration value) {
    return new Limits(slow, clock, value, free, kafka, spoken, frame, check, requests, pages);
  }

  /** The same with other patience. */
  public Limits withPatience(Duration ofKafka, Duration ofServices, Duration ofFrames) {
    return new Limits(
        slow, clock, lag, free, ofKafka, ofServices, ofFrames, check, requests, pages);
  }
}
