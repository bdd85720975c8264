package courtside.ingestor.pump;

import courtside.ingestor.choice.ChoiceSettings;
import courtside.ingestor.relay.RelayAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the pump works. Immutable.
 *
 * @param relays in the order of preference, not empty; cursors are kept under their names
 * @param choice when another of them is read
 * @param overlap how far back another relay is begun, by the median time of frames
 * @param instance this instance's identity over restarts
 * @param start where to begin without a cursor
 * @param filter which commits are kept
 * @param commitEvery how long a transaction gathers
 * @param maxFrames how many arrivals a transaction holds at most, where Kafka takes them in time;
 *     it gathers for longer than {@code commitEvery} only while they wait already
 * @param maxBytes after how many bytes of frames a transaction ends
 * @param deadLetterBytes how many bytes of dead letters are kept a minute
 * @param hangLimit how long a turn of the pump may take before it is ended
 * @param leaveOnStop whether stopping leaves the group at once
 */
public record PumpSettings(
    List<RelayAddress> relays,
    ChoiceSettings choice,
    Duration overlap,
    String instance,
    Start start,
    CollectionFilter filter,
    Duration commitEvery,
    int maxFrames,
    long maxBytes,
    long deadLetterBytes,
    Duration hangLimit,
    boolean leaveOnStop) {
  /** More frames than this are in no transaction, whatever the settings of today are. */
  public static final int MOST_FRAMES = 4_096;

  /** Copies the list. */
  public PumpSettings {
    if (maxFrames > MOST_FRAMES) {
      throw new IllegalArgumentException(
          "at most " + MOST_FRAMES + " frames fit a transaction, not " + maxFrames);
    }
    relays = List.copyOf(relays);
  }
}
