package courtside.ingestor.sequence;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The times of the last frames accepted, also where one had none. Confined to one thread. */
final class RecentTimes {
  private final int kept;
  private final Deque<Optional<Instant>> times = new ArrayDeque<>();

  RecentTimes(int kept) {
    this.kept = kept;
  }

  void add(Optional<Instant> time) {
    if (times.size() == kept) {
      times.removeFirst();
    }
    times.addLast(time);
  }

  void clear() {
    times.clear();
  }

  TimeSample sample() {
    return TimeSample.of(times.stream().flatMap(Optional::stream).toList());
  }
}
