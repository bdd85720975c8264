package courtside.ingestor.queue;

import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observation;
import java.time.Instant;
import java.util.Optional;

/** What comes to the pump, in order. Immutable. */
public sealed interface Arrival {
  /** A message of the relay, byte for byte; the array belongs to the arrival and is not changed. */
  final class Frame implements Arrival {
    private final long generation;
    private final byte[] bytes;
    private final Instant seenAt;

    /**
     * Takes over the bytes.
     *
     * @param generation the connection that it came by
     * @param seenAt when it was read, by the clock
     */
    public Frame(long generation, byte[] bytes, Instant seenAt) {
      this.generation = generation;
      this.bytes = bytes;
      this.seenAt = seenAt;
    }

    public long generation() {
      return generation;
    }

    /** Not a copy. */
    public byte[] bytes() {
      return bytes;
    }

    public Instant seenAt() {
      return seenAt;
    }
  }

  /**
   * A relay that is not read was looked at.
   *
   * @param seen empty where it could not be read
   */
  record Observed(String relay, Optional<Observation> seen) implements Arrival {}

  /** Something about the connection that belongs in the log. */
  record Notice(Incident incident) implements Arrival {}
}
