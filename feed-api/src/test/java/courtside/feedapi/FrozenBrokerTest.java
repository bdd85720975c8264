package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.NOTE;
import static courtside.feedapi.FeedApiTest.settings;
import static courtside.feedapi.FeedApiTest.until;

import courtside.broker.EmbeddedBroker;
import courtside.testkit.feeds.FeedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Closing while the broker holds every connection and answers nothing. The limit is what a
 * deployment gives a container before it kills it, and less than Kafka's own clients would wait.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FrozenBrokerTest {
  private static final int LIMIT_SECONDS = 15;

  private EmbeddedBroker broker;
  private FeedLog log;

  @BeforeAll
  void start(@TempDir Path directory) throws InterruptedException {
    broker = EmbeddedBroker.start(directory, 0);
    log = new FeedLog(broker.bootstrap());
  }

  @AfterAll
  void stop() {
    log.close();
    broker.close();
  }

  @Nested
  final class OnceFilled {
    @TempDir private Path directory;
    private BrokerProxy proxy;
    private FeedApi api;

    @BeforeEach
    @Timeout(60)
    void fill() throws IOException {
      proxy = new BrokerProxy(broker.bootstrap());
      api = open(proxy, directory);
      try (Client client = new Client(api)) {
        until(() -> client.health("/health/ready").statusCode() == 200);
      }
    }

    @AfterEach
    void closeProxy() throws IOException {
      proxy.close();
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void closesWhileItWaitsForRecords() {
      proxy.freeze();

      api.close();
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void closesWhileItAsksForTheTopic() throws InterruptedException {
      proxy.freezeWhenAsked(ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
      proxy.awaitFrozen();

      api.close();
    }
  }

  @Nested
  final class Before {
    @TempDir private Path directory;

    @Test
    @Timeout(LIMIT_SECONDS)
    void closesWhileItChecksTheTopics() throws IOException, InterruptedException {
      try (BrokerProxy proxy = new BrokerProxy(broker.bootstrap())) {
        proxy.freezeWhenAsked(ApiKeys.DESCRIBE_CONFIGS);
        FeedApi api = open(proxy, directory);
        proxy.awaitFrozen();

        api.close();
      }
    }

    @Test
    @Timeout(LIMIT_SECONDS)
    void closesWhileItLooksForKafka() throws IOException, InterruptedException {
      try (BrokerProxy proxy = new BrokerProxy(broker.bootstrap())) {
        proxy.freezeWhenAsked(ApiKeys.DESCRIBE_CLUSTER);
        FeedApi api = open(proxy, directory);
        proxy.awaitFrozen();

        api.close();
      }
    }
  }

  private static FeedApi open(BrokerProxy proxy, Path directory) {
    return FeedApi.start(
        settings(proxy.bootstrap(), directory), InstantSource.system(), System::nanoTime, NOTE);
  }
}
