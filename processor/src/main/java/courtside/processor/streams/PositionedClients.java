package courtside.processor.streams;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients that Streams uses by itself, except that the main consumer tells where it stands, and
 * that it, and not Streams, goes on at the oldest offset where there is none to go on from: Streams
 * would say nothing of what is lost by that. The producer commits where it went on, even if no
 * record follows.
 */
public final class PositionedClients implements KafkaClientSupplier {
  private static final Logger LOG = LoggerFactory.getLogger(PositionedClients.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final ReadPositions positions;
  private volatile Map<String, Object> inNoGroup = Map.of();

  public PositionedClients(ReadPositions positions) {
    this.positions = positions;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new PositionedProducer(config, positions.overtaking());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new PositionedConsumer(config, positions, this::haveTraces);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    inNoGroup = new HashMap<>(config);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Those partitions of the input that were read before. */
  private Set<TopicPartition> haveTraces(Collection<TopicPartition> input) {
    String traces = positions.overtaking().traces();
    Set<TopicPartition> found =
        Traces.among(
            inNoGroup,
            input.stream()
                .map(partition -> new TopicPartition(traces, partition.partition()))
                .toList());
    return input.stream()
        .filter(partition -> found.contains(new TopicPartition(traces, partition.partition())))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Which of some partitions were read before. */
  @FunctionalInterface
  private interface ReadBefore {
    /** May throw a {@link TimeoutException}. */
    Set<TopicPartition> among(Collection<TopicPartition> partitions);
  }

  private static final class PositionedConsumer extends KafkaConsumer<byte[], byte[]> {
    private final ReadPositions positions;
    private final Overtaking overtaking;
    private final ReadBefore readBefore;

    PositionedConsumer(Map<String, Object> config, ReadPositions positions, ReadBefore readBefore) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      this.positions = positions;
      this.overtaking = positions.overtaking();
      this.readBefore = readBefore;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      ConsumerRecords<byte[], byte[]> records;
      try {
        records = super.poll(timeout);
      } catch (InvalidOffsetException e) {
        goOn(e);
        return ConsumerRecords.empty();
      }
      records
          .nextOffsets()
          .forEach((partition, next) -> {
            List<ConsumerRecord<byte[], byte[]>> fetched = records.records(partition);
            overtaking.fetched(partition, fetched.size(), next.offset());
            if (fetched.isEmpty()) {
              positions.advanced(partition, next.offset());
            } else {
              positions.advanced(partition, fetched.getLast().offset(), next.offset());
            }
          });
      records.forEach(PositionedConsumer::readHeaders);
      for (TopicPartition partition : assignment()) {
        if (!positions.isKnown(partition)) {
          noteStart(partition);
        }
      }
      return records;
    }

    /** A header that nobody has read keeps all bytes of its record a second time. */
    private static void readHeaders(ConsumerRecord<byte[], byte[]> record) {
      for (Header header : record.headers()) {
        var _ = header.key();
        var _ = header.value();
      }
    }

    private void noteStart(TopicPartition partition) {
      try {
        positions.standsAt(partition, position(partition, Duration.ZERO));
      } catch (TimeoutException | InvalidOffsetException e) {
        // Not known yet, or nowhere: the next poll finds it, and records just fetched are kept.
      }
    }

    private void goOn(InvalidOffsetException why) {
      try {
        if (why instanceof OffsetOutOfRangeException outOfRange) {
          Map<TopicPartition, Long> expected = outOfRange.offsetOutOfRangePartitions();
          Map<TopicPartition, Long> starts = beginningOffsets(expected.keySet(), ANSWER);
          expected.forEach((partition, offset) ->
              lost(partition, OptionalLong.of(offset), starts.getOrDefault(partition, 0L)));
        } else {
          begin(why.partitions());
        }
      } catch (TimeoutException e) {
        // The next poll finds the same.
        LOG.atWarn()
            .addKeyValue("partitions", why.partitions())
            .addKeyValue("reason", e.getMessage())
            .log("no offset to go on from, and the broker does not say where to");
      }
    }

    /** Goes to the oldest offset of partitions for which the group has none. */
    private void begin(Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> starts = beginningOffsets(partitions, ANSWER);
      Set<TopicPartition> before = readBefore.among(partitions);
      starts.forEach((partition, start) -> {
        if (before.contains(partition)) {
          lost(partition, OptionalLong.empty(), start);
        } else {
          overtaking.begins(partition, start);
          seek(partition, (long) start);
        }
      });
    }

    private void lost(TopicPartition partition, OptionalLong expected, long start) {
      LOG.atError()
          .addKeyValue("partition", partition)
          .addKeyValue("expected", expected.isPresent() ? expected.getAsLong() : "unknown")
          .addKeyValue("oldest", start)
          .log("input is deleted that was not read");
      overtaking.lost(partition, expected, start);
      positions.advanced(partition, start);
      seek(partition, start);
    }

    /** Called by Streams for a task that begins again at what is committed. */
    @Override
    public void seek(TopicPartition partition, OffsetAndMetadata committed) {
      overtaking.leaves(partition);
      super.seek(partition, committed);
    }

    /** Called by Streams for a task that begins again while nothing is committed. */
    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        begin(partitions);
      }
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
      super.subscribe(topics, new Leaving(listener, overtaking));
    }

    @Override
    public void unsubscribe() {
      assignment().forEach(overtaking::leaves);
      super.unsubscribe();
    }
  }

  /** Forgets partitions that go, after their task has had its last commit. */
  private record Leaving(ConsumerRebalanceListener streams, Overtaking overtaking)
      implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      streams.onPartitionsAssigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      try {
        streams.onPartitionsRevoked(partitions);
      } finally {
        partitions.forEach(overtaking::leaves);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      try {
        streams.onPartitionsLost(partitions);
      } finally {
        partitions.forEach(overtaking::leaves);
      }
    }
  }

  private static final class PositionedProducer extends KafkaProducer<byte[], byte[]> {
    private final Overtaking overtaking;

    PositionedProducer(Map<String, Object> config, Overtaking overtaking) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
      this.overtaking = overtaking;
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(overtaking.withPlaces(offsets), group);
    }
  }
}
