package courtside.feedapi.store;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the committed records of {@code feed.items} make, by a few lines of plain code: of each key
 * the last value. Confined to one thread.
 */
final class FoldedItems implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<TopicPartition> partitions =
      IntStream.range(0, Topics.FEED_ITEMS.partitions())
          .mapToObj(partition -> new TopicPartition(Topics.FEED_ITEMS.name(), partition))
          .toList();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> read = new HashMap<>();
  private final Map<String, FeedItem> items = new TreeMap<>();

  FoldedItems(String bootstrap) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(partitions);
  }

  /**
   * Reads on to these offsets.
   *
   * @param next by partition; where there is none, nothing
   * @throws AssertionError if they lie before what was read already: nothing goes back
   */
  void readTo(Map<Integer, Long> next) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long from = read.getOrDefault(partition, 0L);
      long to = next.getOrDefault(partition.partition(), 0L);
      if (to < from) {
        throw new AssertionError(
            "expected %s at %d or further, found %d".formatted(partition, from, to));
      }
      ends.put(partition, to);
      consumer.seek(partition, from);
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ends.entrySet().stream().anyMatch(end -> isBefore(end.getKey(), end.getValue()))) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("expected committed records up to " + ends);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          take(record);
        }
      }
    }
    read.putAll(ends);
  }

  private boolean isBefore(TopicPartition partition, long end) {
    return consumer.position(partition) < end;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      items.remove(key);
    } else {
      items.put(key, FeedItem.FORMAT.decode(record.value()));
    }
  }

  /** Everything, by its key and in the order of keys. */
  Map<String, FeedItem> items() {
    return Collections.unmodifiableMap(items);
  }

  /** The order of each version that has items, newest first. */
  Map<FeedVersion, List<FeedEntry>> orders() {
    Map<FeedVersion, List<FeedEntry>> orders = new HashMap<>();
    items.forEach((key, item) ->
        orders
            .computeIfAbsent(FeedVersion.read(key), _ -> new ArrayList<>())
            .add(
                new FeedEntry(
                    new Position(item.sortAt().toEpochMilli(), FeedVersion.uri(key)),
                    item.expiresAt().toEpochMilli())));
    orders
        .values()
        .forEach(entries ->
            entries.sort(
                Comparator.comparingLong((FeedEntry entry) -> entry.position().sortAt())
                    .thenComparing(FeedEntry::uri)
                    .reversed()));
    return orders;
  }

  /** The uris of a version that have not expired, newest first. */
  List<String> shown(FeedVersion version, Instant now) {
    return orders().getOrDefault(version, List.of()).stream()
        .filter(entry -> entry.expiresAt() > now.toEpochMilli())
        .map(FeedEntry::uri)
        .toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
