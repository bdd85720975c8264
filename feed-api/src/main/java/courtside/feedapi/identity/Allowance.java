package courtside.feedapi.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * So many a second, and after a while of none as many at once, for all who ask together. Whoever
 * has taken more of late than is left waits until there is more: so who asks alone has all of it
 * before long, half of it at once; several who ask for more than there is come to equal parts; and
 * whoever has taken nothing finds something, however often the others ask, as long as those are
 * fewer than what there is in a second. Thread-safe.
 *
 * <p>Heap: some 150 bytes for each of those who took last, ten for each one a second.
 */
final class Allowance {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * For how long it is remembered at least who has taken; of what they took nothing counts then.
   */
  private static final long SECONDS = 10;

  private final int perSecond;
  private final LongSupplier nanoTime;

  // Guarded by this, all of them.
  private double left;
  private long since;

  /** Whoever took last stands last. */
  private final Map<String, Taken> taken;

  /** What somebody had taken at a time; it counts for less and less, a third after a second. */
  private record Taken(double number, long at) {
    double counted(long now) {
      return number * Math.exp((at - now) / NANOS_PER_SECOND);
    }
  }

  Allowance(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.left = perSecond;
    this.since = nanoTime.getAsLong();
    this.taken =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Taken> eldest) {
            return size() > SECONDS * perSecond;
          }
        };
  }

  /**
   * Takes one, if there is one for whoever asks.
   *
   * @param asker their name: what they share it by
   */
  synchronized boolean take(String asker) {
    long now = nanoTime.getAsLong();
    left = Math.min(perSecond, left + (now - since) / NANOS_PER_SECOND * perSecond);
    since = now;
    Taken before = taken.get(asker);
    double own = before == null ? 0 : before.counted(now);
    if (left < 1 || own > left) {
      return false;
    }
    left--;
    taken.remove(asker);
    taken.put(asker, new Taken(own + 1, now));
    return true;
  }

  /** How many it is remembered of what they took. */
  synchronized int remembered() {
    return taken.size();
  }
}
