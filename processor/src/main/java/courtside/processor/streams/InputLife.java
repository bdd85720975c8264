package courtside.processor.streams;

import courtside.eventlog.topic.Topic;
import courtside.processor.streams.InputLog.Retention;
import courtside.processor.streams.UnreadInput.Left;
import courtside.service.Rounds;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every ten seconds how long what applications have not read is still kept, on a thread of
 * its own. It goes by what their groups have committed: so it is the same on every instance, and
 * known of one that does not run. Thread-safe.
 */
public final class InputLife implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InputLife.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final int TIMEOUT_MS = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Below this share of what is kept something has to be done. */
  private static final double ENOUGH = 0.25;

  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Supplier<Map<String, Topic>> applications;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Rounds rounds;
  private volatile Map<String, Left> left = Map.of();
  private volatile List<String> alarms = List.of();

  // Confined to the thread.
  private final Growth growth = new Growth();
  private final Map<String, Alarm> watched = new HashMap<>();
  private int turn;

  private InputLife(
      Admin admin,
      KafkaConsumer<byte[], byte[]> consumer,
      Supplier<Map<String, Topic>> applications,
      InstantSource clock,
      LongSupplier nanoTime,
      Runnable onFailure) {
    this.admin = admin;
    this.consumer = consumer;
    this.applications = applications;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.rounds = Rounds.start("input-life", PERIOD, this::look, onFailure);
  }

  /**
   * Starts to look.
   *
   * @param admin stays the caller's, and must outlive this
   * @param applications what each reads, by its id
   * @param clock which the timestamps of the input are compared with
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static InputLife start(
      Admin admin,
      KafkaAddress kafka,
      String instance,
      Supplier<Map<String, Topic>> applications,
      InstantSource clock,
      LongSupplier nanoTime,
      Runnable onFailure) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-input-life");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    // Of each partition one record is wanted, which may have 5 MB.
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 16);
    return new InputLife(
        admin,
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
        applications,
        clock,
        nanoTime,
        onFailure);
  }

  /**
   * Seconds until the first of what an application has not read is deleted, at the earliest; empty
   * where it has read all, or that is not known.
   */
  public OptionalDouble secondsLeft(String application) {
    Left known = left.get(application);
    return known == null || Double.isInfinite(known.seconds())
        ? OptionalDouble.empty()
        : OptionalDouble.of(known.seconds());
  }

  /** What is about to be lost, a sentence for each application. */
  public List<String> alarms() {
    return alarms;
  }

  private void look() throws InterruptedException {
    Map<String, Topic> now = applications.get();
    Map<String, Left> found;
    try {
      found = measure(now);
    } catch (ExecutionException e) {
      forget(e.getCause());
      return;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      forget(e);
      return;
    }
    watched.keySet().retainAll(now.keySet());
    List<String> raised = new ArrayList<>();
    for (String application : now.keySet()) {
      Left one = found.get(application);
      Alarm alarm = watched.computeIfAbsent(application, _ -> new Alarm(ENOUGH));
      if (alarm.look(one == null ? OptionalDouble.empty() : OptionalDouble.of(one.share()))
          && one != null) {
        raised.add(sentence(application, one));
      }
    }
    left = found;
    alarms = List.copyOf(raised);
  }

  private void forget(@Nullable Throwable why) {
    left = Map.of();
    LOG.atDebug().addKeyValue("reason", String.valueOf(why)).log("what is left is not known");
  }

  private static String sentence(String application, Left left) {
    String when =
        Double.isInfinite(left.seconds())
            ? "soon"
            : String.format(Locale.ROOT, "in %.0f s", left.seconds());
    return String.format(
        Locale.ROOT,
        "%s has not read what may be deleted %s: %.0f %% of the retention are left",
        application,
        when,
        left.share() * 100);
  }

  private Map<String, Left> measure(Map<String, Topic> now)
      throws InterruptedException, ExecutionException {
    if (now.isEmpty()) {
      return Map.of();
    }
    Map<String, Map<TopicPartition, Long>> places = places(now);
    Set<TopicPartition> partitions =
        places.values().stream()
            .flatMap(place -> place.keySet().stream())
            .collect(Collectors.toUnmodifiableSet());
    if (partitions.isEmpty()) {
      return Map.of();
    }
    InputLog log = InputLog.ask(admin, partitions);
    growth.note(log.ends(), nanoTime.getAsLong());
    Map<String, Left> found = new HashMap<>();
    places.forEach(
        (application, next) -> left(next, log).ifPresent(one -> found.put(application, one)));
    return found;
  }

  /** Where each application is to read on. */
  private Map<String, Map<TopicPartition, Long>> places(Map<String, Topic> now)
      throws InterruptedException, ExecutionException {
    Map<String, ListConsumerGroupOffsetsSpec> asked =
        now.keySet().stream()
            .collect(
                Collectors.toMap(Function.identity(), _ -> new ListConsumerGroupOffsetsSpec()));
    Map<String, Map<TopicPartition, Long>> places = new HashMap<>();
    for (Map.Entry<String, Map<TopicPartition, OffsetAndMetadata>> group :
        admin
            .listConsumerGroupOffsets(
                asked, new ListConsumerGroupOffsetsOptions().timeoutMs(TIMEOUT_MS))
            .all()
            .get()
            .entrySet()) {
      Map<TopicPartition, Long> next = new HashMap<>();
      group
          .getValue()
          .forEach((partition, place) -> {
            Topic input = now.get(group.getKey());
            if (place != null && input != null && partition.topic().equals(input.name())) {
              next.put(partition, place.offset());
            }
          });
      places.put(group.getKey(), next);
    }
    return places;
  }

  /** The worst over the partitions of which something is not read. */
  private Optional<Left> left(Map<TopicPartition, Long> next, InputLog log) {
    Map<TopicPartition, Long> behind = new HashMap<>(next);
    behind.entrySet().removeIf(one -> one.getValue() >= log.end(one.getKey()));
    Map<TopicPartition, Long> timestamps = timestamps(behind, log);
    Optional<Left> worst = Optional.empty();
    for (Map.Entry<TopicPartition, Long> one : behind.entrySet()) {
      TopicPartition partition = one.getKey();
      Long timestamp = timestamps.get(partition);
      Retention retention = log.retention().getOrDefault(partition.topic(), new Retention(-1, -1));
      Optional<Left> found =
          new UnreadInput(
                  one.getValue(),
                  log.begin(partition),
                  log.end(partition),
                  timestamp == null ? OptionalLong.empty() : OptionalLong.of(timestamp),
                  retention.millis(),
                  retention.bytes(),
                  log.bytes(partition),
                  growth.perSecond(partition))
              .left(clock.millis());
      if (found.isPresent()) {
        worst = Optional.of(worst.isPresent() ? worst.get().and(found.get()) : found.get());
      }
    }
    return worst;
  }

  /** Beginning behind the last that was looked at, so that none is left out again and again. */
  private List<TopicPartition> inTurn(Set<TopicPartition> partitions) {
    List<TopicPartition> order =
        new ArrayList<>(
            partitions.stream()
                .sorted(
                    Comparator.comparing(TopicPartition::topic)
                        .thenComparingInt(TopicPartition::partition))
                .toList());
    Collections.rotate(order, -turn);
    return order;
  }

  /**
   * When the first unread records were written, as far as that is had in time. Takes out those
   * partitions in which no record follows, but markers of transactions alone.
   */
  private Map<TopicPartition, Long> timestamps(Map<TopicPartition, Long> behind, InputLog log) {
    Map<TopicPartition, Long> timestamps = new HashMap<>();
    long deadline = nanoTime.getAsLong() + PATIENCE.toNanos();
    // One after the other: of each that is assigned the consumer keeps a whole batch.
    for (TopicPartition partition : inTurn(behind.keySet())) {
      if (nanoTime.getAsLong() - deadline >= 0) {
        break;
      }
      turn++;
      consumer.assign(Set.of(partition));
      consumer.seek(partition, Math.max(behind.getOrDefault(partition, 0L), log.begin(partition)));
      while (!timestamps.containsKey(partition) && nanoTime.getAsLong() - deadline < 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          timestamps.put(partition, record.timestamp());
        }
        if (!timestamps.containsKey(partition)
            && consumer.position(partition) >= log.end(partition)) {
          behind.remove(partition);
          break;
        }
      }
    }
    consumer.unsubscribe();
    return timestamps;
  }

  @Override
  public void close() {
    rounds.close();
    // Its thread has ended.
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
