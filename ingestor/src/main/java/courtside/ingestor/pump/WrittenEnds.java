package courtside.ingestor.pump;

import courtside.eventlog.firehose.FrameEnds;
import java.util.Arrays;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * How far frames come by what a writer writes. Nobody else writes there, so that can be counted,
 * and a cursor can say it of its own transaction too, before any of it is sent. What a failure
 * makes of it does not matter: it ends the writer.
 *
 * <p>And whether what is written still goes where it went: a topic that is deleted and made anew
 * takes on the same writer from offset 0, without an error. Confined to the pump's thread, but for
 * {@link #onCompletion}.
 */
final class WrittenEnds implements Callback {
  /** The cleansing record and its marker lie before anything else in every partition. */
  private static final long CLEANSING = 2;

  private final Uuid topic;

  /** By partition, the offset after the last numbered frame. */
  private final long[] ends;

  /** By partition, the offset of the next frame, once that was cleansed. */
  private final long[] next;

  /** Whether the transaction has a frame there, and will have a marker. */
  private final boolean[] touched;

  /** No record that is sent from now on has a lower offset. */
  private volatile long least;

  private volatile @Nullable String remade;

  /** Before anything is written. */
  WrittenEnds(FrameEnds before) {
    this.topic = before.topic();
    this.ends = before.ends().stream().mapToLong(Long::longValue).toArray();
    this.next = new long[ends.length];
    this.touched = new boolean[ends.length];
  }

  /** The cleansing record of a partition of frames was taken at this offset, and is aborted. */
  void cleansed(int partition, long offset) {
    next[partition] = offset + CLEANSING;
    least = CLEANSING;
  }

  /**
   * A frame is sent.
   *
   * @param numbered whether it can be known again by its number; the others do not count as frames
   */
  void sent(int partition, boolean numbered) {
    next[partition]++;
    if (numbered) {
      ends[partition] = next[partition];
    }
    touched[partition] = true;
  }

  /** The transaction was committed. */
  void committed() {
    for (int partition = 0; partition < next.length; partition++) {
      if (touched[partition]) {
        next[partition]++;
      }
    }
    Arrays.fill(touched, false);
  }

  /** The ends of frames, with all that was sent. */
  FrameEnds frames() {
    return new FrameEnds(topic, Arrays.stream(ends).boxed().toList());
  }

  /** On the producer's own thread. */
  @Override
  public void onCompletion(@Nullable RecordMetadata taken, @Nullable Exception failure) {
    if (failure == null && taken != null && taken.hasOffset() && taken.offset() < least) {
      remade = taken.topic();
    }
  }

  /**
   * To be called between transactions.
   *
   * @throws KafkaException if what is written goes into another topic than before
   */
  void requireSameTopics() {
    String topicThatIsNew = remade;
    if (topicThatIsNew != null) {
      throw new KafkaException(
          topicThatIsNew + " was deleted and made anew while it was written; what it had is gone");
    }
  }
}
