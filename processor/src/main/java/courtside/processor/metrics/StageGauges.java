package courtside.processor.metrics;

import courtside.processor.streams.Lag;
import courtside.processor.streams.Restoring;
import courtside.processor.streams.Stage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * The gauges of one application: tagged {@code stage}, and {@code set}, which is {@code none} for
 * extract. What is not known is not a number. They go when the application ends. Thread-safe.
 */
public final class StageGauges implements AutoCloseable {
  private static final String NONE = "none";

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Gauge> gauges = new ArrayList<>();

  private StageGauges(MeterRegistry registry, Tags tags, Supplier<Stage> stage) {
    this.registry = registry;
    this.tags = tags;
    add("lag.events", "events that it is behind", () -> events(stage.get().lag()));
    add(
        "lag.seconds",
        "how long the oldest of them may have been waiting",
        () -> seconds(stage.get().lag()));
    add(
        "restore.remaining",
        "offsets of changelogs to be read before work begins",
        () -> stage.get().restoring().map(Restoring::remaining).orElse(0L));
  }

  /** Those of extract. */
  public static StageGauges ofExtract(MeterRegistry registry, Supplier<Stage> stage) {
    return new StageGauges(registry, Tags.of("stage", "extract", "set", NONE), stage);
  }

  /** Those of a set, which are one more: how much of what it reads belongs to any of its feeds. */
  public static StageGauges ofSet(
      MeterRegistry registry,
      String set,
      Supplier<Stage> stage,
      Supplier<OptionalDouble> matchRate) {
    StageGauges gauges = new StageGauges(registry, Tags.of("stage", "feeds", "set", set), stage);
    gauges.add(
        "match.rate",
        "posts of any of its feeds in what was read since its tasks started",
        () -> matchRate.get().orElse(Double.NaN));
    return gauges;
  }

  /** A lag in events as a gauge has it. */
  public static double events(Optional<Lag> lag) {
    return lag.map(known -> (double) known.events()).orElse(Double.NaN);
  }

  /** A lag in seconds as a gauge has it. */
  public static double seconds(Optional<Lag> lag) {
    return lag.map(Lag::seconds).orElse(OptionalDouble.empty()).orElse(Double.NaN);
  }

  private void add(String name, String description, Supplier<Number> value) {
    gauges.add(
        Gauge.builder("courtside.processor." + name, value)
            .description(description)
            .tags(tags)
            .register(registry));
  }

  @Override
  public void close() {
    gauges.forEach(registry::remove);
  }
}
