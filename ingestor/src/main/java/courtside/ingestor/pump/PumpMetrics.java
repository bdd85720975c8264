package courtside.ingestor.pump;

import courtside.atproto.MalformedDataException;
import courtside.eventlog.firehose.Incident;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What is counted of writing. Each counter is there, at zero, from the start. Thread-safe. */
public final class PumpMetrics {
  private final Counter written;
  private final Counter duplicates;
  private final Counter writerFailures;
  private final Map<MalformedDataException.Kind, Counter> deadLetters =
      new EnumMap<>(MalformedDataException.Kind.class);
  private final Map<Incident.Kind, Counter> incidents = new EnumMap<>(Incident.Kind.class);

  /** Registers the counters. */
  public PumpMetrics(MeterRegistry registry) {
    written = registry.counter("courtside.ingestor.frames.written");
    duplicates = registry.counter("courtside.ingestor.frames.duplicate");
    writerFailures = registry.counter("courtside.ingestor.writer.failures");
    for (MalformedDataException.Kind kind : MalformedDataException.Kind.values()) {
      deadLetters.put(
          kind, registry.counter("courtside.ingestor.dead.letters", "reason", label(kind)));
    }
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

  /** A frame could not be read. */
  void deadLetter(MalformedDataException.Kind kind) {
    count(deadLetters, kind);
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

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E label) {
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
