package courtside.processor.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.reserve.NoRoomException;
import courtside.processor.reserve.Room;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import courtside.testkit.broker.TightDisk;
import courtside.testkit.oracle.CommittedRecords;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Definitions on a real broker, applied by several at once and over faults of the connection. */
@Timeout(120)
final class ApplyTest {
  private static final long LIMIT_SECONDS = 60;

  @TempDir Path directory;
  private BrokerProxy proxy;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;

  @BeforeEach
  void open() {
    proxy = BrokerProxy.start();
    broker = EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    kafka = new KafkaAddress(broker.bootstrap());
  }

  @AfterEach
  void close() {
    broker.close();
    proxy.close();
  }

  @Test
  void twoWhoApplyTheSameAtOnceWriteItOnce() throws Exception {
    // given: both have read before either writes
    prepare();
    DefinitionFile file = definition("nba", "NBA");
    CyclicBarrier bothHaveRead = new CyclicBarrier(2);
    try (ExecutorService people = Executors.newFixedThreadPool(2)) {
      List<Future<List<Applied>>> applied = new ArrayList<>();
      for (int seed = 1; seed <= 2; seed++) {
        Supplier<String> ids = afterTheOther(bothHaveRead, Apply.setIds(new Random(seed)));
        applied.add(people.submit(() -> Apply.apply(kafka, List.of(file), false, ids)));
      }
      List<Applied> all = new ArrayList<>();
      for (Future<List<Applied>> one : applied) {
        all.addAll(one.get(LIMIT_SECONDS, TimeUnit.SECONDS));
      }

      // then: one has written it, with its set, and the other has found it there
      assertThat(all)
          .extracting(Applied::outcome)
          .containsExactlyInAnyOrder(Outcome.WRITTEN, Outcome.UNCHANGED);
      String set = all.stream().flatMap(one -> one.set().stream()).findFirst().orElseThrow();
      assertThat(written(file.version())).extracting(FeedDefinition::set).containsExactly(set);
    }
  }

  @Test
  void seesWhatWasAppliedBehindATransactionThatIsOpen() throws Exception {
    // given: somebody's transaction, open for another three seconds, and behind it what was applied
    prepare();
    DefinitionFile file = definition("nba", "NBA");
    try (Producer<String, byte[]> open = transactional("somebody", 3_000)) {
      open.beginTransaction();
      open.send(new ProducerRecord<>(Topics.FEED_DEFINITIONS.name(), "nba", state())).get();
      Apply.apply(kafka, List.of(file), false, Apply.setIds(new Random(1)));

      // when
      List<Applied> again = Apply.apply(kafka, List.of(file), false, Apply.setIds(new Random(2)));

      // then
      assertThat(again).extracting(Applied::outcome).containsExactly(Outcome.UNCHANGED);
      assertThat(written(file.version())).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LinkFault.Fate.class,
      names = {"ANSWER_LOST_AND_MUTE", "LOST_AND_MUTE", "LATE_AND_MUTE", "ANSWER_LOST_AND_RESET"})
  void writesOnceThoughNobodyHearsHowTheCommitEnded(LinkFault.Fate fate) throws Exception {
    prepare();
    DefinitionFile file = definition("nba", "NBA");
    List<Applied> applied;
    try (Impairment fault = proxy.impair(new LinkFault.AtRequest(LinkFault.END_TXN, fate))) {
      applied =
          Apply.apply(
              new KafkaAddress(proxy.bootstrap()),
              List.of(file),
              false,
              Apply.setIds(new Random(1)));
      assertThat(fault.fired()).isPositive();
    }

    assertThat(applied).extracting(Applied::outcome).containsExactly(Outcome.WRITTEN);
    assertThat(written(file.version()))
        .extracting(FeedDefinition::set)
        .containsExactly(applied.getFirst().set().orElseThrow());
  }

  @Test
  void makesTheTopicsOfAPipelineThatHasNotRunYet() throws Exception {
    List<Applied> applied =
        Apply.apply(kafka, List.of(definition("nba", "NBA")), false, Apply.setIds(new Random(1)));

    assertThat(applied).extracting(Applied::outcome).containsExactly(Outcome.WRITTEN);
    prepare();
  }

  @Test
  void refusesWhatIsNewWhereThereIsNoRoomForIt() throws Exception {
    // given: as much as is reserved, and more, but of what can be cut
    prepare();
    try (Admin admin = Admin.create(kafka.client())) {
      Room.take(broker.bootstrap(), admin);
    }
    TightDisk.fill(broker.bootstrap(), Topics.POSTS);
    DefinitionFile one = definition("nba", "One");
    DefinitionFile two = definition("nba", "Two");
    assertThat(Apply.apply(kafka, List.of(one), false, Apply.setIds(new Random(1))))
        .extracting(Applied::outcome)
        .containsExactly(Outcome.WRITTEN);

    // when: of what cannot be there is more than is reserved
    TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);

    // then: nothing new is written, and what is there is applied as before
    assertThatThrownBy(() -> Apply.apply(kafka, List.of(two), false, Apply.setIds(new Random(2))))
        .isInstanceOf(NoRoomException.class)
        .hasMessageStartingWith(
            "nothing was applied, as there is no room for it: expected at most the ")
        .hasMessageContaining(
            " in feed.items: raise COURTSIDE_DISK, or delete feeds (courtside feeds delete NAME)");
    assertThat(written(two.version())).isEmpty();
    assertThat(Apply.apply(kafka, List.of(one), false, Apply.setIds(new Random(3))))
        .extracting(Applied::outcome)
        .containsExactly(Outcome.UNCHANGED);

    // and: what is shipped is seeded all the same
    try (Admin admin = Admin.create(kafka.client())) {
      assertThat(
              Apply.seed(
                  kafka,
                  admin,
                  List.of(definition("shipped", "Shipped")),
                  Apply.setIds(new Random(4))))
          .extracting(Applied::outcome)
          .containsExactly(Outcome.WRITTEN);

      // and: where there is room again, so is the other
      Room.give(admin);
    }
    assertThat(Apply.apply(kafka, List.of(two), false, Apply.setIds(new Random(5))))
        .extracting(Applied::outcome)
        .containsExactly(Outcome.WRITTEN);
  }

