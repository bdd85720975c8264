package courtside.processor.set;

import courtside.eventlog.feed.FeedVersion;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Gauges of feeds, tagged {@code feed} and {@code version}: how far each version is behind, which
 * is how far its set is, and how much of what is read belongs to it. At most 200 versions have
 * them, the first by name, as there may be ten thousand; how many are matched here is a gauge of
 * its own. Those of a version that goes, go with it. One thread shows; any may read.
 */
final class FeedGauges {
  /** Versions that have gauges. */
  static final int MOST = 200;

  private final MultiGauge lagEvents;
  private final MultiGauge lagSeconds;
  private final MultiGauge matchRate;
  private volatile int versions;

  FeedGauges(MeterRegistry registry) {
    this.lagEvents =
        MultiGauge.builder("courtside.processor.feed.lag.events")
            .description("events that a feed is behind")
            .register(registry);
    this.lagSeconds =
        MultiGauge.builder("courtside.processor.feed.lag.seconds")
            .description("how long the oldest of them may have been waiting")
            .register(registry);
    this.matchRate =
        MultiGauge.builder("courtside.processor.feed.match.rate")
            .description("posts of the feed in what was read since its tasks started")
            .register(registry);
    Gauge.builder("courtside.processor.feed.versions", () -> versions)
        .description("versions of feeds that are matched here, with gauges or without")
        .register(registry);
  }

  /** What of one set is shown. */
  interface Shown {
    /** The versions that it matches. */
    List<FeedVersion> versions();

    /** How far it is behind, or NaN while that is not known. */
    double lagEvents();

    /** The same in seconds. */
    double lagSeconds();

    /** How much of what it has read belongs to a version, or NaN while that is not known. */
    double matchRate(FeedVersion version);
  }

  /** Has gauges for the versions of these sets, and for no others. */
  void show(Collection<? extends Shown> sets) {
    Map<String, Map.Entry<FeedVersion, Shown>> all = new TreeMap<>();
    for (Shown set : sets) {
      set.versions().forEach(version -> all.put(version.key(), Map.entry(version, set)));
    }
    versions = all.size();
    List<Map.Entry<FeedVersion, Shown>> shown = all.values().stream().limit(MOST).toList();
    register(lagEvents, shown, (set, _) -> set.lagEvents());
    register(lagSeconds, shown, (set, _) -> set.lagSeconds());
    register(matchRate, shown, Shown::matchRate);
  }

  private static void register(
      MultiGauge gauge,
      List<Map.Entry<FeedVersion, Shown>> shown,
      BiFunction<Shown, FeedVersion, Double> value) {
    gauge.register(
        shown.stream()
            .<Row<?>>map(entry ->
                Row.of(
                    Tags.of(
                        "feed", entry.getKey().feed().value(), "version", entry.getKey().version()),
                    () -> value.apply(entry.getValue(), entry.getKey())))
            .toList(),
        true);
  }
}
