package courtside.testkit.broker;

import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A log that is sized for a disk far below the least that is accepted, so that a test fills what is
 * reserved in a moment. Holding the topics to their contract undoes it.
 */
public final class TightDisk {
  /**
   * What is reserved then, give or take what rounding leaves: frames have the smallest segments
   * that Kafka takes and keep nothing beside them, so 12 MiB stand for their 40 %; this is 17 %.
   */
  public static final long RESERVED = 12L * (1 << 20) / 40 * 17;

  private static final int RECORD_BYTES = 512 << 10;
  private static final int RECORDS = 16;
  private static final int SEED = 1;

  private TightDisk() {}

  /** Sizes the log so. */
  public static void tighten(String bootstrap) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(client(bootstrap))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES.name()),
                  List.of(
                      set(TopicConfig.RETENTION_BYTES_CONFIG, 0),
                      set(TopicConfig.SEGMENT_BYTES_CONFIG, 1 << 20))))
          .all()
          .get();
    }
  }

  /** Writes more to a topic than is reserved, which neither compression nor compaction lessens. */
  public static void fill(String bootstrap, Topic topic)
      throws InterruptedException, ExecutionException {
    Map<String, Object> config = client(bootstrap);
    Random random = new Random(SEED);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] bytes = new byte[RECORD_BYTES];
        random.nextBytes(bytes);
        sent.add(producer.send(new ProducerRecord<>(topic.name(), "filling-" + i, bytes)));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  private static Map<String, Object> client(String bootstrap) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    return config;
  }

  private static AlterConfigOp set(String name, long value) {
    return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
  }
}
