package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log as a broker leaves it that was killed in the middle of a commit: the cursor is committed,
 * and some of the frames that it covers stay open. A producer of another name stands for the broker
 * here: what matters is what is open, and how long.
 */
@Timeout(120)
final class InDoubtCommitTest {
  private static final int FRAMES = 10;

  @TempDir Path directory;

  @Test
  void framesThatTheCursorCoversAndThatStayOpenAreReadAgain() throws Exception {
    try (IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
      for (int seq = 1; seq <= FRAMES; seq++) {
        frames.append(
            seq, FrameWriter.account(seq, "2026-11-25T20:00:00Z", did, true, Optional.empty()));
      }
      IngestorSettings settings = fixture.settings(relay, Map.of());
      try (Ingestor _ = fixture.start(settings)) {
        fixture.awaitCursor("recording", FRAMES);
      }
      try (KafkaProducer<byte[], byte[]> broker = transaction(fixture)) {
        broker.beginTransaction();
        for (int seq = 6; seq <= 8; seq++) {
          ProducerRecord<byte[], byte[]> open =
              new ProducerRecord<>(Topics.FRAMES.name(), seq % 3, null, new byte[1]);
          new FrameHeaders("recording", 1, seq).addTo(open.headers());
          var _ = broker.send(open);
        }
        broker.flush();
        try (Ingestor ingestor = fixture.start(settings)) {
          // then: before anything is aborted
          await()
              .atMost(IngestorFixture.LIMIT)
              .until(() -> fixture.cursor("recording").orElseThrow().epoch() == 2);
          Cursor back = fixture.cursor("recording").orElseThrow();
          assertThat(back.seq()).isEqualTo(5);
          assertThat(back.hash().length()).isZero();
          // when
          broker.abortTransaction();
          IngestorFixture.awaitState(ingestor, "reading");
          fixture.awaitCursor("recording", FRAMES);
        }
      }
      assertThat(fixture.cursor("recording").orElseThrow().epoch()).isEqualTo(2);
      assertThat(logged(fixture, 1))
          .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
      assertThat(logged(fixture, 2)).containsExactlyInAnyOrder(6L, 7L, 8L, 9L, 10L);
      assertThat(fixture.incidents())
          .filteredOn(incident -> incident.kind() == Incident.Kind.EPOCH)
          .singleElement()
          .satisfies(incident -> {
            assertThat(incident.from()).hasValue(5);
            assertThat(incident.to()).hasValue(FRAMES);
          });
    }
  }

  private static List<Long> logged(IngestorFixture fixture, long epoch) {
    return fixture.records().readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
        .map(record -> FrameHeaders.read(record.headers()))
        .filter(headers -> headers.epoch() == epoch)
        .map(FrameHeaders::seq)
        .toList();
  }

  private static KafkaProducer<byte[], byte[]> transaction(IngestorFixture fixture) {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                fixture.bootstrap(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "what-the-broker-forgot"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }
}
