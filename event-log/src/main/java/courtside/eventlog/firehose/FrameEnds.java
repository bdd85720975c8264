package courtside.eventlog.firehose;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How far {@code firehose.frames} had come by a cursor: a header of the records of {@code
 * firehose.cursors}. All that the cursor covers lies before these ends, and so does what its own
 * transaction wrote: a log that has no frame there, or is another topic of that name, has lost
 * something. The topic's id as 16 bytes, then an end for each partition as 8 bytes, all big-endian.
 * Immutable.
 *
 * @param topic the id that Kafka gave the topic when it was made
 * @param ends by partition, the offset after the last numbered frame, or less; 0 where none is
 *     known
 */
public record FrameEnds(Uuid topic, List<Long> ends) {
  private static final String HEADER = "frames";
  private static final int MOST_PARTITIONS = 1_000;

  /** Copies the list. */
  public FrameEnds {
    ends = List.copyOf(ends);
  }

  /** Of a topic of which nothing is known. */
  public static FrameEnds unknown(Uuid topic, int partitions) {
    return new FrameEnds(topic, Collections.nCopies(partitions, 0L));
  }

  /** Adds them to a record. */
  public void addTo(Headers headers) {
    ByteBuffer bytes = ByteBuffer.allocate((2 + ends.size()) * Long.BYTES);
    bytes.putLong(topic.getMostSignificantBits()).putLong(topic.getLeastSignificantBits());
    ends.forEach(bytes::putLong);
    headers.add(HEADER, bytes.array());
  }

  /** Reads them from a record; empty where there are none, or none of this form. */
  public static Optional<FrameEnds> read(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    byte[] value = header == null ? null : header.value();
    if (value == null
        || value.length % Long.BYTES != 0
        || value.length < 2 * Long.BYTES
        || value.length > (2 + MOST_PARTITIONS) * Long.BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(value);
    Uuid topic = new Uuid(bytes.getLong(), bytes.getLong());
    List<Long> ends = new ArrayList<>();
    while (bytes.hasRemaining()) {
      ends.add(bytes.getLong());
    }
    return Optional.of(new FrameEnds(topic, ends));
  }

  /** The end of a partition; 0 where none is known. */
  public long end(int partition) {
    return partition < ends.size() ? ends.get(partition) : 0;
  }
}
