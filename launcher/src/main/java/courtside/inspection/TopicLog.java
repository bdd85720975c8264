package courtside.inspection;

import courtside.eventlog.topic.Topic;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A large topic, as a command looks at it: from its end backwards, piece by piece, one record by
 * its place, or what comes. Reads what is committed; holds some 20 MB at most, however large the
 * topic is. Confined to one thread.
 */
public final class TopicLog implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int FETCH_BYTES = 16 << 20;
  private static final int PARTITION_FETCH_BYTES = 2 << 20;
  private static final int FIRST_PIECE = 64;
  private static final int LARGEST_PIECE = 16_384;

  /** As somebody would have read them who read everything as it came. */
  private static final Comparator<ConsumerRecord<byte[], byte[]>> AS_SEEN =
      Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
          .thenComparingInt(ConsumerRecord::partition)
          .thenComparingLong(ConsumerRecord::offset);

  private final Topic topic;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Connects; the topic must be there. */
  public TopicLog(KafkaAddress kafka, Topic topic) {
    this.topic = topic;
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "courtside-look");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Retention may take what is just to be read.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    this.consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The numbers of all partitions. */
  public List<Integer> partitions() {
    return IntStream.range(0, topic.partitions()).boxed().toList();
  }

  /**
   * Begins at the end as it is now.
   *
   * @param since what was seen earlier is not read; empty for all that is kept
   */
  public Backwards backwards(Collection<Integer> partitions, Optional<Instant> since) {
    List<TopicPartition> asked = partitions.stream().map(this::partition).toList();
    Map<TopicPartition, Long> ends = consumer.endOffsets(asked);
    Map<TopicPartition, Long> begins = new HashMap<>(consumer.beginningOffsets(asked));
    if (since.isPresent()) {
      Map<TopicPartition, Long> times = new HashMap<>();
      asked.forEach(partition -> times.put(partition, since.get().toEpochMilli()));
      Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
      for (TopicPartition partition : asked) {
        OffsetAndTimestamp first = found.get(partition);
        begins.put(partition, first == null ? end(ends, partition) : first.offset());
      }
    }
    // Of transactions' ends and of records in one batch the lookup knows no better.
    return new Backwards(begins, ends, since.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
  }

  /** When the oldest record was seen that is kept; empty where there is none. */
  public Optional<Instant> oldest() {
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions().forEach(number -> times.put(partition(number), 0L));
    return consumer.offsetsForTimes(times).values().stream()
        .filter(found -> found != null)
        .map(found -> Instant.ofEpochMilli(found.timestamp()))
        .min(Comparator.naturalOrder());
  }

  /** The record at a place; empty where none is, or none any more. */
  public Optional<ConsumerRecord<byte[], byte[]>> at(int number, long offset) {
    TopicPartition partition = partition(number);
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>(1);
    long end = end(consumer.endOffsets(List.of(partition)), partition);
    if (offset >= end) {
      return Optional.empty();
    }
    read(Map.of(partition, new Piece(offset, offset + 1)), found::add);
    return found.stream().findFirst();
  }

  /**
   * Goes on with what comes, until nobody wants more or the thread is interrupted.
   *
   * @param from the first offset, by partition
   * @param wantsMore asked some times a second
   * @throws InterruptException if the thread is interrupted
   */
  public void follow(
      Map<Integer, Long> from,
      BooleanSupplier wantsMore,
      Consumer<ConsumerRecord<byte[], byte[]>> each) {
    consumer.assign(from.keySet().stream().map(this::partition).toList());
    consumer.resume(consumer.assignment());
    from.forEach((number, offset) -> consumer.seek(partition(number), offset));
    while (wantsMore.getAsBoolean()) {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      consumer.poll(POLL).forEach(records::add);
      records.sort(AS_SEEN);
      records.forEach(each);
    }
  }

  /** From the end backwards, all partitions side by side; in each piece forwards. */
  public final class Backwards {
    private final Map<TopicPartition, Long> begins;
    private final Map<TopicPartition, Long> ends;
    private final Map<TopicPartition, Long> left = new HashMap<>();
    private final long earliest;
    private final long total;
    private int piece = FIRST_PIECE;

    private Backwards(
        Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends, long earliest) {
      this.earliest = earliest;
      this.begins = begins;
      this.ends = ends;
      long sum = 0;
      for (TopicPartition partition : ends.keySet()) {
        long length = end(ends, partition) - end(begins, partition);
        if (length > 0) {
          left.put(partition, end(ends, partition));
          sum += length;
        }
      }
      this.total = sum;
    }

    /** Whether nothing is left to be read. */
    public boolean isDone() {
      return left.isEmpty();
    }

    /** Reads no more of a partition. */
    public void leave(int partition) {
      left.remove(partition(partition));
    }

    /** Where each partition ended when this began. */
    public Map<Integer, Long> ends() {
      Map<Integer, Long> numbered = new HashMap<>();
      ends.forEach((partition, end) -> numbered.put(partition.partition(), end));
      return numbered;
    }

    /** How much of what there was to read is read, 0 to 100. */
    public int percent() {
      long rest = 0;
      for (Map.Entry<TopicPartition, Long> open : left.entrySet()) {
        rest += open.getValue() - end(begins, open.getKey());
      }
      return total == 0 ? 100 : (int) (100 * (total - rest) / total);
    }

    /**
     * Reads the next piece of each partition.
     *
     * @throws TimeoutException if Kafka gives nothing for long
     */
    public void read(Consumer<ConsumerRecord<byte[], byte[]>> each) {
      Map<TopicPartition, Piece> pieces = new HashMap<>();
      left.forEach((partition, end) ->
          pieces.put(partition, new Piece(Math.max(end(begins, partition), end - piece), end)));
      TopicLog.this.read(
          pieces,
          record -> {
            if (record.timestamp() >= earliest) {
              each.accept(record);
            }
          });
      pieces.forEach((partition, read) -> {
        if (read.from() <= end(begins, partition)) {
          left.remove(partition);
        } else {
          left.put(partition, read.from());
        }
      });
      piece = Math.min(2 * piece, LARGEST_PIECE);
    }
  }

  /** Offsets, the last exclusive. */
  private record Piece(long from, long to) {}

  private void read(
      Map<TopicPartition, Piece> pieces, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    consumer.assign(pieces.keySet());
    consumer.resume(pieces.keySet());
    pieces.forEach((partition, piece) -> consumer.seek(partition, piece.from()));
    Map<TopicPartition, Piece> open = new HashMap<>(pieces);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!open.isEmpty()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        Piece piece = pieces.get(new TopicPartition(record.topic(), record.partition()));
        if (piece != null && record.offset() < piece.to()) {
          each.accept(record);
        }
      }
      boolean ended =
          open.entrySet()
              .removeIf(entry -> consumer.position(entry.getKey()) >= entry.getValue().to());
      if (ended) {
        consumer.pause(pieces.keySet().stream().filter(p -> !open.containsKey(p)).toList());
      }
      if (ended || !records.isEmpty()) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException(
            topic.name()
                + " could not be read: nothing came for "
                + PATIENCE.toSeconds()
                + " s. Is the broker well? courtside ingest status");
      }
    }
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topic.name(), number);
  }

  private static long end(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
