package courtside.command;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Says how far a version is, in the place of processors. Confined to one thread. */
final class StatusWriter implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;

  StatusWriter(KafkaAddress kafka) {
    producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer());
  }

  /** Each partition has read so many of so many after its begin, at 500 a second. */
  void write(FeedVersion version, List<Long> begins, long read, long of) {
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      long begin = begins.get(partition);
      FeedStatus status =
          new FeedStatus(
              Instant.now(),
              begin + read,
              begin + of,
              Instant.EPOCH,
              read,
              read,
              OptionalLong.of(begin),
              OptionalDouble.of(500),
              Optional.empty());
      var _ =
          producer.send(
              new ProducerRecord<>(
                  Topics.FEED_STATUS.name(),
                  version.statusKey(partition),
                  FeedStatus.FORMAT.encode(status)));
    }
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
