package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.atproto.Bytes;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.CommitFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed about dead letters, against a broker that has some. */
@Timeout(120)
final class DeadLettersCommandTest {
  private static final String DID = "did:plc:abcdefghijklmnopqrstuvwx";

  private final Instant begun = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);

  @TempDir Path directory;

  @Test
  void listsCountsAndShows() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      assertThat(Typed.at(broker, "dead-letters", "list").out())
          .startsWith("courtside: expected the topic firehose.dead-letters on ");
      try (Admin admin = Admin.create(kafka.client())) {
        new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
      }
      assertThat(Typed.at(broker, "dead-letters", "list"))
          .isEqualTo(new Typed(0, "There are no dead letters.\n"));
      write(kafka);

      Typed list = Typed.at(broker, "dead-letters", "list");
      assertThat(list.out())
          .isEqualTo(
              "0:0        "
                  + at(1)
                  + "  ingestor  not_canonical  -  20 bytes  one epoch 1 after 6  expected"
                  + " \\u001b[2J\n2:0        "
                  + at(2)
                  + "  extract  bad_record  "
                  + DID
                  + "  70,000 bytes  firehose.frames-3@17  expected a map\n0:1        "
                  + at(3)
                  + "  extract  bad_record  "
                  + DID
                  + "  0 bytes  firehose.frames-3@18  expected a map\n"
                  + "         2  bad_record\n         1  not_canonical\n"
                  + "         1  of a version that is not known here: a newer courtside reads"
                  + " them\n");
      assertThat(list.code()).isZero();
      assertThat(Typed.at(broker, "dead-letters", "list", "-n", "1").out())
          .startsWith("0:1 ")
          .contains("         2  bad_record\n", "         1  not_canonical\n");
      assertThat(Typed.at(broker, "dead-letters", "list", "--reason", "not_canonical").out())
          .startsWith("0:0 ")
          .doesNotContain("  extract  ");
      assertJson(Typed.at(broker, "dead-letters", "list", "--json").out());
      assertSheets(broker);
    }
  }

  private void assertJson(String printed) throws Exception {
    JsonNode json = new ObjectMapper().readTree(printed);
    assertThat(json.path("counts").path("bad_record").asLong()).isEqualTo(2);
    assertThat(json.path("unreadable").asLong()).isOne();
    JsonNode one = json.path("letters").path(0);
    assertThat(one.path("at").asText()).isEqualTo(begun.plusSeconds(1).toString());
    assertThat(one.path("detail").asText()).isEqualTo("expected \u001b[2J");
    assertThat(one.has("subject")).isFalse();
    assertThat(json.path("letters").path(1).path("kept").asLong()).isEqualTo(DeadLetter.HEAD_BYTES);
  }

  private void assertSheets(EmbeddedBroker broker) {
    Typed whole = Typed.at(broker, "dead-letters", "show", "0:0");
    assertThat(whole.out())
        .contains(
            "letter       0:0\n",
            "detail       expected \\u001b[2J\n",
            "kept         all of it\n",
            "  00000000  a2 61 74 67 23 63 6f 6d 6d 69 74 62 6f 70 01 bf  |.atg#commitbop..|\n",
            "  00000010  1b 5b 32 4a                                      |.[2J|\n",
            "  {2}\n    t: \"#commit\"\n    op: 1\n  ! breaks off at byte 15 of 20: ");
    assertThat(whole.out().replace("\n", "")).doesNotContainPattern("\\p{Cntrl}");
    Typed head = Typed.at(broker, "dead-letters", "show", "2:0", "--bytes", "16");
    assertThat(head.out())
        .contains(
            "kept         the first 65,536 bytes\n",
            "  … and 65,520 bytes more; --bytes N shows more\n",
            "    repo: \"" + DID + "\"\n",
            "  ! breaks off at byte ");
    assertThat(Typed.at(broker, "dead-letters", "show", "0:1").out())
        .contains("length       0 bytes");
    assertThat(Typed.at(broker, "dead-letters", "show", "1:5"))
        .isEqualTo(
            new Typed(
                70,
                "courtside: expected a dead letter at 1:5, found none, or none any more. What there"
                    + " is: courtside dead-letters list\n"));
    assertThat(Typed.at(broker, "dead-letters", "show", "3:0").code()).isEqualTo(2);
    assertThat(Typed.at(broker, "dead-letters", "show", "one").out())
        .startsWith("expected PARTITION:OFFSET as 'courtside dead-letters list' says it");
  }

  private String at(int number) {
    return begun.plusSeconds(number).toString().replace("Z", ".000Z");
  }

  private void write(KafkaAddress kafka) throws Exception {
    byte[] broken = bytes(0xa2, 0x61, 't', 0x67, "#commit", 0x62, "op", 1, 0xbf, 0x1b, "[2J");
    CommitFrame large = new CommitFrame(DID, "3k2aaaaaaaaa2", "2026-07-04T12:00:00.000Z");
    byte[] frame = Arrays.copyOf(large.beside(new byte[90_000]).bytes(), 70_000);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      send(
          producer,
          0,
          1,
          null,
          letter(
              "ingestor", "not_canonical", 1, "expected \u001b[2J", "one epoch 1 after 6", broken));
      send(
          producer,
          2,
          2,
          DID,
          letter("extract", "bad_record", 2, "expected a map", "firehose.frames-3@17", frame));
      send(
          producer,
          0,
          3,
          DID,
          letter(
              "extract", "bad_record", 3, "expected a map", "firehose.frames-3@18", new byte[0]));
      send(producer, 1, 4, null, new byte[] {1});
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer,
      int partition,
      int number,
      @Nullable String key,
      byte[] letter)
      throws Exception {
    var _ =
        producer
            .send(
                new ProducerRecord<>(
                    Topics.DEAD_LETTERS.name(),
                    partition,
                    begun.plusSeconds(number).toEpochMilli(),
                    key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                    letter))
            .get();
  }

  private byte[] letter(
      String stage, String reason, int number, String detail, String source, byte[] whole) {
    return DeadLetter.FORMAT.encode(
        new DeadLetter(
            stage,
            reason,
            begun.plusSeconds(number),
            detail,
            source,
            whole.length,
            Bytes.of(new byte[32]),
            Bytes.of(whole, 0, Math.min(whole.length, DeadLetter.HEAD_BYTES))));
  }

  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : List.of(parts)) {
      switch (part) {
        case String text -> out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        case Character character -> out.write(character);
        default -> out.write((Integer) part);
      }
    }
    return out.toByteArray();
  }
}
