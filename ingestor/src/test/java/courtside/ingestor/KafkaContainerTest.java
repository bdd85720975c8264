package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The ingestor on the Kafka that is deployed, as its image is: skipped where there is no Docker.
 */
@Timeout(300)
final class KafkaContainerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path directory;

  @Test
  void writesEveryFrameOnce() throws Exception {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: the ingestor on Kafka's own image needs a Docker engine");
    }
    assumeTrue(docker, "needs a Docker engine");
    Recording recording = Recording.bundled();
    try (KafkaContainer kafka =
        new KafkaContainer("apache/kafka:" + System.getProperty("courtside.kafka"))) {
      kafka.start();
      try (FrameLog frames = FrameLog.open(directory.resolve("relay"));
          Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
          Player player = Player.start(recording, frames, new Pace.AsFastAsPossible());
          Ingestor _ =
              Ingestor.start(
                  IngestorFixture.settings(
                      directory,
                      kafka.getBootstrapServers(),
                      "recording=" + relay.uri(),
                      Map.of()));
          CommittedRecords records = new CommittedRecords(kafka.getBootstrapServers())) {
        assertThat(player.awaitEnd(LIMIT)).isTrue();
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(LoggedFrames.compare(records, recording.frames()))
                    .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of())));
      }
    }
  }
}
