package courtside.doctor;

import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How far back frames and posts reach. That it is less than what feeds keep is no fault: history
 * begins with installation, and later the disk decides. That there is none is one.
 */
final class HistoryCheck implements Check {
  private final InstantSource clock;

  HistoryCheck(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "history";
  }

  /**
   * Where a topic begins.
   *
   * @param first the time of the first record that all of it has; empty where it has none
   * @param cut whether anything was deleted that came before
   */
  private record Beginning(Optional<Instant> first, boolean cut) {}

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<String> obstacle = TopicsCheck.obstacle(chart);
    Optional<Admin> admin = chart.kafka();
    if (obstacle.isPresent() || admin.isEmpty()) {
      return List.of(Finding.skipped(name(), obstacle.orElse(KafkaCheck.AWAY)));
    }
    Optional<Instant> frames = beginning(admin.get(), Topics.FRAMES).first();
    Beginning posts = beginning(admin.get(), Topics.POSTS);
    if (frames.isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              "expected frames in the log, found none",
              "does an ingestor read, and does its relay send? courtside ingest status"));
    }
    if (posts.first().isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              "expected posts in the log, as there are frames, found none",
              "does a processor run, and is app.bsky.feed.post among"
                  + " COURTSIDE_INGESTOR_COLLECTIONS?"));
    }
    Duration reach = Duration.between(posts.first().get(), clock.instant());
    return List.of(
        Finding.ok(
            name(),
            "frames reach back "
                + Words.of(Duration.between(frames.get(), clock.instant()))
                + ", posts "
                + Words.of(reach)
                + shorter(chart, reach, posts.cut())));
  }

  private static String shorter(Chart chart, Duration reach, boolean cut) {
    List<String> more = new ArrayList<>();
    chart
        .feeds()
        .ifPresent(feeds ->
            feeds.forEach((feed, definition) -> {
              if (definition.keep().compareTo(reach) > 0) {
                more.add(feed + " keeps " + Words.of(definition.keep()));
              }
            }));
    if (more.isEmpty()) {
      return "";
    }
    return " ("
        + String.join(", ", more)
        + "; "
        + (cut
            ? "a larger COURTSIDE_DISK reaches further)"
            : "history begins with installation, so that a feed fills as posts come)");
  }

  /** Of partitions that were cut the last, as all of them have it; else the first of all. */
  private static Beginning beginning(Admin admin, Topic topic) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> begins = new HashMap<>();
    Map<TopicPartition, OffsetSpec> firsts = new HashMap<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      TopicPartition asked = new TopicPartition(topic.name(), partition);
      begins.put(asked, OffsetSpec.earliest());
      // That of the beginning has no time; the first of any time has.
      firsts.put(asked, OffsetSpec.forTimestamp(0));
    }
    List<Instant> all = new ArrayList<>();
    List<Instant> cut = new ArrayList<>();
    try {
      Map<TopicPartition, ListOffsetsResultInfo> offsets = admin.listOffsets(begins).all().get();
      admin
          .listOffsets(firsts)
          .all()
          .get()
          .forEach((partition, first) -> {
            if (first.timestamp() >= 0) {
              Instant time = Instant.ofEpochMilli(first.timestamp());
              all.add(time);
              ListOffsetsResultInfo begin = offsets.get(partition);
              if (begin != null && begin.offset() > 0) {
                cut.add(time);
              }
            }
          });
    } catch (ExecutionException e) {
      throw new KafkaException("the beginning of " + topic.name() + " is not known", e.getCause());
    }
    if (!cut.isEmpty()) {
      return new Beginning(Optional.of(Collections.max(cut)), true);
    }
    return new Beginning(all.stream().min(Instant::compareTo), false);
  }
}
