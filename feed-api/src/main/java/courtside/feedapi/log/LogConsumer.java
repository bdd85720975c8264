package courtside.feedapi.log;

import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer of committed records in no group. No call waits long for a broker that does not
 * answer, and closing least of all: a service that is asked to stop is killed soon after. Confined
 * to one thread, but for {@link #wake}.
 */
public final class LogConsumer implements AutoCloseable {
  /** How long the broker may take for one answer. */
  public static final Duration ANSWER = Duration.ofSeconds(5);

  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;

  /**
   * Opens a consumer; nothing is assigned yet.
   *
   * @param client tells this consumer from others in the broker's log
   * @param more properties of its own
   */
  public LogConsumer(KafkaAddress kafka, String client, Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(kafka.client());
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.putAll(more);
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The consumer itself. */
  public Consumer<byte[], byte[]> kafka() {
    return consumer;
  }

  /** Ends the call that waits, or else the next one. From any thread. */
  public void wake() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE));
  }
}
