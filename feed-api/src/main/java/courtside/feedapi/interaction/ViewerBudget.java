package courtside.feedapi.interaction;

import courtside.atproto.syntax.Did;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How many interactions each viewer may report: so many at once, and then so many a minute. Only
 * the viewers who reported last are remembered; one that is forgotten begins with a full budget,
 * which is what it would have had before long. Thread-safe; never blocks.
 *
 * <p>Heap: some 200 bytes for each viewer that is remembered, 2 MB for 10,000, where DIDs are of
 * the methods that the network uses.
 */
public final class ViewerBudget {
  private static final double MINUTE = Duration.ofMinutes(1).toNanos();

  private final int atOnce;
  private final int perMinute;
  private final LongSupplier nanoTime;

  /** Guarded by itself; the one that reported last stands last. */
  private final Map<String, Left> viewers;

  private record Left(double interactions, long nanos) {}

  /**
   * Full budgets for everybody.
   *
   * @param atOnce the most that a viewer may have left; no request may hold more than that
   * @param perMinute by how much it grows again, at least 1
   * @param mostViewers how many viewers are remembered
   * @param nanoTime monotonic
   */
  public ViewerBudget(int atOnce, int perMinute, int mostViewers, LongSupplier nanoTime) {
    if (atOnce < 1 || perMinute < 1 || mostViewers < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 at once, a minute and viewer, found %d, %d and %d"
              .formatted(atOnce, perMinute, mostViewers));
    }
    this.atOnce = atOnce;
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
    this.viewers =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Left> eldest) {
            return size() > mostViewers;
          }
        };
  }

  /**
   * Takes that many out of a viewer's budget, all or none.
   *
   * @param interactions 0 or more
   * @return how long until they would be there, where they are not; empty where they were taken
   * @throws IllegalArgumentException if they are more than any budget has: they would never be
   *     there
   */
  public Optional<Duration> take(Did viewer, int interactions) {
    if (interactions < 0 || interactions > atOnce) {
      throw new IllegalArgumentException(
          "expected 0 to %d interactions, found %d".formatted(atOnce, interactions));
    }
    synchronized (viewers) {
      long now = nanoTime.getAsLong();
      Left held = viewers.get(viewer.value());
      double left = held == null ? atOnce : left(held, now);
      boolean enough = interactions <= left;
      viewers.put(viewer.value(), new Left(enough ? left - interactions : left, now));
      return enough
          ? Optional.empty()
          : Optional.of(
              Duration.ofNanos((long) Math.ceil((interactions - left) / perMinute * MINUTE)));
    }
  }

  private double left(Left held, long now) {
    return Math.min(atOnce, held.interactions() + perMinute * ((now - held.nanos()) / MINUTE));
  }

  /**
   * Gives back what was taken, as nothing has come of it.
   *
   * @param interactions as many as were taken
   */
  public void giveBack(Did viewer, int interactions) {
    synchronized (viewers) {
      long now = nanoTime.getAsLong();
      viewers.computeIfPresent(
          viewer.value(),
          (name, held) -> new Left(Math.min(atOnce, left(held, now) + interactions), now));
    }
  }

  /** How many viewers are remembered. */
  int remembered() {
    synchronized (viewers) {
      return viewers.size();
    }
  }
}
