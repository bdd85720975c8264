package courtside.ingestor.pump;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.syntax.Datetime;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed. Called when no transaction can be open any more: what is read then is
 * the truth; or, where one stays open that nobody will end, what is open too. Confined to the
 * caller's thread.
 */
final class CursorReader implements AutoCloseable {
  private static final TopicPartition CURSORS = new TopicPartition(Topics.CURSORS.name(), 0);
  private static final List<TopicPartition> FRAMES =
      IntStream.range(0, Topics.FRAMES.partitions())
          .mapToObj(partition -> new TopicPartition(Topics.FRAMES.name(), partition))
          .toList();

  /**
   * So many of the last records of a partition are looked at: those of a whole transaction, and
   * what markers and cleansing take.
   */
  private static final long LAST = PumpSettings.MOST_FRAMES + 1_000;

  /** As many at first, and so many times as many with every look further back. */
  private static final long FEW = 16;

  private static final int FURTHER = 8;

  private static final Duration ANSWER = Duration.ofSeconds(2);

  /** How long nothing may come of what is there. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What is asked for at once has to come within that time, however slow the broker is. */
  private static final int FETCHED_BYTES = 256 << 10;

  private final KafkaConsumer<String, byte[]> consumer;
  private final LongSupplier nanoTime;
  private final Runnable between;
  private Optional<FrameEnds> known = Optional.empty();

  /**
   * Connects with the first question.
   *
   * @param between run after every question that may have taken up to two seconds
   */
  CursorReader(Map<String, Object> client, LongSupplier nanoTime, Runnable between) {
    this(IsolationLevel.READ_COMMITTED, client, nanoTime, between);
  }

