package courtside.pipeline;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes posts to {@code posts}, in the place of the extraction. Confined to one thread. */
public final class PostWriter implements AutoCloseable {
  private static final int AUTHORS = 40;

  private final Producer<String, byte[]> producer;
  private long number;
  private long lastMicros;

  /** A post that was written: its address, and where it stands in a feed. */
  public record Written(String uri, String text, long millis) {}

  /** Connects. */
  public PostWriter(KafkaAddress kafka) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.LINGER_MS_CONFIG, 2);
    producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /** Writes a post of one of some accounts, created and seen now. */
  public Written write(String text) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    lastMicros = Math.max(lastMicros + 1, ChronoUnit.MICROS.between(Instant.EPOCH, now));
    Tid tid = Tid.at(Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS), 1);
    String did = "did:plc:" + "author%018d".formatted(number++ % AUTHORS).replaceAll("[0189]", "a");
    String uri = "at://" + did + "/app.bsky.feed.post/" + tid.value();
    byte[] record =
        DagCborWriter.write(
            Map.of("$type", "app.bsky.feed.post", "text", text, "createdAt", now.toString()));
    PostEvent event =
        new PostEvent.Created(
            uri,
            tid.value(),
            new PostEvent.Origin("relay", 1, number, now),
            Cid.ofDagCbor(record, 0, record.length).toString(),
            Bytes.of(record));
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.POSTS.name(),
                null,
                now.toEpochMilli(),
                did,
                PostEvent.FORMAT.encode(event)));
    return new Written(uri, text, now.toEpochMilli());
  }

  /** Waits until all of it is there. */
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