  @Test
  void wishesForARollbackWhereThePreviousVersionIsApplied() throws Exception {
    // given
    prepare();
    DefinitionFile one = definition("nba", "One");
    DefinitionFile two = definition("nba", "Two");
    Apply.apply(kafka, List.of(one), false, Apply.setIds(new Random(1)));
    Apply.apply(kafka, List.of(two), false, Apply.setIds(new Random(2)));
    write(
        "nba",
        FeedState.FORMAT.encode(
            new FeedState(
                Optional.of(two.version().version()),
                Optional.of(one.version().version()),
                Optional.empty(),
                List.of(),
                false,
                Instant.EPOCH,
                List.of())));

    // when
    Applied applied =
        Apply.apply(kafka, List.of(one), false, Apply.setIds(new Random(3))).getFirst();

    // then
    assertThat(applied.outcome()).isEqualTo(Outcome.ROLLBACK);
    assertThat(applied.set()).isEmpty();
    assertThat(wishes())
        .singleElement()
        .isInstanceOfSatisfying(
            Wish.Rollback.class,
            wish -> {
              assertThat(wish.id()).isEqualTo(applied.wish().orElseThrow());
              assertThat(wish.feed()).isEqualTo("nba");
              assertThat(wish.version()).isEqualTo(one.version().version());
            });
    assertThat(written(one.version())).hasSize(1);
  }

  /** Ids that come only once everybody asks for one; later ones at once. */
  private static Supplier<String> afterTheOther(CyclicBarrier barrier, Supplier<String> ids) {
    AtomicBoolean met = new AtomicBoolean();
    return () -> {
      if (met.compareAndSet(false, true)) {
        try {
          barrier.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
          throw new IllegalStateException("the other did not come", e);
        }
      }
      return ids.get();
    };
  }

  private void prepare() throws InterruptedException {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
  }

  /** Every definition that was ever written of a version. */
  private List<FeedDefinition> written(FeedVersion version) {
    return committed(Topics.FEED_DEFINITIONS).stream()
        .filter(record -> key(record).equals(version.key()))
        .map(record -> FeedDefinition.FORMAT.decode(record.value()))
        .toList();
  }

  private List<Wish> wishes() {
    return committed(Topics.CONTROL).stream()
        .map(record -> Wish.FORMAT.decode(record.value()))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> committed(Topic topic) {
    try (CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
      return records.readAll(topic.name(), topic.partitions());
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private void write(String key, byte[] value) throws Exception {
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.FEED_DEFINITIONS.name(), key, value)).get();
    }
  }

  private Producer<String, byte[]> transactional(String id, int timeoutMs) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMs);
    Producer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private static byte[] state() {
    return FeedState.FORMAT.encode(
        new FeedState(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            Instant.EPOCH,
            List.of()));
  }

  private static DefinitionFile definition(String feed, String name) throws Exception {
    String yaml = "feed: " + feed + "\nname: " + name + "\nrule: nba\n";
    return DefinitionFile.read(
        "test.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }
}
