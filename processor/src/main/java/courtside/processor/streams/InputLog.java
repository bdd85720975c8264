package courtside.processor.streams;

import courtside.processor.log.LogSizes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the broker keeps of some partitions at one moment. Immutable.
 *
 * @param begins the oldest offsets
 * @param ends the offsets after the newest records
 * @param bytes how large they are, as far as the broker says
 * @param retention by topic
 */
record InputLog(
    Map<TopicPartition, Long> begins,
    Map<TopicPartition, Long> ends,
    Map<TopicPartition, Long> bytes,
    Map<String, Retention> retention) {
  private static final Logger LOG = LoggerFactory.getLogger(InputLog.class);
  private static final int TIMEOUT_MS = 5_000;

  /** How long, and how much of each partition, is kept; -1 for no limit. */
  record Retention(long millis, long bytes) {}

  /**
   * Asks.
   *
   * @throws ExecutionException if the broker does not say
   */
  static InputLog ask(Admin admin, Collection<TopicPartition> partitions)
      throws InterruptedException, ExecutionException {
    return new InputLog(
        offsets(admin, partitions, OffsetSpec.earliest()),
        offsets(admin, partitions, OffsetSpec.latest()),
        sizes(admin, partitions),
        retention(admin, partitions));
  }

  long begin(TopicPartition partition) {
    return begins.getOrDefault(partition, 0L);
  }

  long end(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  OptionalLong bytes(TopicPartition partition) {
    Long size = bytes.get(partition);
    return size == null ? OptionalLong.empty() : OptionalLong.of(size);
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
      throws InterruptedException, ExecutionException {
    return admin
        .listOffsets(
            partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> spec)),
            new ListOffsetsOptions().timeoutMs(TIMEOUT_MS))
        .all()
        .get()
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private static Map<String, Retention> retention(
      Admin admin, Collection<TopicPartition> partitions)
      throws InterruptedException, ExecutionException {
    List<ConfigResource> topics =
        partitions.stream()
            .map(TopicPartition::topic)
            .distinct()
            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
            .toList();
    Map<String, Retention> retention = new HashMap<>();
    admin
        .describeConfigs(topics, new DescribeConfigsOptions().timeoutMs(TIMEOUT_MS))
        .all()
        .get()
        .forEach((topic, config) ->
            retention.put(
                topic.name(),
                new Retention(
                    number(config, TopicConfig.RETENTION_MS_CONFIG),
                    number(config, TopicConfig.RETENTION_BYTES_CONFIG))));
    return retention;
  }

  private static long number(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null || entry.value() == null ? -1 : Long.parseLong(entry.value());
  }

  /** Not every operator allows this question: then there is no answer. */
  private static Map<TopicPartition, Long> sizes(Admin admin, Collection<TopicPartition> partitions)
      throws InterruptedException {
    try {
      return LogSizes.ask(admin, partitions::contains);
    } catch (ExecutionException e) {
      LOG.atDebug().addKeyValue("reason", String.valueOf(e.getCause())).log("sizes not known");
      return Map.of();
    }
  }
}
