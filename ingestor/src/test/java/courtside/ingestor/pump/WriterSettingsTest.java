package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What the promises rest on cannot be configured away, whatever the clients' properties are. */
final class WriterSettingsTest {
  private static final int ROUNDS = 200;

  /** Values that would each break a promise. */
  private static final Map<String, Object> WEAKER =
      Map.of(
          ProducerConfig.ACKS_CONFIG,
          "0",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          false,
          ProducerConfig.RETRIES_CONFIG,
          0,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          7,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          "another",
          ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
          1_000,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          1 << 20,
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          1L << 30,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          600_000L);

  @Test
  void areTheSameWhateverTheClientsPropertiesAre() {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Object> client = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:1"));
      WEAKER.forEach((name, value) -> {
        if (random.nextBoolean()) {
          client.put(name, value);
        }
      });
      assertPromised(effective(client), "%s, seed %d".formatted(client, seed));
    }
    Map<String, Object> all = new HashMap<>(WEAKER);
    all.put("bootstrap.servers", "127.0.0.1:1");
    assertPromised(effective(all), "all of them");
  }

  /** As Kafka itself reads it, defaults included. */
  private static Map<String, Object> effective(Map<String, Object> client) {
    Map<String, Object> config = Writer.config(client, "writer", Duration.ofSeconds(60));
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new HashMap<>(new ProducerConfig(config).values());
  }

  private static void assertPromised(Map<String, Object> effective, String as) {
    assertThat(effective)
        .as(as)
        .contains(
            entry(ProducerConfig.ACKS_CONFIG, "-1"),
            entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
            entry(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE),
            entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
            entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, Writer.TRANSACTIONAL_ID),
            entry(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 60_000),
            entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 << 20),
            entry(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L << 20),
            entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000L));
  }
}
