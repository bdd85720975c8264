package courtside.processor.steward;

import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Whether this processor is the one that decides: whoever is assigned the partition of {@code
 * feed.definitions} in the group of stewards. Members are static, so that an instance that is back
 * within the session keeps what it had; the assignor is sticky, so that an instance that comes or
 * goes moves nothing. Confined to the steward's thread.
 */
final class Ownership implements AutoCloseable {
  private static final String GROUP = "courtside-steward";
  private static final TopicPartition DEFINITIONS =
      new TopicPartition(Topics.FEED_DEFINITIONS.name(), 0);

  /** Longer than any turn of the steward: each of its calls is bounded. */
  private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(60);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final boolean leaveOnStop;
  private boolean owned;

  Ownership(KafkaAddress kafka, String instance, boolean leaveOnStop) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-steward-owner");
    config.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int) MAX_POLL_INTERVAL.toMillis());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // The partition is never read here; without this its missing offset would be an error.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    this.consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.leaveOnStop = leaveOnStop;
    subscribe();
  }

  private void subscribe() {
    consumer.subscribe(List.of(DEFINITIONS.topic()), new Assignment());
  }

  /** Takes part in the group and waits that long at most; says whether this instance owns. */
  boolean poll(Duration wait) {
    var _ = consumer.poll(wait);
    return owned;
  }

  /** Somebody else has fenced this instance: whatever the group said, ask it again. */
  void rejoin() {
    owned = false;
    consumer.unsubscribe();
    subscribe();
  }

  @Override
  public void close() {
    consumer.close(
        CloseOptions.groupMembershipOperation(
                leaveOnStop
                    ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                    : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP)
            .withTimeout(Duration.ofSeconds(2)));
  }

  /** What the group says. */
  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      if (assigned.contains(DEFINITIONS)) {
        // Owning it is all that is wanted: nothing is fetched.
        consumer.pause(List.of(DEFINITIONS));
        owned = true;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      if (revoked.contains(DEFINITIONS)) {
        owned = false;
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      onPartitionsRevoked(lost);
    }
  }
}
