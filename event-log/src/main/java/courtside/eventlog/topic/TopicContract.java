package courtside.eventlog.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the broker to the contract: creates the topics that are missing, applies the disk budget,
 * and refuses to go on where a topic is not what it must be. Every service calls this before it
 * starts; several may at once. Confined to the caller's thread; blocks on the broker.
 */
public final class TopicContract {
  private static final Logger LOG = LoggerFactory.getLogger(TopicContract.class);

  private static final String TRANSACTIONS = "transaction.version";
  private static final int LEAST_TRANSACTIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Admin admin;
  private final DiskBudget disk;

  public TopicContract(Admin admin, DiskBudget disk) {
    this.admin = admin;
    this.disk = disk;
  }

  /**
   * Makes every topic so.
   *
   * @throws TopicMismatchException if the broker's transactions are of an older kind, or one exists
   *     with other partitions, clean-up or limits; names every difference
   * @throws KafkaException if the broker does not answer
   */
  public void enforce(Collection<Topic> topics) throws InterruptedException {
    try {
      Set<String> existing = admin.listTopics().names().get();
      Map<Boolean, List<Topic>> found =
          topics.stream()
              .collect(Collectors.partitioningBy(topic -> existing.contains(topic.name())));
      List<Topic> missing = found.getOrDefault(false, List.of());
      // What is there is judged first: a refusal leaves the cluster as it was.
      verify(found.getOrDefault(true, List.of()), transactionDifference());
      for (Topic topic : missing) {
        create(topic);
      }
      verify(missing, Optional.empty());
    } catch (ExecutionException e) {
      throw new KafkaException("the topics could not be checked", e.getCause());
    }
  }

  /**
   * Asks whether topics that were there are still what they must be. Changes nothing.
   *
   * @param answer how long each of two questions may take
   * @param between run after each of them
   * @throws TopicMismatchException if one is gone, or has other partitions, clean-up or limits;
   *     names every difference
   * @throws KafkaException if the broker does not answer in time
   */
  public void check(Collection<Topic> topics, Duration answer, Runnable between)
      throws InterruptedException {
    int millis = Math.toIntExact(answer.toMillis());
    List<String> differences = new ArrayList<>();
    try {
      Map<String, KafkaFuture<TopicDescription>> questions =
          admin
              .describeTopics(
                  topics.stream().map(Topic::name).toList(),
                  new DescribeTopicsOptions().timeoutMs(millis))
              .topicNameValues();
      List<Topic> found = new ArrayList<>();
      Map<String, TopicDescription> described = new HashMap<>();
      for (Topic topic : topics) {
        Optional<TopicDescription> description = ifThere(required(questions, topic.name()));
        description.ifPresent(there -> {
          found.add(topic);
          described.put(topic.name(), there);
        });
        if (description.isEmpty()) {
          differences.add(topic.name() + ": is gone, though it was there");
        }
      }
      between.run();
      Map<ConfigResource, Config> configs =
          admin
              .describeConfigs(
                  found.stream().map(TopicContract::resource).toList(),
                  new DescribeConfigsOptions().timeoutMs(millis))
              .all()
              .get();
      between.run();
      for (Topic topic : found) {
        differences.addAll(
            differences(
                topic, required(described, topic.name()), required(configs, resource(topic))));
      }
    } catch (ExecutionException e) {
      throw new KafkaException("the topics could not be checked", e.getCause());
    }
    if (!differences.isEmpty()) {
      throw new TopicMismatchException(differences);
    }
  }

  private static Optional<TopicDescription> ifThere(KafkaFuture<TopicDescription> question)
      throws InterruptedException, ExecutionException {
    try {
      return Optional.of(question.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void create(Topic topic) throws InterruptedException, ExecutionException {
    // No replication factor: the broker's default.replication.factor is its operator's decision.
    NewTopic created =
        new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
            .configs(topic.creation(disk));
    try {
      admin.createTopics(List.of(created)).all().get();
      LOG.atInfo().addKeyValue("topic", topic.name()).log("topic created");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      // Another service was first; what it made is checked like any other.
    }
  }

  /** A topic that was just created is known to the controller a moment before the broker. */
  private <T> T patiently(Supplier<KafkaFuture<T>> question)
      throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return question.get().get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      }
    }
  }

