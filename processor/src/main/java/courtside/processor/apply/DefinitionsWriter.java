package courtside.processor.apply;

import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.HighWatermarks;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The one who writes definitions. All write under one transactional id: whoever becomes the writer
 * fences the one before, and what that one had not committed never is. So between what a writer
 * reads and what it writes nobody else has written. Any failure ends it. Confined to one thread;
 * blocks on the broker.
 */
final class DefinitionsWriter implements AutoCloseable {
  private static final String TRANSACTIONAL_ID = "courtside-apply";
  private static final int MAX_BLOCK_MS = 5_000;

  /**
   * Readers stand still for no longer where a writer is killed; its work takes a fraction of it.
   */
  private static final int TRANSACTION_MS = 10_000;

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final KafkaAddress kafka;
  private final Admin admin;
  private final Producer<String, byte[]> producer;
  private boolean ending;

  private DefinitionsWriter(KafkaAddress kafka, Admin admin, Producer<String, byte[]> producer) {
    this.kafka = kafka;
    this.admin = admin;
    this.producer = producer;
  }

  /**
   * Becomes the writer.
   *
   * @param admin stays the caller's, and must outlive this
   * @throws KafkaException if the broker does not let it
   */
  static DefinitionsWriter become(KafkaAddress kafka, Admin admin) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MS);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    DefinitionsWriter writer =
        new DefinitionsWriter(
            kafka,
            admin,
            new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer()));
    try {
      writer.producer.initTransactions();
      return writer;
    } catch (RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  /**
   * Everything that was written before this one became the writer.
   *
   * @throws KafkaException if it cannot be read
   */
  Catalogue read() {
    Catalogue catalogue = new Catalogue();
    try (TopicReader reader =
        new TopicReader(kafka, TRANSACTIONAL_ID, Topics.FEED_DEFINITIONS, catalogue::apply)) {
      // What was committed behind the steward's open transaction as well.
      reader.readTo(HighWatermarks.of(admin, Topics.FEED_DEFINITIONS));
    }
    return catalogue;
  }

  /**
   * Writes what is planned, all of it or nothing.
   *
   * @param at when its wishes were wished
   * @throws KafkaException if it is not known to be written; see {@link #isInDoubt}
   */
  void write(Plan plan, Instant at) {
    producer.beginTransaction();
    // What cannot be sent makes the commit fail.
    plan.writes()
        .forEach((version, definition) ->
            send(
                Topics.FEED_DEFINITIONS.name(),
                version.key(),
                FeedDefinition.FORMAT.encode(definition)));
    plan.wishes(at)
        .forEach(wish -> send(Topics.CONTROL.name(), wish.key(), Wish.FORMAT.encode(wish)));
    ending = true;
    producer.commitTransaction();
    ending = false;
  }

  private void send(String topic, String key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic, key, value));
  }

  /** Whether a commit was begun of which nobody has heard how it ended. */
  boolean isInDoubt() {
    return ending;
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}
