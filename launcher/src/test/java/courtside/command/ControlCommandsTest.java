package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.broker.EmbeddedBroker;
import courtside.ingestor.Ingestor;
import courtside.ingestor.IngestorSettings;
import courtside.service.settings.Reading;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed while a pipeline runs, against one that does. */
@Timeout(180)
final class ControlCommandsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void pausesResumesRewindsAndAcknowledges() throws Exception {
    Recording recording = Recording.bundled();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Player player = Player.start(recording, frames, new Pace.AsFastAsPossible());
        Ingestor ingestor = Ingestor.start(settings(broker, relay))) {
      assertThat(player.awaitEnd(LIMIT)).isTrue();
      await().atMost(LIMIT).until(() -> ingestor.health().state().equals("reading"));

      assertThat(Typed.at(broker, "ingest", "pause").out())
          .matches(
              "paused\n  resume before 20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:00Z \\(in (71 h 59|72 h 0) min\\): "
                  + "relays keep no more than that\n");
      assertThat(ingestor.health().state()).isEqualTo("paused");
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(Typed.at(broker, "ingest", "status").out()).contains("  paused  ("));
      assertThat(Typed.at(broker, "ingest", "resume")).isEqualTo(new Typed(0, "reading\n"));
      assertThat(Typed.at(broker, "ingest", "rewind", "--relay", "recording", "--after", "0"))
          .isEqualTo(new Typed(0, "reads recording after 0\n"));

      assertJson(broker);
      assertThat(Typed.at(broker, "incidents", "list").out())
          .contains("recording  epoch  ", "asked to read again what follows sequence 0");
      assertThat(Typed.at(broker, "incidents", "acknowledge"))
          .isEqualTo(new Typed(0, "acknowledged\n"));
    }
  }

  private static void assertJson(EmbeddedBroker broker) throws Exception {
    JsonNode ingestors =
        new ObjectMapper().readTree(Typed.at(broker, "ingest", "status", "--json").out());
    assertThat(ingestors).hasSize(1);
    JsonNode ingestor = ingestors.path(0);
    assertThat(ingestor.path("state").asText()).isNotEmpty();
    assertThat(ingestor.path("relay").asText()).isEqualTo("recording");
    assertThat(ingestor.path("figures").path("frames_total").isIntegralNumber()).isTrue();
    assertThat(Instant.parse(ingestor.path("at").asText())).isBefore(Instant.now());
    JsonNode incidents =
        new ObjectMapper().readTree(Typed.at(broker, "incidents", "list", "--json").out());
    JsonNode rewound =
        incidents.findParents("kind").stream()
            .filter(incident -> incident.path("kind").asText().equals("epoch"))
            .reduce((_, last) -> last)
            .orElseThrow();
    assertThat(rewound.path("subject").asText()).isEqualTo("recording");
    assertThat(rewound.path("lost").isBoolean()).isTrue();
    assertThat(rewound.path("offset").isIntegralNumber()).isTrue();
    assertThat(rewound.path("found").asText())
        .contains("asked to read again what follows sequence 0");
  }

  private IngestorSettings settings(EmbeddedBroker broker, Relay relay) {
    Reading<IngestorSettings> reading =
        IngestorSettings.read(
            Map.of(
                "COURTSIDE_KAFKA", broker.bootstrap(),
                "COURTSIDE_DATA", directory.resolve("data").toString(),
                "COURTSIDE_DISK", "1GB",
                "COURTSIDE_INGESTOR_RELAY", "recording=" + relay.uri(),
                "COURTSIDE_INGESTOR_START", "oldest-if-new",
                // The frames are as old as the recording.
                "COURTSIDE_INGESTOR_LAG_LIMIT", "36500d",
                "COURTSIDE_INGESTOR_HEALTH_PORT", "0"));
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return ((Reading.Valid<IngestorSettings>) reading).settings();
  }
}
