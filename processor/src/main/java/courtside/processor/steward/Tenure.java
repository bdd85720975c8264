package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.HighWatermarks;
import courtside.service.Parts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which this instance is the steward. It begins by fencing whoever was before, and ends
 * with any failure; the next one knows nothing of it but what is in the log. Confined to one
 * thread.
 */
final class Tenure implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);
  private static final String TRANSACTIONAL_ID = "courtside-steward";
  private static final int MAX_BLOCK_MS = 5_000;

  /** Readers stand still for no longer where a steward is killed in the middle of one. */
  private static final int TRANSACTION_MS = 10_000;

  private static final Duration CLOSE = Duration.ofSeconds(1);

  /** How often it is looked for what earlier stewards, and tasks that were late, have left. */
  private static final Duration SWEEP = Duration.ofSeconds(60);

  private final StewardSettings settings;
  private final Admin admin;
  private final Supplier<String> setIds;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Step.Observer observer;
  private final Replays replays;
  private final EndedSets ended;
  private final Parts parts = new Parts();
  private final Producer<String, byte[]> producer;
  private final Knowledge knowledge;
  private Map<String, String> answers = Map.of();
  private boolean seeded;
  private long sweptAt;

  private Tenure(
      StewardSettings settings,
      Admin admin,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Step.Observer observer) {
    this.settings = settings;
    this.admin = admin;
    this.setIds = setIds;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.observer = observer;
    this.replays = new Replays(settings.steady(), nanoTime, clock);
    this.ended = new EndedSets(admin, nanoTime, observer);
    this.sweptAt = nanoTime.getAsLong() - SWEEP.toNanos();
    this.producer = producer(settings);
    parts.add(() -> producer.close(CLOSE));
    try {
      this.knowledge = parts.add(new Knowledge(settings.kafka(), settings.instance(), admin));
      producer.initTransactions();
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /**
   * Becomes the steward.
   *
   * @throws KafkaException if the broker does not let it
   */
  static Tenure begin(
      StewardSettings settings,
      Admin admin,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Step.Observer observer) {
    return new Tenure(settings, admin, setIds, clock, nanoTime, observer);
  }

  private static Producer<String, byte[]> producer(StewardSettings settings) {
    Map<String, Object> config = settings.kafka().client();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, settings.instance() + "-steward");
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MS);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, MAX_BLOCK_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * MAX_BLOCK_MS);
    return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /** The ids of the newest wishes that are dealt with, by key. */
  Map<String, String> answers() {
    return answers;
  }

  /**
   * Reads what is new, decides, and does what follows.
   *
   * @throws KafkaException if the broker does not do something of it, or somebody else is the
   *     steward; then this one has ended
   */
  void turn() {
    boolean sweep = nanoTime.getAsLong() - sweptAt >= SWEEP.toNanos();
    // Asked before the definitions are read: whatever has a group then had a definition before.
    Set<String> found = sweep ? ended.found() : Set.of();
    knowledge.read();
    Decision decision = decide();
    List<ProducerRecord<String, byte[]>> records = records(decision);
    if (sweep) {
      found.removeAll(knowledge.catalogue().sets().keySet());
      ended.add(found);
      knowledge.strayStatuses().forEach(key -> records.add(record(Topics.FEED_STATUS, key, null)));
      sweptAt = nanoTime.getAsLong();
    }
    write(records);
    answers = ids(decision);
    ended.add(decision.setsToEnd());
    ended.work();
    seed();
  }

  private Decision decide() {
    Catalogue catalogue = knowledge.catalogue();
    Set<FeedVersion> caughtUp =
        replays.caughtUp(
            Steward.candidates(catalogue),
            catalogue.definitions().size(),
            knowledge.statuses(),
            () -> ends(Topics.POSTS));
    // With what is in open transactions: behind one of them items of the candidate may be committed
    // that nobody gets to see yet.
    List<Long> itemEnds = caughtUp.isEmpty() ? List.of() : ends(Topics.FEED_ITEMS);
    return Steward.decide(
        catalogue,
        new Steward.Inputs(
            knowledge.wishes(),
            knowledge.statuses(),
            caughtUp,
            itemEnds,
            settings.previousFor(),
            clock.instant()));
  }

  private static Map<String, String> ids(Decision decision) {
    Map<String, String> ids = new HashMap<>();
    decision.answers().forEach((key, answer) -> ids.put(key, answer.wish()));
    return Map.copyOf(ids);
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
              .addKeyValue("refusal", state.refusal().orElse("none"))
              .log("feed decided");
        });
    return records;
  }

  @SuppressWarnings("NullAway") // A tombstone, which Kafka does not say it takes.
  private static ProducerRecord<String, byte[]> record(
      Topic topic, String key, byte @Nullable [] value) {
    return new ProducerRecord<>(topic.name(), key, value);
  }

  private void write(List<ProducerRecord<String, byte[]>> records) {
    if (records.isEmpty()) {
      return;
    }
    observer.after(Step.DECIDED);
    producer.beginTransaction();
    // What cannot be sent makes the commit fail.
    records.forEach(record -> {
      var _ = producer.send(record);
    });
    producer.commitTransaction();
    observer.after(Step.WRITTEN);
  }

  /** What is shipped and was never seen is applied, as anybody would, once. */
  private void seed() {
    if (seeded) {
      return;
    }
    Set<RecordKey> known = knowledge.catalogue().feeds();
    List<DefinitionFile> unknown =
        settings.shipped().stream()
            .filter(definition -> !known.contains(definition.feed()))
            .toList();
    if (!unknown.isEmpty()) {
      try {
        Apply.seed(settings.kafka(), admin, unknown, setIds).forEach(Tenure::sayIfRefused);
      } catch (KafkaException e) {
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("shipped definitions are not written yet, trying again");
        return;
      }
    }
    seeded = true;
  }

  private static void sayIfRefused(Applied applied) {
    applied
        .refusal()
        .ifPresent(why ->
            LOG.atError()
                .addKeyValue("feed", applied.version().feed())
                .addKeyValue("reason", why)
                .log("shipped definition left out"));
  }

  private List<Long> ends(Topic topic) {
    Map<TopicPartition, Long> ends = HighWatermarks.of(admin, topic);
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
    parts.close();
  }
}
