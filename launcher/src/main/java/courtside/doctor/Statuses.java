package courtside.doctor;

import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** How far versions are, as {@code feed.status} says. Confined to one thread. */
final class Statuses implements AutoCloseable {
  /** As the steward has it: what is no further behind is up to date. */
  private static final Duration CURRENT = Duration.ofSeconds(2);

  private final Map<String, FeedStatus> newest = new HashMap<>();
  private final Map<FeedVersion, Long> first = new HashMap<>();
  private final TopicReader reader;

  Statuses(KafkaAddress kafka) {
    reader = new TopicReader(kafka, "courtside-doctor-feeds", Topics.FEED_STATUS, this::note);
  }

  /** Reads what is new. */
  void read() {
    int _ = reader.readToEnd();
  }

  private void note(String key, byte @Nullable [] value) {
    newest.remove(key);
    if (value == null) {
      return;
    }
    try {
      newest.put(key, FeedStatus.FORMAT.decode(value));
    } catch (SerializationException e) {
      // Of a version that is not known here: what it says is no help.
    }
  }

  /** What the partitions of {@code posts} last said, of those that have. */
  List<FeedStatus> of(FeedVersion version) {
    return IntStream.range(0, Topics.POSTS.partitions())
        .mapToObj(partition -> Optional.ofNullable(newest.get(version.statusKey(partition))))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Whether every partition is read to its end, but for what has just come. */
  boolean isCurrent(FeedVersion version) {
    List<FeedStatus> said = of(version);
    return said.size() == Topics.POSTS.partitions()
        && FeedProgress.of(said).behind().compareTo(CURRENT) <= 0;
  }

  /** Whether it is elsewhere than when this was asked first. */
  boolean moves(FeedVersion version) {
    long position = of(version).stream().mapToLong(FeedStatus::position).sum();
    Long before = first.putIfAbsent(version, position);
    return before != null && before != position;
  }

  /** What is left, in words. */
  String left(FeedVersion version) {
    FeedProgress progress = FeedProgress.of(of(version));
    return progress.partitions() == 0
        ? "nobody has said yet where"
        : progress.total() - progress.passed() + " records to go";
  }

  @Override
  public void close() {
    reader.close();
  }
}
