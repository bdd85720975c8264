package courtside.processor.metrics;

import courtside.processor.streams.Application;
import courtside.processor.streams.Restoring;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/**
 * The gauges of one application: tagged {@code stage}, and {@code set}, which is {@code none} for
 * extract. They go when it ends. Thread-safe.
 */
public final class StageGauges implements AutoCloseable {
  private static final String NONE = "none";

  private final MeterRegistry registry;
  private final List<Gauge> gauges;

  private StageGauges(MeterRegistry registry, Tags tags, Application application) {
    this.registry = registry;
    this.gauges =
        List.of(
            Gauge.builder(
                    "courtside.processor.restore.remaining",
                    application,
                    of -> of.now().restoring().map(Restoring::remaining).orElse(0L))
                .description("offsets of changelogs to be read before work begins")
                .tags(tags)
                .register(registry));
  }

  /** Those of extract. */
  public static StageGauges ofExtract(MeterRegistry registry, Application application) {
    return new StageGauges(registry, Tags.of("stage", "extract", "set", NONE), application);
  }

  /** Those of a set. */
  public static StageGauges ofSet(MeterRegistry registry, String set, Application application) {
    return new StageGauges(registry, Tags.of("stage", "feeds", "set", set), application);
  }

  @Override
  public void close() {
    gauges.forEach(registry::remove);
  }
}
