package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Plan;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.TopicReader;
import courtside.processor.streams.LogEnds;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steward on a thread of its own: decides while this instance is the owner, and takes part
 * in the group otherwise. All owners write under one transactional id, so that a former one that
 * wakes up is fenced. Thread-safe.
 */
public final class StewardLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StewardLoop.class);
  private static final String TRANSACTIONAL_ID = "courtside-steward";
  private static final Duration TURN = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MAX_BLOCK_MS = 5_000;

  /** How long a version that was replaced follows the log, and a rollback is at hand. */
  private static final Duration PREVIOUS_FOR = Duration.ofHours(24);

  private final KafkaAddress kafka;
  private final String instance;
  private final boolean leaveOnStop;
  private final Admin admin;
  private final List<DefinitionFile> shipped;
  private final Supplier<String> setIds;
  private final InstantSource clock;
  private final Runnable onFailure;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("steward").unstarted(this::run);
  private volatile boolean owner;

  // Confined to the thread.
  private final Catalogue catalogue = new Catalogue();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private final Replays replays;
  private @Nullable Producer<String, byte[]> producer;
  private boolean seeded;

  private StewardLoop(
      KafkaAddress kafka,
      String instance,
      boolean leaveOnStop,
      Admin admin,
      List<DefinitionFile> shipped,
      Duration steady,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Runnable onFailure) {
    this.kafka = kafka;
    this.instance = instance;
    this.leaveOnStop = leaveOnStop;
    this.admin = admin;
    this.shipped = List.copyOf(shipped);
    this.setIds = setIds;
    this.clock = clock;
    this.onFailure = onFailure;
    this.replays = new Replays(steady, nanoTime, clock);
  }

  /**
   * Starts it.
   *
   * @param admin stays the caller's, and must outlive this
   * @param shipped definitions to seed where the feed's name has never been seen
   * @param steady how long a candidate must have kept up before it is promoted
   * @param setIds draws the id of a set
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static StewardLoop start(
      KafkaAddress kafka,
      String instance,
      boolean leaveOnStop,
      Admin admin,
      List<DefinitionFile> shipped,
      Duration steady,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Runnable onFailure) {
    StewardLoop loop =
        new StewardLoop(
            kafka,
            instance,
            leaveOnStop,
            admin,
            shipped,
            steady,
            setIds,
            clock,
            nanoTime,
            onFailure);
    loop.thread.start();
    return loop;
  }

  /** Whether this instance decides. */
  public boolean isOwner() {
    return owner;
  }

  private void run() {
    try (Ownership ownership = new Ownership(kafka, instance, leaveOnStop);
        TopicReader definitions =
            new TopicReader(
                kafka,
                instance + "-steward-definitions",
                Topics.FEED_DEFINITIONS,
                catalogue::apply);
        TopicReader progress =
            new TopicReader(
                kafka, instance + "-steward-status", Topics.FEED_STATUS, this::noteStatus)) {
      while (closing.getCount() > 0) {
        try {
          turn(ownership, definitions, progress);
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
          LOG.atWarn().addKeyValue("instance", instance).log("another steward took over");
          endWriting();
          ownership.rejoin();
        } catch (KafkaException e) {
          LOG.atWarn().setCause(e).log("steward cannot work, trying again");
          endWriting();
          if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The boundary of the thread: said once, and the process ends.
      LOG.atError().setCause(e).log("steward failed");
      onFailure.run();
    } finally {
      endWriting();
    }
  }

  private void turn(Ownership ownership, TopicReader definitions, TopicReader progress)
      throws InterruptedException {
    if (!ownership.poll(TURN)) {
      endWriting();
      return;
    }
    Producer<String, byte[]> writer = producer;
    if (writer == null) {
      writer = beginWriting();
    }
    // The definitions last: then whatever a status speaks of is known.
    progress.readToEnd();
    definitions.readToEnd();
    Set<FeedVersion> caughtUp =
        replays.caughtUp(
            Steward.candidates(catalogue),
            catalogue.definitions().size(),
            statuses,
            () -> ends(Topics.POSTS));
    List<Long> itemEnds = caughtUp.isEmpty() ? List.of() : ends(Topics.FEED_ITEMS);
    Decision decision =
        Steward.decide(
            catalogue,
            new Steward.Inputs(
                Map.of(), statuses, caughtUp, itemEnds, PREVIOUS_FOR, clock.instant()));
    List<ProducerRecord<String, byte[]>> records = records(decision);
    if (!seeded) {
      seeds(decision.states().keySet())
          .forEach((version, definition) ->
              records.add(
                  record(
                      Topics.FEED_DEFINITIONS,
                      version.key(),
                      FeedDefinition.FORMAT.encode(definition))));
    }
    write(writer, records);
    seeded = true;
  }

  private static List<ProducerRecord<String, byte[]>> records(Decision decision) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (FeedVersion version : decision.gone()) {
      records.add(record(Topics.FEED_DEFINITIONS, version.key(), null));
      for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
        records.add(record(Topics.FEED_STATUS, version.statusKey(partition), null));
      }
      LOG.atInfo().addKeyValue("version", version).log("version removed");
    }
    decision
        .states()
        .forEach((feed, state) -> {
          records.add(
              record(Topics.FEED_DEFINITIONS, feed.value(), FeedState.FORMAT.encode(state)));
          LOG.atInfo()
              .addKeyValue("feed", feed)
              .addKeyValue("served", state.served().orElse("none"))
              .addKeyValue("previous", state.previous().orElse("none"))
              .addKeyValue("candidate", state.candidate().orElse("none"))
              .addKeyValue("removing", state.removing())
              .log("feed decided");
        });
    return records;
  }

  @SuppressWarnings("NullAway") // A tombstone, which Kafka does not say it takes.
  private static ProducerRecord<String, byte[]> record(
      Topic topic, String key, byte @Nullable [] value) {
    return new ProducerRecord<>(topic.name(), key, value);
  }

  /** What is to be seeded: feeds that were never seen, and about which nothing is decided now. */
  private Map<FeedVersion, FeedDefinition> seeds(Set<RecordKey> decided) {
    Set<RecordKey> known = new HashSet<>(catalogue.feeds());
    known.addAll(decided);
    List<DefinitionFile> unknown =
        shipped.stream().filter(definition -> !known.contains(definition.feed())).toList();
    if (unknown.isEmpty()) {
      return Map.of();
    }
    Plan plan = Plan.of(catalogue, unknown, setIds.get(), false);
    for (Applied applied : plan.applied()) {
      applied
          .refusal()
          .ifPresent(why ->
              LOG.atError()
                  .addKeyValue("feed", applied.version().feed())
                  .addKeyValue("reason", why)
                  .log("shipped definition left out"));
    }
    return plan.writes();
  }

  private Producer<String, byte[]> beginWriting() {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, instance + "-steward");
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, MAX_BLOCK_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * MAX_BLOCK_MS);
    Producer<String, byte[]> made =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    producer = made;
    made.initTransactions();
    replays.forget();
    seeded = false;
    owner = true;
    LOG.atInfo().addKeyValue("instance", instance).log("steward of the feeds");
    return made;
  }

  private void endWriting() {
    owner = false;
    Producer<String, byte[]> writer = producer;
    producer = null;
    if (writer != null) {
      writer.close(Duration.ofSeconds(1));
    }
  }

  private static void write(
      Producer<String, byte[]> writer, List<ProducerRecord<String, byte[]>> records) {
    if (records.isEmpty()) {
      return;
    }
    writer.beginTransaction();
    // What cannot be sent makes the commit fail.
    records.forEach(record -> {
      var _ = writer.send(record);
    });
    writer.commitTransaction();
  }

  private void noteStatus(String key, byte @Nullable [] value) {
    if (value == null) {
      statuses.remove(key);
      return;
    }
    try {
      statuses.put(key, FeedStatus.FORMAT.decode(value));
    } catch (SerializationException e) {
      // As if it were not there: its partition does not count as caught up.
      statuses.remove(key);
      LOG.atWarn().addKeyValue("key", key).log("status not readable, passed over");
    }
  }

  private List<Long> ends(Topic topic) {
    Map<TopicPartition, Long> ends;
    try {
      ends = LogEnds.now(admin, List.of(topic));
    } catch (ExecutionException e) {
      throw new KafkaException("the ends of " + topic.name() + " are not known", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while asking for the ends of " + topic.name(), e);
    }
    List<Long> inOrder = new ArrayList<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      Long end = ends.get(new TopicPartition(topic.name(), partition));
      if (end == null) {
        throw new KafkaException("no end of " + topic.name() + "-" + partition);
      }
      inOrder.add(end);
    }
    return inOrder;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
