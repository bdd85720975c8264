package courtside.testkit.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times of the same thing, to be printed. Confined to one thread. */
public final class Spread {
  private final List<Long> nanos = new ArrayList<>();

  /** One more. */
  public void add(long time) {
    nanos.add(time);
  }

  /** How many there are. */
  public int count() {
    return nanos.size();
  }

  /** {@code p50 812 ms, p90 990 ms, p99 1020 ms, worst 1033 ms of 200}. */
  @Override
  public String toString() {
    if (nanos.isEmpty()) {
      return "none";
    }
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    return "p50 %d ms, p90 %d ms, p99 %d ms, worst %d ms of %d"
        .formatted(
            millis(sorted.get(sorted.size() / 2)),
            millis(sorted.get(sorted.size() * 9 / 10)),
            millis(sorted.get(sorted.size() * 99 / 100)),
            millis(sorted.getLast()),
            sorted.size());
  }

  private static long millis(long time) {
    return TimeUnit.NANOSECONDS.toMillis(time);
  }
}
