package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.until;
import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.testkit.feeds.FeedLog;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that was away for so long that what was deleted meanwhile may be forgotten. */
@Timeout(120)
final class OldStoreTest {
  private static final String FEED = "nba";
  private static final Duration KEPT = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock(DAY);

  @Test
  void isNotShownThoughKafkaIsAwayAndReadAnewOnceItIsNot(@TempDir Path directory) throws Exception {
    FeedVersion version = FeedVersion.of(FEED, "v1");
    String bootstrap;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        FeedLog log = new FeedLog(broker.bootstrap())) {
      bootstrap = broker.bootstrap();
      log.serve(FEED, "v1");
      log.put(version, uri(1), longKept(1));
      log.put(version, uri(2), longKept(2));
      log.flush();
      try (FeedApi api = start(bootstrap, directory);
          Client client = new Client(api)) {
        until(() -> client.serves(FEED, List.of(uri(2), uri(1))));
      }
      // Deleted while the replica is away.
      log.remove(version, uri(2));
      log.flush();
    }

    try (FeedApi api = start(bootstrap, directory);
        Client client = new Client(api)) {
      assertThat(client.all(FEED, 10)).containsExactly(uri(2), uri(1));
      clock.advance(Duration.ofDays(6).plusMinutes(1));

      HttpResponse<String> late = client.skeleton(FEED, "");

      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.headers().firstValue("Retry-After")).isPresent();
    }

    try (FeedApi api = start(bootstrap, directory);
        Client client = new Client(api)) {
      assertThat(client.skeleton(FEED, "").statusCode()).isEqualTo(503);
      try (EmbeddedBroker again =
          EmbeddedBroker.start(directory.resolve("broker"), port(bootstrap))) {
        assertThat(again.bootstrap()).isEqualTo(bootstrap);
        until(() -> client.skeleton(FEED, "").statusCode() == 200);

        assertThat(client.all(FEED, 10)).containsExactly(uri(1));
        assertThat(client.metric("courtside_feed_api_store_discarded_total{reason=\"too_old\"}"))
            .isEqualTo(1);
      }
    }
  }

  private FeedApi start(String bootstrap, Path directory) {
    return FeedApi.start(
        FeedApiTest.settings(bootstrap, directory.resolve("data")),
        clock,
        System::nanoTime,
        FeedApiTest.NOTE);
  }

  private static int port(String bootstrap) {
    return Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
  }

  /** An item that is still in its feed when the replica comes back. */
  private static FeedItem longKept(long second) {
    FeedItem item = item(second);
    return new FeedItem(
        item.sortAt(),
        DAY.plus(KEPT),
        item.author(),
        item.cid(),
        item.text(),
        item.langs(),
        item.links(),
        item.altTexts(),
        item.labels());
  }
}
