package courtside.processor.reserve;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topic.Cleanup;
import courtside.eventlog.topic.Topics;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.feed.FeedTopology;
import courtside.processor.log.LogSizes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the disk budget reserves for topics that cannot be cut by bytes, and what they hold. These
 * are the compacted ones, all topics that the processor's applications keep for themselves, and
 * Kafka's own for offsets and transactions, whoever else uses those. Of each partition one copy
 * counts, as the budget is that of one log; records count, and indexes do not. What is deleted
 * counts until Kafka has compacted it away, which may take a day. Immutable.
 *
 * @param topics bytes, by topic
 * @param reserved bytes
 */
public record Reserve(Map<String, Long> topics, long reserved) {
  private static final int TIMEOUT_MS = 5_000;

  /** The topic by whose settings the budget is known: it has the largest share. */
  private static final Topic SIZED = Topics.FRAMES;

  private static final Set<String> KAFKAS_OWN = Set.of("__consumer_offsets", "__transaction_state");
  private static final Set<String> COMPACTED =
      Topics.ALL.stream()
          .filter(topic -> topic.cleanup() == Cleanup.COMPACT)
          .map(Topic::name)
          .collect(Collectors.toUnmodifiableSet());
  private static final List<String> APPLICATIONS =
      List.of(ExtractTopology.APPLICATION + "-", FeedTopology.application(""));

  /** Copies the map. */
  public Reserve {
    topics = Map.copyOf(topics);
  }

  /**
   * Asks. What is reserved follows from what the topics were last sized with, so that whoever asks
   * need not know {@code COURTSIDE_DISK}, and all find the same.
   *
   * @return nothing where no pipeline has run, or its topics have no limit
   * @throws ExecutionException if the broker does not say; with an {@code AuthorizationException}
   *     where its operator does not allow the question
   */
  public static Optional<Reserve> ask(Admin admin) throws InterruptedException, ExecutionException {
    OptionalLong reserved = reserved(admin);
    if (reserved.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> topics = new TreeMap<>();
    LogSizes.ask(admin, partition -> cannotBeCut(partition.topic()))
        .forEach((partition, bytes) -> topics.merge(partition.topic(), bytes, Long::sum));
    return Optional.of(new Reserve(topics, reserved.getAsLong()));
  }

  /** The bytes of all these topics. */
  public long used() {
    return topics.values().stream().mapToLong(bytes -> bytes).sum();
  }

  /** That there is more than what is reserved, and what to do, where that is so. */
  public Optional<String> excess() {
    if (used() <= reserved) {
      return Optional.empty();
    }
    String largest =
        topics.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(topic -> ", most of it, " + topic.getValue() + ", in " + topic.getKey())
            .orElse("");
    return Optional.of(
        "expected at most the "
            + reserved
            + " bytes that COURTSIDE_DISK reserves for what cannot be cut by bytes, found "
            + used()
            + largest
            + ": raise COURTSIDE_DISK, or delete feeds (courtside feeds delete NAME); once there is"
            + " room, definitions that keep items for less help too");
  }

  private static boolean cannotBeCut(String topic) {
    return COMPACTED.contains(topic)
        || KAFKAS_OWN.contains(topic)
        || APPLICATIONS.stream().anyMatch(topic::startsWith);
  }

  private static OptionalLong reserved(Admin admin)
      throws InterruptedException, ExecutionException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, SIZED.name());
    KafkaFuture<Map<ConfigResource, Config>> answer =
        admin
            .describeConfigs(List.of(topic), new DescribeConfigsOptions().timeoutMs(TIMEOUT_MS))
            .all();
    Config config;
    try {
      config = answer.get().get(topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return OptionalLong.empty();
      }
      throw e;
    }
    if (config == null) {
      return OptionalLong.empty();
    }
    OptionalLong kept = number(config, TopicConfig.RETENTION_BYTES_CONFIG);
    OptionalLong segment = number(config, TopicConfig.SEGMENT_BYTES_CONFIG);
    return kept.isEmpty() || segment.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(DiskBudget.reservedBeside(SIZED, kept.getAsLong(), segment.getAsLong()));
  }

  /** Empty for no limit. */
  private static OptionalLong number(Config config, String name) {
    ConfigEntry entry = config.get(name);
    long value = entry == null || entry.value() == null ? -1 : Long.parseLong(entry.value());
    return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
