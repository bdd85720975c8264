package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.atproto.Bytes;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed where no ingestor runs, or a newer one does. */
@Timeout(120)
final class IngestCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void makesNoTopicsWhereNoPipelineHasRun() throws Exception {
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(
                directory.resolve("kafka"), 0, Map.of("auto.create.topics.enable", "true"));
        Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      for (String line :
          List.of(
              "ingest status",
              "ingest pause",
              "ingest resume",
              "ingest rewind --relay one --after 0",
              "incidents list",
              "incidents acknowledge")) {
        Typed typed = Typed.at(broker, line.split(" ", -1));
        assertThat(typed.out())
            .as(line)
            .startsWith("courtside: expected the topic ")
            .endsWith("found none: no pipeline has run there. Start one: courtside up\n");
        assertThat(typed.code()).as(line).isEqualTo(70);
      }
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }

  @Test
  void passesOverWhatANewerServiceSays() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      makeTopics(kafka);
      write(kafka, Topics.SERVICE_STATUS, "ingestor/newer", new byte[] {99});
      write(kafka, said("one", "reading", Map.of(), Optional.empty()));
      assertThat(Typed.at(broker, "ingest", "status").out()).contains("one  reading");

      CompletableFuture<Typed> typed =
          CompletableFuture.supplyAsync(() -> Typed.at(broker, "ingest", "pause"));
      Wish wish = awaitWish(kafka);
      write(kafka, Topics.SERVICE_STATUS, "ingestor/newer", new byte[] {99});
      write(kafka, said("one", "paused", Map.of(), Optional.of(Map.of(wish.key(), wish.id()))));
      assertThat(typed).succeedsWithin(LIMIT).isEqualTo(new Typed(0, "paused\n"));
    }
  }

  @Test
  void saysWhoReadsFromWhereAndHowFarBehind() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      makeTopics(kafka);
      Map<String, Double> place = Map.of("epoch", 3.0, "seq", 12_345_678_901.0);
      Map<String, Double> late = Map.of("epoch", 3.0, "seq", 5.0, "lag_seconds", 7_260.0);
      write(kafka, said("early", "reading", place, Optional.empty()));
      write(kafka, said("late", "lagging", late, Optional.empty()));
      write(kafka, said("other", "standby", place, Optional.empty()));
      Instant now = Instant.parse("2026-07-04T12:00:00Z");
      write(kafka, cursor("older.example", now.minusSeconds(60)));
      write(kafka, cursor("newest.example", now));
      write(kafka, cursor("oldest.example", now.minusSeconds(120)));
      write(kafka, Topics.CURSORS, "newer.example", new byte[] {99});
      write(kafka, Topics.CURSORS, Observations.key("seen.example"), new byte[] {99});

      assertThat(Typed.at(broker, "ingest", "status").out())
          .matches(
              """
              early  reading  \\(\\d+ s ago\\)
                epoch 3, seq 12345678901
              late  lagging  \\(\\d+ s ago\\)
                epoch 3, seq 5, 2 h 1 min behind
              other  standby  \\(\\d+ s ago\\)
              read last: newest.example, epoch 2, seq 17, committed at 2026-07-04T12:00:00Z
              """);
      JsonNode json =
          new ObjectMapper().readTree(Typed.at(broker, "ingest", "status", "--json").out());
      assertThat(json.findValuesAsText("relay"))
          .containsExactly("newest.example", "newest.example", "newest.example");
    }
  }

  private static Cursor cursor(String relay, Instant at) {
    return new Cursor(relay, 2, 17, Optional.empty(), at, Bytes.of(new byte[32]), Optional.empty());
  }

  private static void write(KafkaAddress kafka, Cursor cursor) throws Exception {
    write(kafka, Topics.CURSORS, cursor.relay(), cursor.encode());
  }

  private static void makeTopics(KafkaAddress kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
  }

  private static ServiceStatus said(
      String instance,
      String state,
      Map<String, Double> figures,
      Optional<Map<String, String>> answers) {
    return new ServiceStatus(
        "ingestor", instance, Instant.now(), true, state, List.of(), figures, answers);
  }

  private static void write(KafkaAddress kafka, ServiceStatus status) throws Exception {
    write(kafka, Topics.SERVICE_STATUS, status.key(), ServiceStatus.FORMAT.encode(status));
  }

  private static void write(KafkaAddress kafka, Topic topic, String key, byte[] value)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      var _ = producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
    }
  }

  /** The first that somebody writes. */
  private static Wish awaitWish(KafkaAddress kafka) {
    List<TopicPartition> control = List.of(new TopicPartition(Topics.CONTROL.name(), 0));
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            kafka.client(), new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(control);
      consumer.seekToBeginning(control);
      List<Wish> wishes = new ArrayList<>();
      await()
          .atMost(LIMIT)
          .pollInSameThread()
          .until(() -> {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
              wishes.add(Wish.FORMAT.decode(record.value()));
            }
            return !wishes.isEmpty();
          });
      return wishes.getFirst();
    }
  }
}
