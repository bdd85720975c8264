package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedVersion;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FeedGaugesTest {
  private static final FeedVersion ONE = FeedVersion.of("nba", "one");
  private static final FeedVersion TWO = FeedVersion.of("nba", "two");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");
  private static final String LAG = "courtside.processor.feed.lag.events";
  private static final String SECONDS = "courtside.processor.feed.lag.seconds";
  private static final String RATE = "courtside.processor.feed.match.rate";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final FeedGauges gauges = new FeedGauges(registry);

  private record Set(List<FeedVersion> versions, double lagEvents, double lagSeconds)
      implements FeedGauges.Shown {
    @Override
    public double matchRate(FeedVersion version) {
      return version.equals(ONE) ? 0.5 : Double.NaN;
    }
  }

  @Test
  void showsWhatEachVersionHasOfItsSet() {
    gauges.show(List.of(new Set(List.of(ONE), 7, 1.5), new Set(List.of(TWO, CHAT), 8, 2.5)));

    assertThat(gauge(LAG, ONE)).isEqualTo(7);
    assertThat(gauge(SECONDS, ONE)).isEqualTo(1.5);
    assertThat(gauge(RATE, ONE)).isEqualTo(0.5);
    assertThat(gauge(LAG, TWO)).isEqualTo(8);
    assertThat(gauge(SECONDS, CHAT)).isEqualTo(2.5);
    assertThat(gauge(RATE, CHAT)).isNaN();
    assertThat(registry.scrape())
        .contains("courtside_processor_feed_lag_events{feed=\"nba\",version=\"one\"} 7.0")
        .contains("courtside_processor_feed_versions 3.0");
  }

  @Test
  void thoseOfAVersionThatGoesGoWithIt() {
    gauges.show(List.of(new Set(List.of(ONE, TWO), 7, 1.5)));

    gauges.show(List.of(new Set(List.of(TWO), 9, 1.5)));

    assertThat(all(LAG)).hasSize(1);
    assertThat(all(SECONDS)).hasSize(1);
    assertThat(all(RATE)).hasSize(1);
    assertThat(gauge(LAG, TWO)).isEqualTo(9);
    assertThat(registry.scrape()).doesNotContain("version=\"one\"");
  }

  @Test
  void tenThousandFeedsHaveTwoHundredGauges() {
    List<FeedVersion> versions =
        IntStream.range(0, 10_000)
            .mapToObj(i -> FeedVersion.of("f%05d".formatted(i), "v"))
            .toList();

    gauges.show(List.of(new Set(versions.reversed(), 7, 1.5)));

    assertThat(all(LAG)).hasSize(FeedGauges.MOST);
    assertThat(gauge(LAG, versions.get(FeedGauges.MOST - 1))).isEqualTo(7);
    assertThat(registry.get("courtside.processor.feed.versions").gauge().value()).isEqualTo(10_000);
  }

  private double gauge(String name, FeedVersion version) {
    return registry
        .get(name)
        .tags("feed", version.feed().value(), "version", version.version())
        .gauge()
        .value();
  }

  private Collection<Gauge> all(String name) {
    return registry.find(name).gauges();
  }
}
