package courtside.feedapi.skeleton;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Names pages, so that what viewers report of one can be told from what they report of another. No
 * two have the same name, of whatever replica or life: a random beginning and a number.
 * Thread-safe.
 */
public final class RequestIds {
  private static final int RADIX = 36;

  private final String life;
  private final AtomicLong last = new AtomicLong();

  /** Begins a life of its own. */
  public RequestIds(RandomGenerator random) {
    this.life = Long.toUnsignedString(random.nextLong(), RADIX) + ".";
  }

  /** The next name: at most 28 characters of a-z, 0-9 and a dot. */
  String next() {
    return life + Long.toString(last.incrementAndGet(), RADIX);
  }
}
