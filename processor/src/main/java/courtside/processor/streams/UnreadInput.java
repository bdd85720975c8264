package courtside.processor.streams;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a stage has not read of one partition, and what decides when it is deleted. Immutable.
 *
 * @param next the first offset that is not read
 * @param begin the oldest offset that there is
 * @param end the offset after the newest
 * @param timestamp of the first record that is not read, in milliseconds, if that is known
 * @param retentionMillis how long records are kept, or -1
 * @param retentionBytes how much of the partition is kept, or -1
 * @param bytes how much there is of it now, if that is known
 * @param perSecond records that are written in a second; 0 where that is not known yet
 */
record UnreadInput(
    long next,
    long begin,
    long end,
    OptionalLong timestamp,
    long retentionMillis,
    long retentionBytes,
    OptionalLong bytes,
    double perSecond) {

  /**
   * What is left.
   *
   * @param seconds until the first of it is deleted, at the earliest: Kafka deletes whole segments
   * @param share of all that is kept, in time or in bytes, which lies before it; from 0 to 1
   */
  record Left(double seconds, double share) {
    /** Both at their worst. */
    Left and(Left other) {
      return new Left(Math.min(seconds, other.seconds()), Math.min(share, other.share()));
    }
  }

  /** What is left at a time, in milliseconds; empty where all is read, or nothing limits it. */
  Optional<Left> left(long nowMillis) {
    if (next >= end) {
      return Optional.empty();
    }
    if (next < begin) {
      return Optional.of(new Left(0, 0));
    }
    Optional<Left> byTime = byTime(nowMillis);
    Optional<Left> byBytes = byBytes();
    if (byTime.isPresent() && byBytes.isPresent()) {
      return Optional.of(byTime.get().and(byBytes.get()));
    }
    return byTime.or(() -> byBytes);
  }

  private Optional<Left> byTime(long nowMillis) {
    if (retentionMillis < 0 || timestamp.isEmpty()) {
      return Optional.empty();
    }
    double left = Math.max(0, (double) timestamp.getAsLong() + retentionMillis - nowMillis);
    return Optional.of(
        new Left(left / 1e3, retentionMillis == 0 ? 0 : within(left / retentionMillis)));
  }

  /**
   * As much is deleted as is written, once the partition is full; so much can be written before the
   * first unread record goes.
   */
  private Optional<Left> byBytes() {
    OptionalDouble free = free();
    if (free.isEmpty()) {
      return Optional.empty();
    }
    double left = next - begin + free.getAsDouble();
    double all = end - begin + free.getAsDouble();
    double seconds = perSecond > 0 ? left / perSecond : Double.POSITIVE_INFINITY;
    return Optional.of(new Left(seconds, within(left / all)));
  }

  /** Records that can be written before the partition is full. */
  private OptionalDouble free() {
    if (retentionBytes < 0) {
      return OptionalDouble.empty();
    }
    if (bytes.isEmpty()) {
      // Once something was deleted it is taken to be full, which is rather too early than too late.
      return begin > 0 ? OptionalDouble.of(0) : OptionalDouble.empty();
    }
    double perRecord = Math.max(1, (double) bytes.getAsLong() / (end - begin));
    return OptionalDouble.of(Math.max(0, retentionBytes - bytes.getAsLong()) / perRecord);
  }

  private static double within(double share) {
    return Math.min(1, Math.max(0, share));
  }
}
