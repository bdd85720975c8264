package courtside.ingestor.process;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.process.CommittedStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * When each frame came to a {@code read_committed} reader, which reads on a thread of its own.
 * Frames are counted from 0. Thread-safe.
 */
public final class ArrivalTimes implements AutoCloseable {
  // Guarded by this.
  private final Map<Long, Long> times = new HashMap<>();

  private final CommittedStream stream;

  private ArrivalTimes(String bootstrap, String topic) {
    this.stream = CommittedStream.start(bootstrap, topic, Topics.FRAMES.partitions(), this::add);
  }

  /** Starts to read; waits for no topic. */
  public static ArrivalTimes start(String bootstrap, String topic) {
    return new ArrivalTimes(bootstrap, topic);
  }

  private synchronized void add(ConsumerRecord<byte[], byte[]> record, long now) {
    long number =
        record.headers().iterator().hasNext()
            ? FrameHeaders.read(record.headers()).seq() - 1
            : ByteBuffer.wrap(record.key()).getLong();
    if (times.put(number, now) != null) {
      throw new IllegalStateException("frame " + number + " came twice");
    }
  }

  /** How many have come. */
  public synchronized int count() {
    stream.requireRunning();
    return times.size();
  }

  /** When that one came, on the monotonic clock. */
  public synchronized long of(long number) {
    Long time = times.get(number);
    if (time == null) {
      throw new IllegalStateException("frame " + number + " has not come");
    }
    return time;
  }

  @Override
  public void close() throws InterruptedException {
    stream.close();
  }
}
