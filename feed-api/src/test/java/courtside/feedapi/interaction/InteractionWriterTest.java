package courtside.feedapi.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.interaction.UnwrittenException.Reason;
import courtside.feedapi.log.LogConsumer;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class InteractionWriterTest {
  private static final Did VIEWER = new Did("did:plc:viewer");
  private static final int IN_FLIGHT = 600;

  private final Instant now =
      Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);

  @TempDir private Path directory;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private BrokerProxy proxy;
  private EmbeddedBroker broker;
  private InteractionWriter writer;

  @BeforeEach
  void start() throws InterruptedException {
    proxy = BrokerProxy.start();
    broker = EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    try (Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
    writer =
        new InteractionWriter(
            Duration.ofSeconds(2), IN_FLIGHT, () -> now, System::nanoTime, metrics);
  }

  @AfterEach
  void stop() {
    writer.close();
    broker.close();
    proxy.close();
  }

  @Test
  void hasWrittenWhatItSaysItHas() throws Exception {
    connect();
    List<Interaction> interactions = new ArrayList<>(interactions(499, Interaction.SEEN));
    interactions.add(interaction(499, "com.example#winked"));

    writer.write(VIEWER, interactions);
    writer.write(VIEWER, List.of());

    List<ConsumerRecord<byte[], byte[]>> records = records();
    assertThat(records)
        .extracting(record -> Interaction.FORMAT.decode(record.value()))
        .containsExactlyElementsOf(interactions);
    assertThat(records)
        .allSatisfy(record -> {
          assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(VIEWER.value());
          assertThat(record.timestamp()).isEqualTo(now.toEpochMilli());
        });
    assertThat(written("interaction_seen")).isEqualTo(499);
    assertThat(written("other")).isEqualTo(1);
    assertThat(writer.room()).isEqualTo(IN_FLIGHT);
  }

  @Test
  void saysSoBeforeThereIsALog() {
    assertThat(refused(1)).isEqualTo(Reason.NOT_CONNECTED);
    assertThat(unwritten("not_connected")).isEqualTo(1);
  }

  @Test
  void saysAtOnceThatKafkaIsAwayAndWritesAgainOnceItIsBack() throws Exception {
    connect();
    writer.write(VIEWER, interactions(1, Interaction.SEEN));

    try (Impairment hold = proxy.impair(new LinkFault.Hold());
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(refused(2)).isEqualTo(Reason.NOT_ACKNOWLEDGED);
      assertThat(hold.fired()).isPositive();

      // when one finds out whether that is still so
      CompletableFuture<Reason> findsOut =
          CompletableFuture.supplyAsync(() -> refused(3), requests);
      await().until(() -> writer.room() <= IN_FLIGHT - 3);

      // then others are told before it knows
      assertThat(refused(4)).isEqualTo(Reason.AWAY);
      assertThat(findsOut).isNotDone();
      assertThat(findsOut.join()).isEqualTo(Reason.NOT_ACKNOWLEDGED);
    }
    assertThat(unwritten("not_acknowledged")).isEqualTo(5);
    assertThat(unwritten("away")).isEqualTo(4);

    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreException(UnwrittenException.class)
        .until(() -> {
          writer.write(VIEWER, interactions(1, Interaction.SEEN));
          return true;
        });
    // Two at once, as nobody has to find out any more.
    try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> both =
          IntStream.range(0, 2)
              .mapToObj(n -> CompletableFuture.supplyAsync(() -> writes(100), requests))
              .toList();
      assertThat(both).allSatisfy(one -> assertThat(one.join()).isTrue());
    }
    await().until(() -> writer.room() == IN_FLIGHT);
  }

  @Test
  void holdsNoMoreThanItMay() throws Exception {
    connect();
    writer.write(VIEWER, interactions(1, Interaction.SEEN));

    try (Impairment hold = proxy.impair(new LinkFault.Hold());
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Reason> first = CompletableFuture.supplyAsync(() -> refused(500), requests);
      await().until(() -> writer.room() <= IN_FLIGHT - 500);

      assertThat(refused(101)).isEqualTo(Reason.TOO_MANY);
      assertThat(first.join()).isEqualTo(Reason.NOT_ACKNOWLEDGED);
      assertThat(hold.fired()).isPositive();
    }
    // Also what nobody waits for any more gives its room back.
    await().atMost(Duration.ofSeconds(30)).until(() -> writer.room() == IN_FLIGHT);
  }

  @Test
  void waitsForNoTopicThatIsNotThere() throws Exception {
    try (Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      admin.deleteTopics(List.of(Topics.FEED_INTERACTIONS.name())).all().get();
    }
    connect();

    // Two seconds for the first alone; five hundred of them would be minutes.
    assertThat(refused(500)).isEqualTo(Reason.NOT_ACKNOWLEDGED);
    assertThat(writer.room()).isEqualTo(IN_FLIGHT);
  }

  @Test
  void tellsWhoWaitsThatItIsClosed() throws Exception {
    connect();
    writer.write(VIEWER, interactions(1, Interaction.SEEN));

    try (Impairment hold = proxy.impair(new LinkFault.Hold());
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Reason> waiting = CompletableFuture.supplyAsync(() -> refused(1), requests);
      await().until(() -> writer.room() < IN_FLIGHT);
      writer.close();

      assertThat(waiting.join()).isEqualTo(Reason.CLOSED);
      assertThat(refused(1)).isEqualTo(Reason.CLOSED);
      assertThat(hold.fired()).isPositive();
    }
    assertThat(writer.room()).isEqualTo(IN_FLIGHT);
  }

  @Test
  void takesNoBoundsThatNoRequestFits() {
    assertThatThrownBy(() ->
            new InteractionWriter(Duration.ofSeconds(5), 499, () -> now, System::nanoTime, metrics))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void connect() {
    writer.connect(new KafkaAddress(proxy.bootstrap()));
  }

  private Reason refused(int count) {
    return Objects.requireNonNull(
            catchThrowableOfType(
                UnwrittenException.class,
                () -> writer.write(VIEWER, interactions(count, Interaction.SEEN))),
            "was written")
        .reason();
  }

  private boolean writes(int count) {
    try {
      writer.write(VIEWER, interactions(count, Interaction.SEEN));
      return true;
    } catch (UnwrittenException e) {
      return false;
    }
  }

  private double written(String kind) {
    return metrics.get("courtside.feed.api.interactions").tag("kind", kind).counter().count();
  }

  private double unwritten(String reason) {
    return metrics
        .get("courtside.feed.api.interactions.unwritten")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static List<Interaction> interactions(int count, String event) {
    return IntStream.range(0, count).mapToObj(n -> interaction(n, event)).toList();
  }

  private static Interaction interaction(int n, String event) {
    return new Interaction(
        Optional.empty(),
        Optional.of("at://did:plc:author/app.bsky.feed.post/p" + n),
        event,
        Optional.empty(),
        Optional.empty());
  }

  /** All that is committed. */
  private List<ConsumerRecord<byte[], byte[]>> records() {
    List<TopicPartition> partitions =
        IntStream.range(0, Topics.FEED_INTERACTIONS.partitions())
            .mapToObj(n -> new TopicPartition(Topics.FEED_INTERACTIONS.name(), n))
            .toList();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (LogConsumer log =
        new LogConsumer(new KafkaAddress(broker.bootstrap()), "reader", Map.of())) {
      log.kafka().assign(partitions);
      log.kafka().seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = log.kafka().endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(
              partition -> log.kafka().position(partition) < ends.getOrDefault(partition, 0L))) {
        log.kafka().poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
