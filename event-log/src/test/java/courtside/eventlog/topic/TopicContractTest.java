package courtside.eventlog.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract against a real broker, which all tests here share: each has its own topics. */
@Timeout(120)
final class TopicContractTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final DiskBudget SMALL = new DiskBudget(DiskBudget.LEAST);

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static Admin admin;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(directory, 0);
    admin = Admin.create(address());
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void createsEveryTopicOnceAndLeavesItThen() throws Exception {
    new TopicContract(admin, SMALL).enforce(Topics.ALL);
    Map<String, TopicDescription> described = describe(Topics.ALL);
    Map<String, Map<String, String>> configs = configs(Topics.ALL);
    assertThat(described.values())
        .extracting(TopicDescription::name, topic -> topic.partitions().size())
        .containsExactlyInAnyOrderElementsOf(
            Topics.ALL.stream().map(topic -> tuple(topic.name(), topic.partitions())).toList());
    assertConfigured(Topics.ALL, SMALL);

    new TopicContract(admin, SMALL).enforce(Topics.ALL);
    assertThat(describe(Topics.ALL)).as("the same, by their ids").isEqualTo(described);
    assertThat(configs(Topics.ALL)).isEqualTo(configs);
  }

  @Test
  void refusesTransactionsOfAnOlderKind() throws Exception {
    transactionVersion(1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
    try {
      assertThatThrownBy(() -> new TopicContract(admin, SMALL).enforce(List.of()))
          .isInstanceOf(TopicMismatchException.class)
          .hasMessageContaining("transaction.version must be at least 2, but is 1");
    } finally {
      transactionVersion(2, FeatureUpdate.UpgradeType.UPGRADE);
    }
    new TopicContract(admin, SMALL).enforce(List.of());
  }

  private static void transactionVersion(int version, FeatureUpdate.UpgradeType type)
      throws Exception {
    admin
        .updateFeatures(
            Map.of("transaction.version", new FeatureUpdate((short) version, type)),
            new UpdateFeaturesOptions())
        .all()
        .get();
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsEntry(
                    "transaction.version",
                    new FinalizedVersionRange((short) version, (short) version)));
  }

  @Test
  void letsSeveralStartAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      int number = round;
      List<Topic> topics =
          IntStream.range(0, 8).mapToObj(i -> deleted("race-" + number + "-" + i, 3)).toList();
      CyclicBarrier together = new CyclicBarrier(2);
      try (ExecutorService services = Executors.newFixedThreadPool(2)) {
        List<Future<?>> starts =
            IntStream.range(0, 2)
                .<Future<?>>mapToObj(_ ->
                    services.submit(() -> {
                      try (Admin own = Admin.create(address())) {
                        together.await();
                        new TopicContract(own, SMALL).enforce(topics);
                      }
                      return null;
                    }))
                .toList();
        for (Future<?> start : starts) {
          start.get();
        }
      }
      assertThat(describe(topics).values())
          .hasSize(topics.size())
          .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(3));
    }
  }

  @Test
  void refusesEveryDifferenceAtOnceAndChangesNothing() throws Exception {
    Topic one = deleted("wrong-one", 4);
    Topic two = compacted("wrong-two", 2);
    Topic right = deleted("right-beside-wrong", 1);
    Topic missing = deleted("missing-beside-wrong", 1);
    create(
        one,
        2,
        Map.of(
            "cleanup.policy", "compact",
            "max.message.bytes", "1000",
            "message.timestamp.type", "LogAppendTime"));
    create(two, 3, two.creation(SMALL));
    create(right, 1, Map.of("max.message.bytes", Integer.toString(right.maxMessageBytes())));
    List<Topic> present = List.of(one, two, right);
    Map<String, Map<String, String>> before = configs(present);

    TopicContract contract = new TopicContract(admin, SMALL);
    assertThatThrownBy(() -> contract.enforce(List.of(one, two, right, missing)))
        .isInstanceOf(TopicMismatchException.class)
        .message()
        .satisfies(message ->
            assertThat(message.lines().skip(1).map(String::strip))
                .containsExactlyInAnyOrder(
                    "wrong-one: partitions must be 4, but is 2 (kafka-topics.sh --delete --topic"
                        + " wrong-one, which loses what is in it; it is made anew at the next"
                        + " start)",
                    "wrong-one: cleanup.policy must be delete, but is compact (kafka-configs.sh"
                        + " --alter --topic wrong-one --add-config cleanup.policy=delete)",
                    "wrong-one: max.message.bytes must be 1048576, but is 1000 (kafka-configs.sh"
                        + " --alter --topic wrong-one --add-config max.message.bytes=1048576)",
                    "wrong-one: message.timestamp.type must be CreateTime, but is LogAppendTime"
                        + " (kafka-configs.sh --alter --topic wrong-one --add-config"
                        + " message.timestamp.type=CreateTime)",
                    "wrong-two: partitions must be 2, but is 3 (kafka-topics.sh --delete --topic"
                        + " wrong-two, which loses what is in it; it is made anew at the next"
                        + " start)"));
    assertThat(configs(present)).isEqualTo(before);
    assertThat(admin.listTopics().names().get()).doesNotContain(missing.name());
  }

  @Test
  void findsWhatHasChangedSinceItWasEnforced() throws Exception {
    Topic gone = deleted("checked-gone", 2);
    Topic lowered = deleted("checked-lowered", 2);
    Topic right = compacted("checked-right", 1);
    List<Topic> topics = List.of(gone, lowered, right);
    TopicContract contract = new TopicContract(admin, SMALL);
    contract.enforce(topics);
    AtomicInteger answers = new AtomicInteger();
    contract.check(topics, LIMIT, answers::incrementAndGet);
    assertThat(answers).hasValue(2);

    admin.deleteTopics(List.of(gone.name())).all().get();
    await().atMost(LIMIT).until(() -> !admin.listTopics().names().get().contains(gone.name()));
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, lowered.name());
    admin
        .incrementalAlterConfigs(
            Map.of(
                resource,
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThatThrownBy(() -> contract.check(topics, LIMIT, () -> {}))
                .isInstanceOf(TopicMismatchException.class)
                .message()
                .satisfies(message ->
                    assertThat(message.lines().skip(1).map(String::strip))
                        .containsExactly(
                            "checked-gone: is gone, though it was there",
                            "checked-lowered: max.message.bytes must be 1048576, but is 1000"
                                + " (kafka-configs.sh --alter --topic checked-lowered"
                                + " --add-config max.message.bytes=1048576)")));
    assertThat(admin.listTopics().names().get()).doesNotContain(gone.name());
  }

  @Test
  void appliesAChangedDiskBudget() throws Exception {
    List<Topic> topics = List.of(deleted("resized", 2), compacted("resized-not", 1));
    new TopicContract(admin, SMALL).enforce(topics);
    Map<String, TopicDescription> described = describe(topics);
    for (DiskBudget disk : List.of(DiskBudget.DEFAULT, SMALL)) {
      new TopicContract(admin, disk).enforce(topics);
      await().atMost(LIMIT).untilAsserted(() -> assertConfigured(topics, disk));
    }
    assertThat(describe(topics)).isEqualTo(described);
  }

  @Test
  void saysWhereNobodyAnswers() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (Admin nobody =
        Admin.create(
            Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:" + port,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                1_000,
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                500))) {
      TopicContract contract = new TopicContract(nobody, SMALL);
      assertThatThrownBy(() -> contract.enforce(Topics.ALL))
          .isInstanceOf(KafkaException.class)
          .hasMessage("the topics could not be checked");
    }
  }

  private static Topic deleted(String name, int partitions) {
    return new Topic(
        name, partitions, Topic.Cleanup.DELETE, Duration.ofDays(1), 10, 4 << 20, 1 << 20);
  }

  private static Topic compacted(String name, int partitions) {
    return new Topic(
        name, partitions, Topic.Cleanup.COMPACT, Duration.ofDays(7), 0, 4 << 20, 1 << 20);
  }

  private static void create(Topic topic, int partitions, Map<String, String> configs)
      throws Exception {
    NewTopic created = new NewTopic(topic.name(), Optional.of(partitions), Optional.empty());
    admin.createTopics(List.of(created.configs(configs))).all().get();
    await().atMost(LIMIT).until(() -> admin.listTopics().names().get().contains(topic.name()));
  }

  private static Map<String, TopicDescription> describe(Collection<Topic> topics) throws Exception {
    return admin.describeTopics(topics.stream().map(Topic::name).toList()).allTopicNames().get();
  }

  private static void assertConfigured(Collection<Topic> topics, DiskBudget disk) throws Exception {
    Map<String, Map<String, String>> configs = configs(topics);
    for (Topic topic : topics) {
      assertThat(configs.getOrDefault(topic.name(), Map.of()))
          .as(topic.name())
          .containsAllEntriesOf(topic.creation(disk));
    }
  }

  private static Map<String, Map<String, String>> configs(Collection<Topic> topics)
      throws Exception {
    Map<String, Map<String, String>> configs = new HashMap<>();
    admin
        .describeConfigs(
            topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                .toList())
        .all()
        .get()
        .forEach((resource, config) -> configs.put(resource.name(), values(config)));
    return configs;
  }

  private static Map<String, String> values(Config config) {
    Map<String, String> values = new HashMap<>();
    config.entries().forEach(entry -> values.put(entry.name(), entry.value()));
    return values;
  }

  private static Map<String, Object> address() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
  }
}
