package courtside.feedapi.identity;

import java.time.Duration;

/**
 * How long keys are kept, and how often they are asked for. Each time but {@code forced} and {@code
 * patience} is shortened by up to a tenth at random, so that what came together does not go
 * together. Immutable.
 *
 * @param fresh how long a key is good without a question; from then on it is served while it is
 *     asked for anew
 * @param stale how long a key is served at all where nobody answers
 * @param refused how long it is remembered that there is no key
 * @param retry how long it is remembered that nobody answered
 * @param forced how long after a signature that failed no other brings a new question about the
 *     same DID
 * @param patience how long one request waits for a key
 * @param known how many keys are kept
 * @param missing how many DIDs without a key are remembered, apart from those that have one
 * @param perSecond how many DIDs that are not known are asked about in a second, and at once after
 *     a while of none, shared by those who ask; as many again of those that are known
 */
public record KeySettings(
    Duration fresh,
    Duration stale,
    Duration refused,
    Duration retry,
    Duration forced,
    Duration patience,
    int known,
    int missing,
    int perSecond) {
  /** What suits one feed generator. */
  public static final KeySettings DEFAULT =
      new KeySettings(
          Duration.ofHours(1),
          Duration.ofHours(24),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          50_000,
          10_000,
          100);

  /** Checks them. */
  public KeySettings {
    if (!fresh.isPositive()
        || stale.compareTo(fresh) < 0
        || !refused.isPositive()
        || !retry.isPositive()
        || !forced.isPositive()
        || !patience.isPositive()
        || known < 1
        || missing < 1
        || perSecond < 1) {
      throw new IllegalArgumentException(
          "expected times and numbers above 0, and stale no shorter than fresh, found "
              + fresh
              + ", "
              + stale
              + " and others");
    }
  }
}
