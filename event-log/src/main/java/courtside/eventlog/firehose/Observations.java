package courtside.eventlog.firehose;

import courtside.eventlog.format.Format;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Where the numbering of a relay that is not in use stood lately: the protocol has no cursor by
 * time, so this says where to begin should it be read. Stands beside the cursors. Immutable.
 *
 * @param newest at most {@link #KEPT}, the newest last; their sequences never fall
 */
public record Observations(String relay, List<Observation> newest) {
  /** Three hours of one a minute. */
  public static final int KEPT = 180;

  private static final String SUFFIX = "#observed";
  private static final Format<Observations> FORMAT = Format.of(Observations.class);

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are too many
   */
  public Observations {
    if (newest.size() > KEPT) {
      throw new IllegalArgumentException(
          "expected at most " + KEPT + " observations, found " + newest.size());
    }
    newest = List.copyOf(newest);
  }

  /** Nothing seen yet. */
  public static Observations none(String relay) {
    return new Observations(relay, List.of());
  }

  /** The record's key for a relay. */
  public static String key(String relay) {
    return relay + SUFFIX;
  }

  /** Whether a record of the cursors' topic is this, and not a cursor. */
  public static boolean isKey(String key) {
    return key.endsWith(SUFFIX);
  }

  /**
   * With one more, and without the oldest where there are too many. One whose sequence is lower
   * than the one before stands alone: the numbering began anew, and what was seen before means
   * nothing in it.
   */
  public Observations with(Observation observation) {
    List<Observation> more = new ArrayList<>(newest);
    if (!more.isEmpty() && observation.seq() < more.getLast().seq()) {
      more.clear();
    } else if (more.size() == KEPT) {
      more.removeFirst();
    }
    more.add(observation);
    return new Observations(relay, more);
  }

  /** The newest whose median lies at least so long before a moment. */
  public Optional<Observation> newestBefore(Instant moment, Duration atLeast) {
    Instant latest = moment.minus(atLeast);
    return newest.reversed().stream()
        .filter(observation -> !observation.medianFrameTime().isAfter(latest))
        .findFirst();
  }

  /** The record's value: CBOR and a checksum, as a wrong sequence loses frames. */
  public byte[] encode() {
    return Checksum.append(FORMAT.encode(this));
  }

  /**
   * Reads a record's value.
   *
   * @throws SerializationException if it is not what {@link #encode} wrote
   */
  public static Observations decode(byte[] value) {
    return FORMAT.decode(Checksum.strip(value));
  }
}
