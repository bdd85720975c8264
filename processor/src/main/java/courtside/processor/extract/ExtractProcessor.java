package courtside.processor.extract;

import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.ReadPositions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Extracts one frame after another. Confined to its task's thread. */
final class ExtractProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private final Extraction extraction;
  private final ReadPositions positions;
  private final LetterBox letters;
  private final Counts counts;

  ExtractProcessor(
      Extraction extraction, ReadPositions positions, LetterBox letters, Counts counts) {
    this.extraction = extraction;
    this.positions = positions;
    this.letters = letters;
    this.counts = counts;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    positions.forget(partition(context.taskId().partition()));
  }

  @Override
  @SuppressWarnings("NullAway") // A record's key may be absent, which Streams does not say.
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at =
        context()
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a frame that comes from no topic"));
    byte[] key = record.key();
    Extracted extracted =
        extraction.extract(
            new Frame(
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                record.value(),
                record.headers(),
                Instant.ofEpochMilli(record.timestamp()),
                Topics.FRAMES.name(),
                at.partition(),
                at.offset()));
    for (PostEvent event : extracted.posts()) {
      byte[] did = did(event).getBytes(StandardCharsets.UTF_8);
      forward(did, PostEvent.FORMAT.encode(event), record.timestamp(), ExtractTopology.POSTS);
      counts.kept();
    }
    positions.processed(partition(at.partition()), at.offset(), record.timestamp());
    for (DeadLetter letter : extracted.letters()) {
      letters
          .take(letter)
          .ifPresent(bytes -> forward(key, bytes, record.timestamp(), ExtractTopology.LETTERS));
    }
  }

  private static TopicPartition partition(int partition) {
    return new TopicPartition(Topics.FRAMES.name(), partition);
  }

  private static String did(PostEvent event) {
    return switch (event) {
      case PostEvent.OfPost post ->
          post.uri().substring("at://".length(), post.uri().indexOf('/', "at://".length()));
      case PostEvent.AccountChanged account -> account.did();
    };
  }

  /** A new record, so that the frame's headers do not travel on. */
  private void forward(byte[] key, byte[] value, long timestamp, String sink) {
    context().forward(new Record<>(key, value, timestamp), sink);
  }
}
