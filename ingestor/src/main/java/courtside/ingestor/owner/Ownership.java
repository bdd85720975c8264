package courtside.ingestor.owner;

import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this ingestor is the one that writes: whoever is assigned the cursors' partition in the
 * group of ingestors. Members are static, so that an instance that is back within the session keeps
 * what it had; the assignor is sticky, so that a standby that comes or goes moves nothing. Confined
 * to the pump's thread, which must poll at least every {@link #MAX_POLL_INTERVAL}.
 */
public final class Ownership implements AutoCloseable {
  /** A pump that takes longer for a turn loses its assignment. */
  public static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final Duration CONFIRMATION = Duration.ofSeconds(2);
  private static final Duration EXPULSION = Duration.ofSeconds(2);
  private static final String GROUP = "courtside-ingestor";
  private static final TopicPartition CURSORS = new TopicPartition(Topics.CURSORS.name(), 0);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final boolean leaveOnStop;
  private boolean owned;

  /**
   * Joins the group at the first poll.
   *
   * @param instance this instance's identity over restarts
   * @param leaveOnStop whether a standby should take over as soon as this instance stops
   */
  public Ownership(Map<String, Object> client, String instance, boolean leaveOnStop) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-owner");
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
    consumer.subscribe(List.of(CURSORS.topic()), new Assignment());
  }

  /** Takes part in the group and waits that long at most; says whether this instance owns. */
  public boolean poll(Duration wait) {
    consumer.poll(wait);
    return owned;
  }

  /**
   * Has the group confirm that this instance is a member of it as it is now, by a commit that it
   * takes from no other. What {@link #poll} says may be old news to a process that was stopped.
   *
   * @return false if it is none, or while the group is being arranged anew. What is owned then is
   *     for the next polls to find out: a member that keeps its partition is not told so again
   * @throws KafkaException if the group does not answer in time
   */
  public boolean confirm() {
    try {
      consumer.commitSync(Map.of(CURSORS, new OffsetAndMetadata(0)), CONFIRMATION);
      return owned;
    } catch (CommitFailedException | RebalanceInProgressException e) {
      LOG.atInfo().addKeyValue("reason", e.getMessage()).log("the group does not confirm");
      return false;
    }
  }

  /**
   * Somebody else has fenced this instance's writer: whatever the group said, ask it again. Not
   * owned until it has answered.
   */
  public void rejoin() {
    owned = false;
    consumer.unsubscribe();
    subscribe();
  }

  /**
   * Takes an instance out of the group, for a pump that cannot do so itself: the group gives the
   * cursors to another at once.
   *
   * @throws KafkaException if the group could not be told in time
   */
  public static void expel(Admin admin, String instance) throws InterruptedException {
    RemoveMembersFromConsumerGroupOptions member =
        new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove(instance)));
    member.timeoutMs((int) EXPULSION.toMillis());
    try {
      admin.removeMembersFromConsumerGroup(GROUP, member).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("could not leave the group of ingestors", e.getCause());
    }
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
      if (assigned.contains(CURSORS)) {
        // Owning it is all that is wanted: nothing is fetched.
        consumer.pause(List.of(CURSORS));
        owned = true;
        LOG.atInfo().log("the group has this instance write");
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      if (revoked.contains(CURSORS)) {
        owned = false;
        LOG.atInfo().log("the group does not have this instance write any more");
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      onPartitionsRevoked(lost);
    }
  }
}