  /**
   * Before version 2 a late commit could end the transaction after the one that it was meant for
   * (KIP-890): frames would be there without their cursor, or the other way round.
   */
  private Optional<String> transactionDifference() throws InterruptedException, ExecutionException {
    FinalizedVersionRange found =
        admin.describeFeatures().featureMetadata().get().finalizedFeatures().get(TRANSACTIONS);
    int version = found == null ? 0 : found.maxVersionLevel();
    return version >= LEAST_TRANSACTIONS
        ? Optional.empty()
        : Optional.of(
            "the cluster: "
                + TRANSACTIONS
                + " must be at least "
                + LEAST_TRANSACTIONS
                + ", but is "
                + version
                + " (kafka-features.sh upgrade --feature "
                + TRANSACTIONS
                + "="
                + LEAST_TRANSACTIONS
                + ")");
  }

  private void verify(Collection<Topic> topics, Optional<String> beforehand)
      throws InterruptedException, ExecutionException {
    Map<String, TopicDescription> described =
        patiently(
            () -> admin.describeTopics(topics.stream().map(Topic::name).toList()).allTopicNames());
    Map<ConfigResource, Config> configs =
        patiently(() ->
            admin.describeConfigs(topics.stream().map(TopicContract::resource).toList()).all());
    List<String> differences = new ArrayList<>(beforehand.stream().toList());
    Map<ConfigResource, Collection<AlterConfigOp>> resized = new HashMap<>();
    for (Topic topic : topics) {
      Config config = required(configs, resource(topic));
      differences.addAll(differences(topic, required(described, topic.name()), config));
      List<AlterConfigOp> changes =
          topic.sizing(disk).entrySet().stream()
              .filter(entry -> !entry.getValue().equals(value(config, entry.getKey())))
              .map(entry ->
                  new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), OpType.SET))
              .toList();
      if (!changes.isEmpty()) {
        resized.put(resource(topic), changes);
      }
    }
    if (!differences.isEmpty()) {
      throw new TopicMismatchException(differences);
    }
    if (!resized.isEmpty()) {
      admin.incrementalAlterConfigs(resized).all().get();
      LOG.atInfo().addKeyValue("topics", resized.size()).log("retention set by the disk budget");
    }
  }

  private static List<String> differences(
      Topic topic, TopicDescription description, Config config) {
    List<String> differences = new ArrayList<>();
    if (description.partitions().size() != topic.partitions()) {
      differences.add(
          difference(
              topic,
              "partitions",
              Integer.toString(topic.partitions()),
              Integer.toString(description.partitions().size()),
              "kafka-topics.sh --delete --topic "
                  + topic.name()
                  + ", which loses what is in it; it is made anew at the next start"));
    }
    topic
        .identity()
        .forEach((name, expected) -> {
          String found = value(config, name);
          if (!expected.equals(found)) {
            differences.add(
                difference(
                    topic,
                    name,
                    expected,
                    found,
                    "kafka-configs.sh --alter --topic "
                        + topic.name()
                        + " --add-config "
                        + name
                        + "="
                        + expected));
          }
        });
    return differences;
  }

  private static <K, V> V required(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("the broker did not describe " + key);
    }
    return value;
  }

  private static String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null || entry.value() == null ? "nothing" : entry.value();
  }

  private static ConfigResource resource(Topic topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
  }

  /** Says what to type as well. */
  private static String difference(
      Topic topic, String what, String expected, String found, String remedy) {
    return topic.name()
        + ": "
        + what
        + " must be "
        + expected
        + ", but is "
        + found
        + " ("
        + remedy
        + ")";
  }
}
