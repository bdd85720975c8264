package courtside.processor.apply;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Applies definitions to a running pipeline, or to one that will run. Blocks on the broker. */
public final class Apply {
  private static final String CLIENT = "courtside-apply";
  private static final int MAX_BLOCK_MS = 10_000;

  private Apply() {}

  /**
   * Writes the definitions that are new, in one transaction: nobody ever sees half a set. Doing it
   * again does nothing.
   *
   * @param hold whether promotion waits for a person
   * @param setIds draws the id of a set, see {@link #setIds}
   * @return what was done, in the order given
   * @throws IllegalArgumentException if two definitions are of the same feed
   * @throws KafkaException if the broker does not do it; then nothing was written
   */
  public static List<Applied> apply(
      KafkaAddress kafka, List<DefinitionFile> definitions, boolean hold, Supplier<String> setIds) {
    Catalogue catalogue = new Catalogue();
    try (TopicReader reader =
        new TopicReader(kafka, CLIENT, Topics.FEED_DEFINITIONS, catalogue::apply)) {
      reader.readToEnd();
    }
    String set = setIds.get();
    Plan plan = Plan.of(catalogue, definitions, set, hold);
    if (!plan.writes().isEmpty()) {
      write(kafka, set, plan);
    }
    return plan.applied();
  }

  /** Ids of eight letters and digits. */
  public static Supplier<String> setIds(RandomGenerator random) {
    return () -> {
      StringBuilder id = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        id.append(Character.forDigit(random.nextInt(36), 36));
      }
      return id.toString();
    };
  }

  private static void write(KafkaAddress kafka, String set, Plan plan) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, CLIENT);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, CLIENT + "-" + set);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      // What cannot be sent makes the commit fail.
      plan.writes()
          .forEach((version, definition) -> {
            var _ =
                producer.send(
                    new ProducerRecord<>(
                        Topics.FEED_DEFINITIONS.name(),
                        version.key(),
                        FeedDefinition.FORMAT.encode(definition)));
          });
      producer.commitTransaction();
    }
  }
}
