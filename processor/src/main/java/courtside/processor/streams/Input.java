package courtside.processor.streams;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What an application reads, and so how much of it a thread may hold. Streams and its consumer
 * count records, and each may be as large as its topic allows: a record of which compression made
 * nothing is whole again here. So what is held is a number of the largest.
 */
public enum Input {
  /** {@code firehose.frames}, 5 MB each by the protocol: 40 MB. A frame takes no longer by this. */
  FRAMES(8),
  /** {@code posts}, 150 kB each and what is said of it: 20 MB. */
  POSTS(100);

  /** Bytes of one answer of the broker, still compressed, unless one batch alone is more. */
  private static final int FETCH_BYTES = 4 << 20;

  /** Entries of a store that is restored: a thousand times smaller than the largest, mostly. */
  private static final int RESTORED_RECORDS = 200;

  private final int records;

  Input(int records) {
    this.records = records;
  }

  /** Adds what bounds the consumers of an application that reads it. */
  void addTo(Map<String, Object> streams) {
    // Streams processes all that a poll gives before it polls again, so this is what it holds.
    streams.put(main(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), records);
    streams.put(main(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), FETCH_BYTES);
    // So many wait for a task that does not take any, before its partition is paused.
    streams.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, records);
    streams.put(restore(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), RESTORED_RECORDS);
    streams.put(restore(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), FETCH_BYTES);
  }

  private static String main(String name) {
    return StreamsConfig.mainConsumerPrefix(name);
  }

  private static String restore(String name) {
    return StreamsConfig.restoreConsumerPrefix(name);
  }
}
