package courtside.processor.throughput;

import static org.awaitility.Awaitility.await;

import courtside.service.kafka.KafkaAddress;
import courtside.testkit.process.ChildJvm;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far applications are, as their groups have it. Confined to one thread. */
final class Groups implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  private final Admin admin;

  Groups(KafkaAddress kafka) {
    this.admin = Admin.create(kafka.client());
  }

  Admin admin() {
    return admin;
  }

  /**
   * Returns when a group has committed a share of what is before these ends, while processes run.
   *
   * @return when that was, on the monotonic clock, to 10 ms
   */
  Moment awaitShare(
      String group, Map<TopicPartition, Long> ends, double share, Collection<ChildJvm> running) {
    long all = ends.values().stream().mapToLong(Long::longValue).sum();
    return await()
        .atMost(LIMIT)
        .pollInterval(BETWEEN_LOOKS)
        .until(
            () -> {
              requireAlive(running);
              return new Moment(System.nanoTime(), (double) committed(group, ends) / all);
            },
            moment -> moment.share() >= share);
  }

  /**
   * How far a group was at a moment.
   *
   * @param nanos on the monotonic clock
   * @param share of its input, from 0 to 1
   */
  record Moment(long nanos, double share) {}

  private long committed(String group, Map<TopicPartition, Long> ends)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> places =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream()
        .mapToLong(end -> {
          OffsetAndMetadata place = places.get(end.getKey());
          return place == null ? 0 : Math.min(place.offset(), end.getValue());
        })
        .sum();
  }

  /**
   * Returns when each of so many members of a group has as many partitions as the others.
   *
   * @return when that was, on the monotonic clock
   */
  long awaitHalves(String group, int members, int partitions, Collection<ChildJvm> running) {
    List<Integer> wanted = Collections.nCopies(members, partitions / members);
    await()
        .atMost(LIMIT)
        .pollInterval(BETWEEN_LOOKS)
        .until(() -> {
          requireAlive(running);
          return held(group).equals(wanted);
        });
    return System.nanoTime();
  }

  private List<Integer> held(String group) throws InterruptedException, ExecutionException {
    return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
        .flatMap(described -> described.members().stream())
        .map(member -> member.assignment().topicPartitions().size())
        .toList();
  }

  private static void requireAlive(Collection<ChildJvm> running) {
    running.forEach(jvm -> {
      if (!jvm.isAlive()) {
        throw new AssertionError("expected a process that runs, it has ended: see what it says");
      }
    });
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
