package courtside.processor.process;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.accounts.Identities;
import courtside.testkit.frames.CommitFrame;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Frames of one new post each, numbered from 1, three hundred a second over every partition, in the
 * transactions of an ingestor; on a thread of its own. Thread-safe.
 */
public final class PostTraffic implements AutoCloseable {
  private static final Duration TRANSACTION = Duration.ofMillis(20);
  private static final int EACH = 6;
  private static final int ACCOUNTS = 240;

  private final KafkaProducer<String, byte[]> producer;
  private final List<String> dids = new ArrayList<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread = Thread.ofPlatform().name("post-traffic").unstarted(this::run);
  private volatile long last;
  private volatile boolean ending;

  private PostTraffic(KafkaAddress kafka) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "post-traffic");
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    Identities identities = new Identities(1, 1);
    for (int i = 0; i < ACCOUNTS; i++) {
      dids.add(identities.did(i).value());
    }
  }

  /** Starts to write; the topics must be there. */
  public static PostTraffic start(KafkaAddress kafka) {
    PostTraffic traffic = new PostTraffic(kafka);
    traffic.thread.start();
    return traffic;
  }

  private void run() {
    try (producer) {
      producer.initTransactions();
      long next = System.nanoTime();
      while (!ending) {
        write();
        next += TRANSACTION.toNanos();
        long left = next - System.nanoTime();
        if (left > 0) {
          // It is the pace of the traffic, and no wait for anything.
          Thread.sleep(Duration.ofNanos(left));
        }
      }
      end.complete(null);
    } catch (RuntimeException | InterruptedException e) {
      end.completeExceptionally(e);
    }
  }

  private void write() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    producer.beginTransaction();
    long number = last;
    for (int i = 0; i < EACH; i++) {
      number++;
      String did = dids.get((int) (number % ACCOUNTS));
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              Topics.FRAMES.name(), null, now.toEpochMilli(), did, frame(did, number, now));
      new FrameHeaders("traffic", 1, number).addTo(record.headers());
      // What cannot be sent makes the commit fail.
      var _ = producer.send(record);
    }
    producer.commitTransaction();
    last = number;
  }

  private static byte[] frame(String did, long number, Instant now) {
    byte[] post =
        DagCborWriter.write(
            Map.of(
                "$type",
                "app.bsky.feed.post",
                "text",
                "number " + number,
                "createdAt",
                now.toString()));
    return new CommitFrame(did, Tid.at(now, 0).value(), now.toString())
        .write("create", "app.bsky.feed.post/" + number, post)
        .bytes(number);
  }

  /** The number of the newest frame that is committed. */
  public long last() {
    if (end.isCompletedExceptionally()) {
      throw new IllegalStateException("the traffic has failed", end.exceptionNow());
    }
    return last;
  }

  /** Ends it; returns when nothing more comes. */
  public void end() throws InterruptedException {
    ending = true;
    thread.join();
    end.join();
  }

  @Override
  public void close() throws InterruptedException {
    ending = true;
    thread.join();
  }
}
