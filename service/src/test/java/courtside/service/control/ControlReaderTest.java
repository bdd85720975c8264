package courtside.service.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlReaderTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static final int MANY = 20_000;

  @TempDir Path directory;

  @Test
  void keepsWhatConcernsAServiceAndCountsItsOwnLosses() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new StringSerializer(),
                new ByteArraySerializer())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST))
          .enforce(List.of(Topics.CONTROL, Topics.INCIDENTS));
      // given: more than is read at once, then a loss of each kind, what is none, and what cannot
      // be read
      for (int i = 0; i < MANY; i++) {
        Incident stall = incident(Incident.Kind.STALL);
        var _ =
            producer.send(
                new ProducerRecord<>(
                    Topics.INCIDENTS.name(), stall.subject(), Incident.FORMAT.encode(stall)));
      }
      write(producer, incident(Incident.Kind.GAP));
      write(producer, incident(Incident.Kind.STALL));
      long last = write(producer, incident(Incident.Kind.OVERTAKEN));
      write(producer, Topics.INCIDENTS, "relay", new byte[] {1, 2, 3});
      Wish.Ingesting paused = new Wish.Ingesting("pause-1", NOW, true);
      write(producer, paused);
      write(producer, new Wish.DeleteFeed("delete-1", NOW, "nba-now"));
      write(producer, new Wish.Block("block-1", NOW, "did:plc:spam", Optional.empty()));
      write(producer, Topics.CONTROL, Wish.Block.key("did:plc:ham"), null);
      write(producer, Topics.CONTROL, Wish.Ingesting.KEY, new byte[] {1, 2, 3});

      CountDownLatch failed = new CountDownLatch(1);
      try (ControlReader reader =
          ControlReader.start(
              Map.of("bootstrap.servers", broker.bootstrap()),
              "test",
              wish -> wish instanceof Wish.Ingesting,
              incident -> incident.lost() && !incident.ofStage(),
              failed::countDown)) {
        // The first that says so: whatever it says must be so then.
        Control control =
            await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(LIMIT)
                .until(reader::control, Control::known);
        assertThat(control.wishes()).containsOnly(Map.entry(Wish.Ingesting.KEY, paused));
        assertThat(control.newest(Wish.Ingesting.KEY, Wish.Ingesting.class)).contains(paused);
        assertThat(control.newest(Wish.Ingesting.KEY, Wish.Rewind.class)).isEmpty();
        assertThat(control.acknowledged()).isEmpty();
        assertThat(control.losses()).isOne();

        // when: what was so far is known of, and then something is lost once more
        Wish.Acknowledged known = new Wish.Acknowledged("known-1", NOW, last + 1);
        write(producer, known);
        await().atMost(LIMIT).until(() -> reader.control().losses() == 0);
        assertThat(reader.control().acknowledged()).contains(known);
        write(producer, incident(Incident.Kind.LOSS));
        await().atMost(LIMIT).until(() -> reader.control().losses() == 1);
      }
      assertThat(failed.getCount()).isOne();
    }
  }

  private static Incident incident(Incident.Kind kind) {
    return new Incident(
        kind, "relay", NOW, OptionalLong.of(1), OptionalLong.of(2), "found", "done");
  }

  private static long write(KafkaProducer<String, byte[]> producer, Incident incident)
      throws Exception {
    return write(producer, Topics.INCIDENTS, incident.subject(), Incident.FORMAT.encode(incident));
  }

  private static void write(KafkaProducer<String, byte[]> producer, Wish wish) throws Exception {
    write(producer, Topics.CONTROL, wish.key(), Wish.FORMAT.encode(wish));
  }

  private static long write(
      KafkaProducer<String, byte[]> producer, Topic topic, String key, byte @Nullable [] value)
      throws Exception {
    return producer.send(new ProducerRecord<>(topic.name(), key, value)).get().offset();
  }
}
