package courtside.processor.streams;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How fast partitions grow, over the last five minutes. Confined to one thread. */
final class Growth {
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final Map<TopicPartition, Deque<Sample>> samples = new HashMap<>();

  private record Sample(long nanos, long end) {}

  /** Notes where partitions end; what is not named any more is forgotten. */
  void note(Map<TopicPartition, Long> ends, long nanos) {
    samples.keySet().retainAll(ends.keySet());
    ends.forEach((partition, end) -> {
      Deque<Sample> known = samples.computeIfAbsent(partition, _ -> new ArrayDeque<>());
      known.addLast(new Sample(nanos, end));
      while (nanos - known.getFirst().nanos() > WINDOW.toNanos()) {
        known.removeFirst();
      }
    });
  }

  /** Records written in a second; 0 where that is not known yet. */
  double perSecond(TopicPartition partition) {
    Deque<Sample> known = samples.getOrDefault(partition, new ArrayDeque<>());
    if (known.size() < 2) {
      return 0;
    }
    double seconds = (known.getLast().nanos() - known.getFirst().nanos()) / 1e9;
    return seconds <= 0
        ? 0
        : Math.max(0, (known.getLast().end() - known.getFirst().end()) / seconds);
  }
}
