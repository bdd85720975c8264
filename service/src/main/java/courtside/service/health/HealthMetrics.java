package courtside.service.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a service says of itself, as gauges of one moment: {@code courtside.health.live} and {@code
 * .ready} are 1 or 0, {@code .state} is 1 for the state that it is in and 0 for those that it was
 * in, and {@code .figure} is each of its figures, tagged by the figure's name, which says its unit.
 * All are tagged {@code service}. Beside them what its JVM says: memory, garbage collection,
 * threads, descriptors, processor time. Not thread-safe.
 */
final class HealthMetrics implements AutoCloseable {
  private final Tags tags;
  private final MultiGauge figures;
  private final MultiGauge states;
  private final Set<String> known = new TreeSet<>();
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private volatile boolean live;
  private volatile boolean ready;

  HealthMetrics(String service, MeterRegistry registry) {
    tags = Tags.of("service", service);
    figures =
        MultiGauge.builder("courtside.health.figure")
            .description("a figure that the service says of itself, in the unit that its name says")
            .tags(tags)
            .register(registry);
    states =
        MultiGauge.builder("courtside.health.state")
            .description("1 for the state that the service says it is in")
            .tags(tags)
            .register(registry);
    Gauge.builder("courtside.health.live", this, metrics -> metrics.live ? 1 : 0)
        .description("whether the service can work without being restarted")
        .tags(tags)
        .register(registry);
    Gauge.builder("courtside.health.ready", this, metrics -> metrics.ready ? 1 : 0)
        .description("whether the service does its work")
        .tags(tags)
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** Says that from now on. */
  void update(Health health) {
    live = health.live();
    ready = health.ready();
    known.add(health.state());
    List<Row<?>> inStates = new ArrayList<>();
    known.forEach(state ->
        inStates.add(Row.of(Tags.of("state", state), state.equals(health.state()) ? 1 : 0)));
    states.register(inStates, true);
    List<Row<?>> numbers = new ArrayList<>();
    health
        .figures()
        .forEach((name, number) -> numbers.add(Row.of(Tags.of("figure", name), number)));
    figures.register(numbers, true);
  }

  @Override
  public void close() {
    collections.close();
  }
}
