package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.ReadInput.Kind;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.feed.FeedTopology;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.LogEnds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Input that is deleted before a stage has read it, on a real broker. */
@Timeout(300)
final class OvertakenTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern PARTITION = Pattern.compile("(posts|firehose\\.frames)-([0-9]+)");

  /** So many records of that many bytes are more than a consumer fetches of a partition at once. */
  private static final int BEHIND = 60;

  private static final int LARGE = 100_000;

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;
  private Admin admin;
  private CommittedRecords records;
  private LogEnds ends;
  private String set = "";

  @BeforeEach
  void open() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
    admin = Admin.create(kafka.client());
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    records = new CommittedRecords(broker.bootstrap());
    ends = new LogEnds(broker.bootstrap(), Topics.INCIDENTS, Topics.POSTS, Topics.FEED_ITEMS);
    set = apply("everything");
  }

  @AfterEach
  void close() {
    ends.close();
    records.close();
    admin.close();
    broker.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDeletedWhileItIsStoppedIsSaidOnceWithBothEnds(Kind kind) throws Exception {
    try (ReadInput input = input(kind)) {
      List<Did> accounts = input.accounts(3);
      // given: two partitions read in part, and one of which there was nothing yet
      TopicPartition some = input.write(accounts.get(0), 30, 0);
      TopicPartition all = input.write(accounts.get(1), 30, 0);
      try (Processor processor = start()) {
        awaitPlaces(kind, Map.of(some, 30L, all, 30L));
        awaitReady(processor);
      }
      input.write(accounts.get(0), 30, 0);
      input.write(accounts.get(1), 30, 0);
      TopicPartition first = input.write(accounts.get(2), 10, 0);

      // when: of one a part is deleted that was not read, of one all, of one what came first
      delete(Map.of(some, 45L, all, 60L, first, 4L));
      List<String> expected =
          List.of(lost(kind, some, 30, 45), lost(kind, all, 30, 60), lost(kind, first, 0, 4));
      try (Processor processor = start()) {
        awaitLosses(expected);
        awaitPlaces(kind, Map.of(some, 60L, all, 60L, first, 10L));
        // then: whoever asks is told, and all the rest is read, once
        await().atMost(LIMIT).until(() -> saysLost(processor));
        assertThat(processor.health().ready()).isFalse();
        assertThat(processor.health().live()).isTrue();
      }
      List<Long> survive = new ArrayList<>(input.numbers(some, 0, 30));
      survive.addAll(input.numbers(some, 45, 60));
      survive.addAll(input.numbers(all, 0, 30));
      survive.addAll(input.numbers(first, 4, 10));
      assertThat(input.cameOut()).containsExactlyInAnyOrderElementsOf(survive);

      // and: over a restart it is neither forgotten nor said again
      try (Processor processor = start()) {
        await().atMost(LIMIT).until(() -> saysLost(processor));
        awaitSettled(processor);
        assertThat(processor.health().ready()).isFalse();
        assertThat(losses()).containsExactlyInAnyOrderElementsOf(expected);
        acknowledge(processor);
        awaitReady(processor);
      }

      // when: the same again
      input.write(accounts.get(0), 20, 0);
      delete(Map.of(some, 70L));
      try (Processor processor = start()) {
        List<String> twice = new ArrayList<>(expected);
        twice.add(lost(kind, some, 60, 70));
        awaitLosses(twice);
        await().atMost(LIMIT).until(() -> saysLost(processor));
        awaitPlaces(kind, Map.of(some, 80L));
        survive.addAll(input.numbers(some, 70, 80));
        assertThat(input.cameOut()).containsExactlyInAnyOrderElementsOf(survive);
        acknowledge(processor);
        awaitReady(processor);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDeletedWhileItIsBehindIsSaidWithBothEnds(Kind kind) throws Exception {
    try (ReadInput input = input(kind);
        StandingStage stage =
            new StandingStage(kind, kafka, directory.resolve("data"), set, Duration.ofMillis(50))) {
      List<Did> accounts = input.accounts(2);
      Map<TopicPartition, List<Long>> lost = new HashMap<>();
      for (int round = 1; round <= 2; round++) {
        // given: more than a consumer fetches ahead, and a stage that stands at one of the first
        TopicPartition one = input.write(accounts.get(0), BEHIND, LARGE);
        TopicPartition other = input.write(accounts.get(1), BEHIND, LARGE);
        stage.startOnce();
        stage.awaitStanding();
        // when: all but the last few is deleted, and it goes on
        long end = (long) round * BEHIND;
        Map<TopicPartition, Long> oldest = Map.of(one, end - 3, other, end - 5);
        delete(oldest);
        stage.goOn();
        // then: what it had not fetched is lost, and it reads what is left
        awaitPlaces(kind, Map.of(one, end, other, end));
        stage.standAtNext();
        List<Incident> said = incidents();
        assertThat(said).hasSize(2 * round);
        for (Incident incident : said.subList(2 * round - 2, 2 * round)) {
          TopicPartition partition = partition(incident);
          long from = incident.from().orElseThrow() + 1;
          long to = incident.to().orElseThrow();
          assertThat(to).isEqualTo(oldest.get(partition));
          assertThat(from).isBetween(end - BEHIND, to - 1);
          lost.computeIfAbsent(partition, _ -> new ArrayList<>())
              .addAll(input.numbers(partition, from, to));
        }
        assertThat(lost.keySet()).containsExactlyInAnyOrder(one, other);
        List<Long> survive = new ArrayList<>(input.numbers(one, 0, end));
        survive.addAll(input.numbers(other, 0, end));
        lost.values().forEach(survive::removeAll);
        // What it stood at was deleted too, and was fetched before.
        assertThat(survive).hasSizeGreaterThan(8 * round);
        System.out.printf(
            "%s, round %d: of %d records %d were read%n", kind, round, 2 * end, survive.size());
        assertThat(input.cameOut()).containsExactlyInAnyOrderElementsOf(survive);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPlaceThatIsNotInTheLogAnyMoreIsALoss(Kind kind) throws Exception {
    try (ReadInput input = input(kind)) {
      List<Did> accounts = input.accounts(3);
      TopicPartition forgotten = input.write(accounts.get(0), 30, 0);
      TopicPartition beyond = input.write(accounts.get(1), 30, 0);
      TopicPartition untouched = input.write(accounts.get(2), 30, 0);
      try (Processor processor = start()) {
        awaitPlaces(kind, Map.of(forgotten, 30L, beyond, 30L, untouched, 30L));
        awaitReady(processor);
      }
      // when: the group has lost one place, and another lies where there is nothing
      delete(Map.of(forgotten, 7L, beyond, 5L));
      String group = application(kind);
      admin.deleteConsumerGroupOffsets(group, Set.of(forgotten)).all().get();
      admin
          .alterConsumerGroupOffsets(group, Map.of(beyond, new OffsetAndMetadata(1_000)))
          .all()
          .get();
      try (Processor processor = start()) {
        // then: it is said, and all that is there is read
        awaitLosses(List.of(group + " " + forgotten + " ?..7", group + " " + beyond + " 999..5"));
        awaitPlaces(kind, Map.of(forgotten, 30L, beyond, 30L, untouched, 30L));
        await().atMost(LIMIT).until(() -> saysLost(processor));
        assertThat(processor.health().ready()).isFalse();
      }
      List<Long> read = new ArrayList<>();
      for (TopicPartition partition : List.of(forgotten, beyond, untouched)) {
        read.addAll(input.numbers(partition, 0, 30));
      }
      if (kind == Kind.EXTRACT) {
        // What was read before comes twice, which changes no feed.
        read.addAll(input.numbers(forgotten, 7, 30));
        read.addAll(input.numbers(beyond, 5, 30));
      }
      assertThat(input.cameOut()).containsExactlyInAnyOrderElementsOf(read);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKillBetweenTheIncidentAndItsCommitMakesNoSecond(Kind kind) throws Exception {
    int kills = Integer.getInteger("courtside.overtaken.kills", 1);
    try (ReadInput input = input(kind)) {
      List<Did> accounts = input.accounts(2);
      TopicPartition some = input.write(accounts.get(0), 30, 0);
      TopicPartition all = input.write(accounts.get(1), 30, 0);
      try (ChildJvm _ = stage(kind, Duration.ofMillis(50))) {
        awaitPlaces(kind, Map.of(some, 30L, all, 30L));
      }
      input.write(accounts.get(0), 30, 0);
      input.write(accounts.get(1), 30, 0);
      delete(Map.of(some, 45L, all, 60L));
      // when: it is killed as soon as it has written an incident, and long before it commits
      long written = 0;
      for (int kill = 0; kill < kills; kill++) {
        try (ChildJvm stage = stage(kind, Duration.ofSeconds(8))) {
          long before = written;
          await().atMost(LIMIT).until(() -> writtenIncidents() > before);
          stage.kill();
          written = writtenIncidents();
        }
        assertThat(incidents()).isEmpty();
      }
      // then: the one that is not killed says it, and all that is left is read
      try (ChildJvm _ = stage(kind, Duration.ofMillis(50))) {
        List<String> expected = List.of(lost(kind, some, 30, 45), lost(kind, all, 30, 60));
        awaitLosses(expected);
        awaitPlaces(kind, Map.of(some, 60L, all, 60L));
        assertThat(losses()).containsExactlyInAnyOrderElementsOf(expected);
      }
      List<Long> survive = new ArrayList<>(input.numbers(some, 0, 30));
      survive.addAll(input.numbers(some, 45, 60));
      survive.addAll(input.numbers(all, 0, 30));
      assertThat(input.cameOut()).containsExactlyInAnyOrderElementsOf(survive);
      System.out.printf(
          "%s: %d incidents written and 2 committed over %d kills%n",
          kind, writtenIncidents(), kills);
    }
  }

  private ChildJvm stage(Kind kind, Duration commitInterval) throws IOException {
    return ChildJvm.start(
        StageMain.class.getName(),
        List.of("-Xmx256m"),
        List.of(
            kind.name(),
            kafka.bootstrap(),
            directory.resolve("data").toString(),
            set,
            Long.toString(commitInterval.toMillis())),
        Map.of(),
        directory.resolve("stage.out"));
  }

  /** Those of transactions that are open or were aborted too. */
  private long writtenIncidents() {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    TopicPartition partition = new TopicPartition(Topics.INCIDENTS.name(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long count = 0;
      while (consumer.position(partition) < end) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      return count;
    }
  }

  @Test
  void aTopicThatWasMadeAnewIsALoss() throws Exception {
    try (ReadInput input = input(Kind.EXTRACT)) {
      TopicPartition partition = input.write(input.accounts(1).getFirst(), 30, 0);
      try (Processor _ = start()) {
        awaitPlaces(Kind.EXTRACT, Map.of(partition, 30L));
      }
      // when: the broker forgets the group's places with the topic
      admin.deleteTopics(List.of(Topics.FRAMES.name())).all().get();
      try (Processor processor = start()) {
        awaitLosses(List.of(ExtractTopology.APPLICATION + " " + partition + " ?..0"));
        await().atMost(LIMIT).until(() -> saysLost(processor));
      }
    }
  }

  @Test
  void aSetThatBeginsHasLostNothing() throws Exception {
    try (ReadInput input = input(Kind.FEED)) {
      TopicPartition partition = input.write(input.accounts(1).getFirst(), 30, 0);
      delete(Map.of(partition, 20L));
      try (Processor processor = start()) {
        awaitPlaces(Kind.FEED, Map.of(partition, 30L));
        // Of partitions without a record too it is known from now on where they were begun.
        await()
            .atMost(LIMIT)
            .untilAsserted(() -> assertThat(places(Kind.FEED)).hasSize(Topics.POSTS.partitions()));
        awaitReady(processor);
      }
      assertThat(incidents()).isEmpty();
      assertThat(input.cameOut()).isEqualTo(input.numbers(partition, 20, 30));
    }
  }

  @Test
  void whatIsNearlyDeletedBeforeItIsReadIsSaid() throws Exception {
    TopicPartition partition = new TopicPartition(Topics.POSTS.name(), 3);
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "stuck");
    try (Processor processor = start();
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      awaitReady(processor);
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(places(Kind.FEED)).containsKey(partition));
      // when: a record has a day left, and whoever reads committed records does not get it
      producer.initTransactions();
      producer.beginTransaction();
      Instant seen = Instant.now().minus(Topics.POSTS.retention()).plus(Duration.ofDays(1));
      producer
          .send(
              new ProducerRecord<>(
                  partition.topic(),
                  partition.partition(),
                  seen.toEpochMilli(),
                  "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
                  new byte[] {0}))
          .get();
      await().atMost(LIMIT).until(() -> !processor.health().ready());
      assertThat(processor.health().reasons())
          .singleElement()
          .asString()
          .startsWith(application(Kind.FEED) + " has not read what may be deleted in 86")
          .endsWith("s: 3 % of the retention are left");
      assertThat(processor.health().figures().get("seconds_until_unread_posts_are_deleted"))
          .isBetween(86_000.0, 86_400.0);
      assertThat(processor.health().figures())
          .doesNotContainKey("seconds_until_unread_frames_are_deleted");
      // then: once it is read nothing is said any more
      producer.commitTransaction();
      awaitReady(processor);
      assertThat(processor.health().figures())
          .doesNotContainKey("seconds_until_unread_posts_are_deleted");
    }
  }

  private ReadInput input(Kind kind) throws Exception {
    if (kind == Kind.FEED) {
      // What is in posts comes from this test, which is none of extract's: as if it were.
      Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
      for (int partition = 0; partition < Topics.FRAMES.partitions(); partition++) {
        beginning.put(
            new TopicPartition(Topics.FRAMES.name(), partition), new OffsetAndMetadata(0));
      }
      admin.alterConsumerGroupOffsets(ExtractTopology.APPLICATION, beginning).all().get();
    }
    return new ReadInput(kind, kafka);
  }

  /** What is said of offsets from one to before another. */
  private String lost(Kind kind, TopicPartition partition, long from, long to) {
    return application(kind) + " " + partition + " " + (from - 1) + ".." + to;
  }

  private String application(Kind kind) {
    return kind == Kind.EXTRACT ? ExtractTopology.APPLICATION : FeedTopology.application(set);
  }

  /** What is lost by the incidents, in their order. */
  private List<String> losses() {
    return incidents().stream()
        .filter(incident -> incident.kind() == Incident.Kind.OVERTAKEN)
        .map(incident ->
            incident.subject()
                + " "
                + partition(incident)
                + " "
                + end(incident.from())
                + ".."
                + end(incident.to()))
        .toList();
  }

  private static TopicPartition partition(Incident incident) {
    Matcher found = PARTITION.matcher(incident.found());
    assertThat(found.find()).as(incident.found()).isTrue();
    return new TopicPartition(found.group(1), Integer.parseInt(found.group(2)));
  }

  private static String end(OptionalLong end) {
    return end.isPresent() ? Long.toString(end.getAsLong()) : "?";
  }

  private List<Incident> incidents() {
    return records.readAll(Topics.INCIDENTS.name(), 1).stream()
        .map(record -> {
          Incident incident = Incident.FORMAT.decode(record.value());
          assertThat(new String(record.key(), StandardCharsets.UTF_8))
              .isEqualTo(incident.subject());
          return incident;
        })
        .toList();
  }

  private void awaitLosses(Collection<String> expected) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(losses()).containsExactlyInAnyOrderElementsOf(expected));
  }

  /** And until what was committed with them can be read: each partition is told by itself. */
  private void awaitPlaces(Kind kind, Map<TopicPartition, Long> expected) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(places(kind)).containsAllEntriesOf(expected));
    await().atMost(LIMIT).until(() -> !ends.somethingIsOpen());
  }

  private Map<TopicPartition, Long> places(Kind kind) throws Exception {
    Map<TopicPartition, Long> places = new HashMap<>();
    for (Map.Entry<TopicPartition, OffsetAndMetadata> place :
        admin
            .listConsumerGroupOffsets(application(kind))
            .partitionsToOffsetAndMetadata()
            .get()
            .entrySet()) {
      if (place.getValue() != null) {
        places.put(place.getKey(), place.getValue().offset());
      }
    }
    return places;
  }

  private void delete(Map<TopicPartition, Long> before) throws Exception {
    Map<TopicPartition, RecordsToDelete> asked = new HashMap<>();
    before.forEach(
        (partition, offset) -> asked.put(partition, RecordsToDelete.beforeOffset(offset)));
    admin.deleteRecords(asked).all().get();
  }

  private static boolean saysLost(Processor processor) {
    return processor.health().reasons().stream().anyMatch(reason -> reason.contains("was lost"));
  }

  private static void awaitReady(Processor processor) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(processor.health().reasons()).isEmpty();
          assertThat(processor.health().ready()).isTrue();
        });
  }

  private static void awaitSettled(Processor processor) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(processor.health().state()).isEqualTo("processing"));
  }

  private void acknowledge(Processor processor) throws Exception {
    Wish known =
        new Wish.Acknowledged(
            "known-" + Instant.now(),
            Instant.now(),
            records.readAll(Topics.INCIDENTS.name(), 1).getLast().offset() + 1);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.CONTROL.name(), known.key(), Wish.FORMAT.encode(known)))
          .get();
    }
    await()
        .atMost(LIMIT)
        .until(
            () -> known.id().equals(processor.health().answers().orElseThrow().get(known.key())));
  }

  /** Applies a feed of everything; gives the id of its set. */
  private String apply(String feed) throws Exception {
    String yaml = "feed: " + feed + "\nname: F\nrule: '*:*'\nmax-age: none\nkeep: 28d\n";
    DefinitionFile file =
        DefinitionFile.read(
            "test.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    return Apply.apply(kafka, List.of(file), false, Apply.setIds(new Random(feed.hashCode())))
        .getFirst()
        .set()
        .orElseThrow();
  }

  private Processor start() throws InterruptedException {
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_KAFKA",
            kafka.bootstrap(),
            "COURTSIDE_DATA",
            directory.resolve("data").toString(),
            "COURTSIDE_DISK",
            "1GB",
            "COURTSIDE_PROCESSOR_FEEDS",
            "none",
            "COURTSIDE_PROCESSOR_STEADY",
            "1s",
            "COURTSIDE_PROCESSOR_HEALTH_PORT",
            "0");
    return switch (ProcessorSettings.read(environment)) {
      case Reading.Valid<ProcessorSettings> valid -> Processor.start(valid.settings());
      case Reading.Invalid<ProcessorSettings> invalid ->
          throw new AssertionError(invalid.problems());
    };
  }
}
