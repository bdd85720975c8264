package courtside.processor;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What a stage is given, and which of it came out: every record has a number, and whatever comes of
 * it says that number. Confined to one thread.
 */
final class ReadInput implements AutoCloseable {
  private final Kind kind;
  private final CommittedRecords records;
  private final KafkaProducer<String, byte[]> producer;
  private final Map<TopicPartition, List<Long>> written = new TreeMap<>(ReadInput::compare);
  private long next = 1;

  /** Which stage. */
  enum Kind {
    EXTRACT,
    FEED;

    Topic topic() {
      return this == EXTRACT ? Topics.FRAMES : Topics.POSTS;
    }
  }

  ReadInput(Kind kind, KafkaAddress kafka) {
    this.kind = kind;
    this.records = new CommittedRecords(kafka.bootstrap());
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 << 20);
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  private static int compare(TopicPartition a, TopicPartition b) {
    return Integer.compare(a.partition(), b.partition());
  }

  /** Accounts of which each has a partition of its own. */
  List<Did> accounts(int count) throws MalformedDataException {
    Map<Integer, Did> byPartition = new TreeMap<>();
    for (char letter = 'a'; letter <= 'z' && byPartition.size() < count; letter++) {
      Did did = Did.parse("did:plc:" + Character.toString(letter).repeat(24));
      byPartition.putIfAbsent(
          org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
              did.value().getBytes(StandardCharsets.UTF_8), kind.topic().partitions()),
          did);
    }
    return List.copyOf(byPartition.values());
  }

  /** Writes so many records of an account; says in which partition they are. */
  TopicPartition write(Did did, int count, int padding)
      throws InterruptedException, ExecutionException {
    byte[] pad = new byte[padding];
    RandomGenerator.of("L64X128MixRandom").nextBytes(pad);
    TopicPartition partition = null;
    for (int i = 0; i < count; i++) {
      long number = next++;
      Instant now = Instant.now();
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              kind.topic().name(), null, now.toEpochMilli(), did.value(), value(did, number, now));
      new FrameHeaders("relay", 1, number).addTo(record.headers());
      record.headers().add("padding", pad);
      RecordMetadata at = producer.send(record).get();
      partition = new TopicPartition(at.topic(), at.partition());
      List<Long> numbers = written.computeIfAbsent(partition, _ -> new ArrayList<>());
      if (at.offset() != numbers.size()) {
        throw new AssertionError("expected offset " + numbers.size() + ", found " + at.offset());
      }
      numbers.add(number);
    }
    if (partition == null) {
      throw new IllegalArgumentException("expected to write something");
    }
    return partition;
  }

  private byte[] value(Did did, long number, Instant now) {
    return switch (kind) {
      case EXTRACT -> FrameWriter.account(number, now.toString(), did, true, Optional.empty());
      case FEED ->
          PostEvent.FORMAT.encode(
              new PostEvent.Created(
                  "at://" + did.value() + "/app.bsky.feed.post/" + number,
                  Tid.at(now, 0).value(),
                  new PostEvent.Origin("relay", 1, number, now),
                  "bafy",
                  Bytes.of(
                      DagCborWriter.write(
                          Map.of("$type", "app.bsky.feed.post", "text", "number " + number)))));
    };
  }

  /** The numbers of the records from an offset to before another. */
  List<Long> numbers(TopicPartition partition, long from, long to) {
    return written.getOrDefault(partition, List.of()).subList((int) from, (int) to);
  }

  /** The numbers of what came out, in their order, as often as they did. */
  List<Long> cameOut() {
    List<Long> numbers = new ArrayList<>();
    switch (kind) {
      case EXTRACT ->
          records.read(
              Topics.POSTS.name(),
              Topics.POSTS.partitions(),
              record ->
                  numbers.add(
                      ((PostEvent.AccountChanged) PostEvent.FORMAT.decode(record.value()))
                          .origin()
                          .seq()));
      case FEED ->
          records.read(
              Topics.FEED_ITEMS.name(),
              Topics.FEED_ITEMS.partitions(),
              record -> {
                String uri = FeedVersion.uri(new String(record.key(), StandardCharsets.UTF_8));
                numbers.add(Long.valueOf(uri.substring(uri.lastIndexOf('/') + 1)));
              });
    }
    numbers.sort(null);
    return numbers;
  }

  @Override
  public void close() {
    producer.close();
    records.close();
  }
}