  private CursorReader(
      IsolationLevel isolation,
      Map<String, Object> client,
      LongSupplier nanoTime,
      Runnable between) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCHED_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_BYTES);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    this.consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.nanoTime = nanoTime;
    this.between = between;
  }

  /** One that reads what is not committed too. */
  static CursorReader uncommitted(
      Map<String, Object> client, LongSupplier nanoTime, Runnable between) {
    return new CursorReader(IsolationLevel.READ_UNCOMMITTED, client, nanoTime, between);
  }

  /**
   * A numbered frame that is in the log.
   *
   * @param made by the frame itself, where that can be read
   */
  record Logged(FrameHeaders place, long offset, Optional<Instant> made) {}

  /**
   * The last frames of a partition.
   *
   * @param lacks whether some are not there that have been
   */
  record Tail(List<Logged> frames, boolean lacks) {
    Tail {
      frames = List.copyOf(frames);
    }

    /** The offset after the last of them; 0 where there is none. */
    long end() {
      return frames.isEmpty() ? 0 : frames.getLast().offset() + 1;
    }
  }

  /**
   * The numbered frames that there are from these offsets on, by partition.
   *
   * @throws TimeoutException if nothing came for a while, and the ends were not reached
   */
  Map<TopicPartition, List<Logged>> framesFrom(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, List<Logged>> found = new HashMap<>();
    if (offsets.isEmpty()) {
      return found;
    }
    List<TopicPartition> partitions = List.copyOf(offsets.keySet());
    consumer.assign(partitions);
    offsets.forEach(consumer::seek);
    read(
        partitions,
        record -> {
          // What only was to be aborted has none of these headers.
          if (record.headers().iterator().hasNext()) {
            FrameHeaders headers = FrameHeaders.read(record.headers());
            if (headers.seq() > 0) {
              found
                  .computeIfAbsent(
                      new TopicPartition(record.topic(), record.partition()),
                      _ -> new ArrayList<>())
                  .add(new Logged(headers, record.offset(), made(record.value())));
            }
          }
          return true;
        });
    return found;
  }

  private static Optional<Instant> made(byte[] frame) {
    try {
      return FrameScan.of(frame).time().flatMap(Datetime::momentOf);
    } catch (MalformedDataException e) {
      return Optional.empty();
    }
  }

  /**
   * Where the last frames of each partition come from: all that are not known to have been there
   * before the last transaction, and some before them. Where none is known to have been, as many as
   * a transaction may have.
   *
   * @param before whether a frame is known to have been there before; then so were all that are
   *     before it in its partition
   * @throws TimeoutException if nothing came for a while, and the ends were not reached
   */
  List<FrameHeaders> lastFrames(Predicate<FrameHeaders> before) {
    return tails(_ -> 0L, before).values().stream()
        .flatMap(tail -> tail.frames().stream())
        .map(Logged::place)
        .toList();
  }

  /**
   * The same, by partition; where an end is known, all from the last frame before it on, if that is
   * there. It need not be where the beginning of the partition was deleted with it.
   *
   * @param ends how far each partition had come; 0 where that is not known
   */
  Map<Integer, Tail> tails(IntToLongFunction ends, Predicate<FrameHeaders> before) {
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(FRAMES);
    between.run();
    Map<TopicPartition, Long> there = consumer.endOffsets(FRAMES);
    between.run();
    Map<TopicPartition, Long> last = new HashMap<>();
    for (TopicPartition partition : FRAMES) {
      long known = ends.applyAsLong(partition.partition());
      long from = Math.max(known - 1, beginnings.getOrDefault(partition, 0L));
      if (known > 0 && from < there.getOrDefault(partition, 0L)) {
        last.put(partition, from);
      }
    }
    Map<TopicPartition, List<Logged>> behind = framesFrom(last);
    Map<Integer, Tail> tails = new TreeMap<>();
    Set<TopicPartition> lacking = new HashSet<>();
    Set<TopicPartition> undecided = new HashSet<>();
    for (TopicPartition partition : FRAMES) {
      long known = ends.applyAsLong(partition.partition());
      List<Logged> frames = behind.getOrDefault(partition, List.of());
      if (known > 0 && (!frames.isEmpty() || known <= beginnings.getOrDefault(partition, 0L))) {
        tails.put(partition.partition(), new Tail(frames, false));
      } else {
        undecided.add(partition);
        if (known > 0) {
          lacking.add(partition);
        }
      }
    }
    for (long records = FEW; !undecided.isEmpty(); records = Math.min(LAST, FURTHER * records)) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : undecided) {
        long beginning = beginnings.getOrDefault(partition, 0L);
        from.put(partition, Math.max(beginning, there.getOrDefault(partition, 0L) - records));
      }
      Map<TopicPartition, List<Logged>> found = framesFrom(from);
      for (Map.Entry<TopicPartition, Long> each : from.entrySet()) {
        TopicPartition partition = each.getKey();
        List<Logged> frames = found.getOrDefault(partition, List.of());
        boolean all = records == LAST || each.getValue().equals(beginnings.get(partition));
        if (all || frames.stream().map(Logged::place).anyMatch(before)) {
          tails.put(partition.partition(), new Tail(frames, lacking.contains(partition)));
          undecided.remove(partition);
        }
      }
    }
    return tails;
  }

  /**
   * The newest committed value of every key, as bytes, in the order in which they were written.
   *
   * @throws TimeoutException if nothing came for a while, and the end was not reached
   */
  Map<String, byte[]> cursors() {
    Map<String, byte[]> newest = new LinkedHashMap<>();
    consumer.assign(List.of(CURSORS));
    consumer.seekToBeginning(List.of(CURSORS));
    read(
        List.of(CURSORS),
        record -> {
          newest.remove(record.key());
          if (record.value() != null) {
            if (!Observations.isKey(record.key())) {
              known = FrameEnds.read(record.headers());
            }
            newest.put(record.key(), record.value());
          }
          return true;
        });
    return newest;
  }

  /** How far frames had come by the newest of the {@link #cursors}, where that says so. */
  Optional<FrameEnds> known() {
    return known;
  }

  /**
   * About when the newest frame in the log was seen; empty where there is none. The ends of its
   * partitions do not tell whether there is one: an aborted transaction moves them too.
   *
   * @throws TimeoutException if nothing came for a while, and the ends were not reached
   */
  Optional<Instant> lastFrame() {
    Map<TopicPartition, Long> last = lastOffsets();
    consumer.assign(FRAMES);
    last.forEach(consumer::seek);
    long[] newest = {-1};
    read(
        FRAMES,
        record -> {
          newest[0] = Math.max(newest[0], record.timestamp());
          return true;
        });
    if (newest[0] < 0) {
      // All of the last were aborted. That there is any frame is what matters: the first will do.
      consumer.seekToBeginning(FRAMES);
      read(
          FRAMES,
          record -> {
            newest[0] = record.timestamp();
            return false;
          });
    }
    return newest[0] < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(newest[0]));
  }

  /** Some of the last are markers and cleansing records, which are not returned. */
  private Map<TopicPartition, Long> lastOffsets() {
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(FRAMES);
    between.run();
    Map<TopicPartition, Long> last = new HashMap<>(consumer.endOffsets(FRAMES));
    between.run();
    last.replaceAll(
        (partition, end) -> Math.max(beginnings.getOrDefault(partition, 0L), end - LAST));
    return last;
  }

  /** Reads from where the consumer stands to the end as it is now, or until told to stop. */
  private void read(
      List<TopicPartition> partitions, Predicate<ConsumerRecord<String, byte[]>> goOn) {
    between.run();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    between.run();
    long came = nanoTime.getAsLong();
    long before = left(partitions, ends);
    for (long left = before; left > 0; left = left(partitions, ends)) {
      if (left < before) {
        before = left;
        came = nanoTime.getAsLong();
      } else if (nanoTime.getAsLong() - came > PATIENCE.toNanos()) {
        throw new TimeoutException("nothing of the log could be read for " + PATIENCE);
      }
      between.run();
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        if (!goOn.test(record)) {
          return;
        }
      }
    }
  }

  /** How many offsets lie between where the consumer stands and these ends. */
  private long left(List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
    return partitions.stream()
        .mapToLong(p -> Math.max(0, ends.getOrDefault(p, 0L) - consumer.position(p)))
        .sum();
  }

  @Override
  public void close() {
    // It is in no group: there is nothing to say to anybody that would be worth waiting for.
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
