package courtside.ingestor.process;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ServerHandshake;

/**
 * What the ingestor is measured against: reads a relay, and either drops what comes or writes it
 * with an idempotent producer, without transactions. The arguments are the relay's address, and
 * Kafka's and a topic where it is to be written. A record's key is how many there were before it, 8
 * bytes. Says {@code had N} after each thousand. Runs until killed.
 */
final class PlainMain {
  private static final int PARTITIONS = 12;
  private static final int SAY_EVERY = 1_000;

  private PlainMain() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    Optional<KafkaProducer<byte[], byte[]>> producer =
        args.length == 1
            ? Optional.empty()
            : Optional.of(
                new KafkaProducer<>(
                    Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        args[1],
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        256 << 10,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        6 << 20),
                    new ByteArraySerializer(),
                    new ByteArraySerializer()));
    WebSocketClient client =
        new WebSocketClient(URI.create(args[0]), new Draft_6455(List.of(), 6 << 20)) {
          private long had;

          @Override
          public void onOpen(ServerHandshake handshake) {}

          @Override
          public void onMessage(ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(had).array();
            int partition = (int) (had % PARTITIONS);
            producer.ifPresent(to -> {
              var _ = to.send(new ProducerRecord<>(args[2], partition, key, bytes));
            });
            had++;
            if (had % SAY_EVERY == 0) {
              System.out.println("had " + had);
            }
          }

          @Override
          public void onMessage(String message) {}

          @Override
          public void onClose(int code, String reason, boolean remote) {
            // Nothing here may go on with part of it.
            Runtime.getRuntime().halt(1);
          }

          @Override
          public void onError(Exception e) {
            System.out.println("failed: " + e);
          }
        };
    client.setConnectionLostTimeout(0);
    client.setTcpNoDelay(true);
    client.run();
  }
}
