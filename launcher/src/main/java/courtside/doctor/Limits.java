package courtside.doctor;

import java.time.Duration;
import java.util.Optional;

/**
 * From where on something is wrong, and how long anything is waited for. Immutable.
 *
 * @param slow of a page; the AppView gives up after 10 s
 * @param clock how far two clocks may be apart; tokens are good for a minute
 * @param lag how far behind a service may be, and a feed that is served
 * @param late how old frames may be when they come; absent for what the ingestor has
 * @param free the least share of a disk that has to be free
 * @param kafka how long Kafka may take for an answer
 * @param spoken how long a service may be silent, which speaks once a second
 * @param moves how long what replays may stand where it is; a set takes some seconds to begin
 * @param told how long ago it may have been said where a feed is: of many, each has its turn
 * @param frame how long a relay may take for an upgrade, and then for a frame
 * @param check how long any check may take in all
 * @param requests how many pages of each feed are timed
 * @param pages how many pages of each feed are followed
 */
public record Limits(
    Duration slow,
    Duration clock,
    Duration lag,
    Optional<Duration> late,
    double free,
    Duration kafka,
    Duration spoken,
    Duration moves,
    Duration told,
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
          Optional.empty(),
          0.15,
          Duration.ofSeconds(5),
          Duration.ofSeconds(4),
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          5,
          3);

  /** The same with another limit of a page. */
  public Limits withSlow(Duration value) {
    return new Limits(
        value, clock, lag, late, free, kafka, spoken, moves, told, frame, check, requests, pages);
  }

  /** The same with another least share. */
  public Limits withFree(double value) {
    return new Limits(
        slow, clock, lag, late, value, kafka, spoken, moves, told, frame, check, requests, pages);
  }

  /** The same with another age of frames. */
  public Limits withLate(Optional<Duration> value) {
    return new Limits(
        slow, clock, lag, value, free, kafka, spoken, moves, told, frame, check, requests, pages);
  }

  /** The same where nobody is waited for longer than this. */
  public Limits withPatience(Duration most) {
    return new Limits(
        slow, clock, lag, late, free, most, most, most, told, most, check, requests, pages);
  }
}
