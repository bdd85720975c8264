package courtside.processor.throughput;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.accounts.Identities;
import courtside.testkit.frames.Mix;
import courtside.testkit.recording.RecordedFrame;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes what there is to be read, in the transactions of a service. Confined to one thread. */
final class Backlog implements AutoCloseable {
  private static final int ACCOUNTS = 2_000;

  /** Records of a transaction: as many as an ingestor takes of a backlog. */
  private static final int AT_ONCE = 4_096;

  private final KafkaProducer<String, byte[]> producer;
  private Map<TopicPartition, Long> ends = new HashMap<>();
  private long bytes;

  Backlog(KafkaAddress kafka) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "backlog");
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    producer.initTransactions();
  }

  /**
   * Writes frames of the network's mix.
   *
   * @return where each partition's last frame ends
   */
  Map<TopicPartition, Long> frames(long seed, int count) {
    Mix mix = new Mix(seed, ACCOUNTS);
    return write(
        count,
        _ -> {
          Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
          Mix.Frame frame = mix.next(now);
          ProducerRecord<String, byte[]> record =
              new ProducerRecord<>(
                  Topics.FRAMES.name(),
                  null,
                  now.toEpochMilli(),
                  frame.did(),
                  frame.bytes().toArray());
          new FrameHeaders("mix", 1, frame.seq()).addTo(record.headers());
          return record;
        });
  }

  /**
   * Writes frames of a recording, from the first again after the last.
   *
   * @return where each partition's last frame ends
   */
  Map<TopicPartition, Long> recorded(List<RecordedFrame> frames, int count)
      throws MalformedDataException {
    List<Optional<String>> accounts = new ArrayList<>();
    for (RecordedFrame frame : frames) {
      accounts.add(FrameScan.of(frame.bytes().toArray()).repo().map(Did::value));
    }
    return write(
        count,
        i -> {
          ProducerRecord<String, byte[]> record =
              new ProducerRecord<>(
                  Topics.FRAMES.name(),
                  null,
                  Instant.now().toEpochMilli(),
                  accounts.get(i % frames.size()).orElse(null),
                  frames.get(i % frames.size()).bytes().toArray());
          new FrameHeaders("recording", 1, i + 1L).addTo(record.headers());
          return record;
        });
  }

  /**
   * Writes these events again and again, each time as those of other accounts.
   *
   * @return where each partition's last event ends
   */
  Map<TopicPartition, Long> posts(long seed, List<PostEvent.OfPost> events, int count) {
    Identities identities = new Identities(seed, 1);
    return write(
        count,
        i -> {
          String did = identities.did(i % events.size() + i / events.size() * ACCOUNTS).value();
          return new ProducerRecord<>(
              Topics.POSTS.name(),
              null,
              Instant.now().toEpochMilli(),
              did,
              PostEvent.FORMAT.encode(of(did, events.get(i % events.size()))));
        });
  }

  private static PostEvent of(String did, PostEvent.OfPost event) {
    String path = event.uri().substring(event.uri().indexOf('/', "at://".length()));
    String uri = "at://" + did + path;
    return switch (event) {
      case PostEvent.Created e ->
          new PostEvent.Created(uri, e.rev(), e.origin(), e.cid(), e.record());
      case PostEvent.Updated e ->
          new PostEvent.Updated(uri, e.rev(), e.origin(), e.cid(), e.record());
      case PostEvent.Deleted e -> new PostEvent.Deleted(uri, e.rev(), e.origin());
    };
  }

  /** Bytes of all values so far. */
  long bytes() {
    return bytes;
  }

  /** Makes one record. */
  private interface Maker {
    ProducerRecord<String, byte[]> make(int number);
  }

  private Map<TopicPartition, Long> write(int count, Maker maker) {
    ends = new HashMap<>();
    for (int done = 0; done < count; done += AT_ONCE) {
      producer.beginTransaction();
      for (int i = done; i < Math.min(count, done + AT_ONCE); i++) {
        ProducerRecord<String, byte[]> record = maker.make(i);
        bytes += record.value().length;
        // What cannot be sent makes the commit fail.
        var _ =
            producer.send(
                record,
                (at, failure) -> {
                  if (failure == null) {
                    note(new TopicPartition(at.topic(), at.partition()), at.offset() + 1);
                  }
                });
      }
      producer.commitTransaction();
    }
    synchronized (this) {
      return Map.copyOf(ends);
    }
  }

  /** On the producer's thread. */
  private synchronized void note(TopicPartition partition, long end) {
    ends.merge(partition, end, Math::max);
  }

  @Override
  public void close() {
    producer.close();
  }
}
