package courtside.ingestor.pump;

import courtside.atproto.MalformedDataException;
import courtside.eventlog.firehose.Incident;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What is counted of writing. Each counter is there, at zero, from the start. Thread-safe. */
public final class PumpMetrics {
  /** The reason of dead letters that could be read, and stood in no numbering. */
  static final String IMPLAUSIBLE_SEQUENCE = "implausible_sequence";

  private final Counter written;
  private final Counter duplicates;
  private final Counter writerFailures;
  private final Counter filtered;
  private final Counter dropped;
  private final Counter lettersNotKept;
  private final Map<String, Counter> deadLetters = new HashMap<>();
  private final Map<Incident.Kind, Counter> incidents = new EnumMap<>(Incident.Kind.class);

  /** Registers the counters. */
  public PumpMetrics(MeterRegistry registry) {
    written = registry.counter("courtside.ingestor.frames.written");
    duplicates = registry.counter("courtside.ingestor.frames.duplicate");
    writerFailures = registry.counter("courtside.ingestor.writer.failures");
    filtered = registry.counter("courtside.ingestor.frames.filtered");
    dropped = registry.counter("courtside.ingestor.frames.held.dropped");
    lettersNotKept = registry.counter("courtside.ingestor.dead.letters.not.kept");
    Stream.concat(
            Arrays.stream(MalformedDataException.Kind.values()).map(PumpMetrics::label),
            Stream.of(IMPLAUSIBLE_SEQUENCE))
        .forEach(reason ->
            deadLetters.put(
                reason, registry.counter("courtside.ingestor.dead.letters", "reason", reason)));
    for (Incident.Kind kind : Incident.Kind.values()) {
      incidents.put(kind, registry.counter("courtside.ingestor.incidents", "kind", label(kind)));
    }
  }

  void written(int frames) {
    written.increment(frames);
  }

  /** A frame came again and was dropped. */
  void duplicate() {
    duplicates.increment();
  }

  /** A frame touches no collection that is kept. */
  void filtered() {
    filtered.increment();
  }

  /** A frame was held, undecided, when its connection ended: it comes again. */
  void heldAndDropped() {
    dropped.increment();
  }

  /** A frame could not be used. */
  void deadLetter(String reason) {
    count(deadLetters, reason);
  }

  /** There were too many dead letters for this one to be kept. */
  void deadLetterNotKept() {
    lettersNotKept.increment();
  }

  void incident(Incident.Kind kind) {
    count(incidents, kind);
  }

  /** A writer ended by an error. */
  void writerFailed() {
    writerFailures.increment();
  }

  /** Frames committed since the start. */
  public double writtenTotal() {
    return written.count();
  }

  private static <K> void count(Map<K, Counter> counters, K label) {
    Counter counter = counters.get(label);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + label);
    }
    counter.increment();
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
