package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gauges say of sets that run, and of those that do not any more. */
final class ShownFeedsTest {
  private static final int POSTS = 30;

  @TempDir Path directory;
  private SetsFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = SetsFixture.start(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void haveGaugesAsLongAsTheyAreMatched() throws Exception {
    // given: a set of two feeds, which a third of the posts belong to
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    fixture.define("nba", "a");
    fixture.define("goes", "a");
    fixture.writePosts(0, POSTS);
    for (int post = POSTS; post < 3 * POSTS; post++) {
      fixture.writePost(post, "a game of chess");
    }
    try (FeedSets _ = fixture.sets("one", registry)) {
      fixture.awaitItems("nba", POSTS);

      // then: all was read, and a third of it matched
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> {
            assertThat(registry.scrape())
                .contains("courtside_processor_lag_events{set=\"a\",stage=\"feeds\"} 0.0")
                .contains("courtside_processor_lag_seconds{set=\"a\",stage=\"feeds\"} 0.0")
                .contains("courtside_processor_feed_lag_events{feed=\"nba\",version=\"one\"} 0.0")
                .contains(
                    "courtside_processor_feed_lag_seconds{feed=\"goes\",version=\"one\"} 0.0");
            assertThat(registry.get("courtside.processor.match.rate").gauge().value())
                .isEqualTo(1 / 3.0);
            assertThat(gauge(registry, "nba").value()).isEqualTo(1 / 3.0);
          });

      // when: one feed is removed
      fixture.remove("goes");
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> assertThat(registry.scrape()).doesNotContain("feed=\"goes\""));
      assertThat(gauge(registry, "nba").value()).isEqualTo(1 / 3.0);

      // when: the set ends
      fixture.forget("goes");
      fixture.forget("nba");
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() ->
              assertThat(registry.scrape())
                  .doesNotContain("feed=\"nba\"")
                  .doesNotContain("set=\"a\""));
    }
  }

  private static Gauge gauge(PrometheusMeterRegistry registry, String feed) {
    return registry.get("courtside.processor.feed.match.rate").tag("feed", feed).gauge();
  }
}
