package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.NOTE;
import static courtside.feedapi.FeedApiTest.settings;
import static courtside.feedapi.FeedApiTest.until;
import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.testkit.feeds.FeedLog;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is served while the broker is away, and what after it has come back. */
@Timeout(300)
final class KafkaAwayTest {
  private static final String FEED = "nba";
  private static final int ITEMS = 300;

  private final ManualClock clock = new ManualClock(DAY);

  @TempDir private Path directory;

  @Test
  void servesWhatIsOnDiskAndGoesOnWhereItWas() throws Exception {
    Path data = directory.resolve("data");
    Path brokerData = directory.resolve("broker");
    List<String> newestFirst = new ArrayList<>();
    Optional<String> cursor;
    String bootstrap;
    int port;

    // given a replica that was filled, and a reader in the middle of the feed
    try (EmbeddedBroker broker = EmbeddedBroker.start(brokerData, 0)) {
      bootstrap = broker.bootstrap();
      port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
      try (FeedLog log = new FeedLog(bootstrap);
          FeedApi api = start(bootstrap, data);
          Client client = new Client(api)) {
        FeedVersion feed = log.serve(FEED, "v1");
        for (int n = 0; n < ITEMS; n++) {
          log.put(feed, uri(n), item(n));
          newestFirst.addFirst(uri(n));
        }
        log.flush();
        until(() -> client.serves(FEED, newestFirst));
        until(() -> ready(client));
        cursor = client.page(FEED, 40, Optional.empty()).cursor();
      }
    }

    // when both start again without a broker, an hour later
    clock.advance(Duration.ofHours(1));
    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api);
        FeedApi empty = start(bootstrap, directory.resolve("fresh"));
        Client emptyClient = new Client(empty)) {

      // then the one serves, the same cursor going on where it was, and says how old that is
      assertThat(client.all(FEED, 100)).isEqualTo(newestFirst);
      assertThat(client.page(FEED, 10, cursor).uris()).isEqualTo(newestFirst.subList(40, 50));
      assertThat(client.health("/health/live").statusCode()).isEqualTo(200);
      HttpResponse<String> health = client.health("/health/ready");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).startsWith("behind\n").contains("3600 s old");

      // and the other, which has nothing, asks to try again
      HttpResponse<String> refused = emptyClient.skeleton(FEED, "");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("5");
      assertThat(Client.json(refused.body()).get("error").textValue())
          .isEqualTo("NotEnoughResources");
      assertThat(emptyClient.get("/xrpc/app.bsky.feed.describeFeedGenerator").statusCode())
          .isEqualTo(503);
      assertThat(emptyClient.health("/health/ready").body()).startsWith("filling\n");

      // and when the broker is back, both go on by themselves
      try (EmbeddedBroker broker = EmbeddedBroker.start(brokerData, port);
          FeedLog log = new FeedLog(broker.bootstrap())) {
        log.put(FeedVersion.of(FEED, "v1"), uri(ITEMS), item(ITEMS));
        log.remove(FeedVersion.of(FEED, "v1"), uri(0));
        log.flush();
        newestFirst.addFirst(uri(ITEMS));
        newestFirst.removeLast();
        until(() -> client.serves(FEED, newestFirst));
        until(() -> emptyClient.serves(FEED, newestFirst));
        until(() -> ready(client) && ready(emptyClient));
        assertThat(discarded(client)).isZero();

        // The rest needs a broker too, and a broker takes seconds to start.
        buildsAnewAfterTheTopicWasMadeAnew(broker.bootstrap(), log);
        buildsAnewWhatIsDamagedOrTooOld(broker.bootstrap(), log);
        refusesTopicsThatAreNotWhatTheyMustBe(broker.bootstrap(), log);
      }
    }
  }

  private void buildsAnewAfterTheTopicWasMadeAnew(String bootstrap, FeedLog log) throws Exception {
    Path data = directory.resolve("topic");
    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api)) {
      until(() -> ready(client));
      assertThat(client.all(FEED, 100)).hasSize(ITEMS);
    }

    recreate(log);
    log.put(FeedVersion.of(FEED, "v1"), uri(5), item(5));
    log.flush();

    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api)) {
      until(() -> ready(client) && client.serves(FEED, List.of(uri(5))));
      assertThat(client.health("/metrics").body())
          .contains("store_discarded_total{reason=\"another_topic\"} 1.0");

      // and while it runs
      recreate(log);
      log.put(FeedVersion.of(FEED, "v1"), uri(6), item(6));
      log.flush();
      until(() -> client.serves(FEED, List.of(uri(6))));
    }
  }

  private void buildsAnewWhatIsDamagedOrTooOld(String bootstrap, FeedLog log) throws Exception {
    Path data = directory.resolve("damaged");
    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api)) {
      until(() -> ready(client));
    }
    Files.writeString(data.resolve("feed-api/slot-0/store/CURRENT"), "nonsense");
    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api)) {
      until(() -> ready(client) && client.serves(FEED, List.of(uri(6))));
      assertThat(client.health("/metrics").body())
          .contains("store_discarded_total{reason=\"damaged\"} 1.0");
    }
    clock.advance(Duration.ofDays(6).plusMinutes(1));
    // Nothing would be left of what has expired by now.
    log.put(
        FeedVersion.of(FEED, "v1"),
        uri(7),
        new FeedItem(
            DAY,
            clock.instant().plusSeconds(60),
            "did:plc:a",
            "cid",
            "text",
            List.of(),
            List.of(),
            List.of(),
            List.of()));
    log.flush();
    try (FeedApi api = start(bootstrap, data);
        Client client = new Client(api)) {
      until(() -> ready(client) && client.serves(FEED, List.of(uri(7))));
      assertThat(client.health("/metrics").body())
          .contains("store_discarded_total{reason=\"too_old\"} 1.0");
    }
  }

  private void refusesTopicsThatAreNotWhatTheyMustBe(String bootstrap, FeedLog log)
      throws Exception {
    log.deleteTopic(Topics.FEED_STATUS);
    until(() -> log.createsAs(Topics.FEED_STATUS.name(), 2));

    try (FeedApi api = start(bootstrap, directory.resolve("refusing"));
        Client client = new Client(api)) {
      assertThat(api.awaitEnd()).isFalse();

      HttpResponse<String> health = client.health("/health/live");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).startsWith("failed\n").contains("has failed");
    }
  }

  private static void recreate(FeedLog log) throws InterruptedException, ExecutionException {
    log.deleteTopic(Topics.FEED_ITEMS);
    until(() -> {
      try {
        log.createTopics();
        return log.ends().equals(Collections.nCopies(FeedLog.PARTITIONS, 0L));
      } catch (KafkaException | ExecutionException e) {
        // Still being deleted.
        return false;
      }
    });
  }

  private static boolean ready(Client client) throws Exception {
    return client.health("/health/ready").statusCode() == 200;
  }

  private static double discarded(Client client) throws Exception {
    return client.metric("courtside_feed_api_store_discarded_total");
  }

  private FeedApi start(String bootstrap, Path data) {
    return FeedApi.start(settings(bootstrap, data), clock, System::nanoTime, NOTE);
  }
}
