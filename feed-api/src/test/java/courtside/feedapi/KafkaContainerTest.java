package courtside.feedapi;

import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.eventlog.feed.FeedVersion;
import courtside.testkit.feeds.FeedLog;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The feed API on the Kafka that is deployed, as its image is: skipped where there is no Docker.
 */
@Timeout(300)
final class KafkaContainerTest {
  @TempDir Path directory;

  @Test
  void servesWhatIsInTheLog() throws Exception {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: the feed API on Kafka's own image needs a Docker engine");
    }
    assumeTrue(docker, "needs a Docker engine");
    try (KafkaContainer kafka =
        new KafkaContainer("apache/kafka:" + System.getProperty("courtside.kafka"))) {
      kafka.start();
      try (FeedLog log = new FeedLog(kafka.getBootstrapServers());
          FeedApi api =
              FeedApi.start(
                  FeedApiTest.settings(kafka.getBootstrapServers(), directory),
                  new ManualClock(FeedLog.DAY),
                  System::nanoTime,
                  FeedApiTest.NOTE);
          Client client = new Client(api)) {
        FeedVersion feed = log.serve("contained", "v1");
        for (int n = 1; n <= 3; n++) {
          log.put(feed, uri(n), item(n));
        }
        log.flush();
        FeedApiTest.until(() ->
            client.skeleton("contained", "").statusCode() == 200
                && client.all("contained", 2).size() == 3);
        assertThat(client.all("contained", 2)).isEqualTo(List.of(uri(3), uri(2), uri(1)));
      }
    }
  }
}
