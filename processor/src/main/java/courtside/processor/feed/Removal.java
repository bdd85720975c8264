package courtside.processor.feed;

import courtside.eventlog.feed.FeedVersion;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * How far the removal of versions is in one partition: a walk over the whole store takes out all
 * that are to be removed when it begins. Nothing of it is kept, as walking again does no harm.
 * Confined to its task's thread.
 */
final class Removal {
  private final Set<FeedVersion> walking = new HashSet<>();
  private final Set<FeedVersion> done = new HashSet<>();
  private @Nullable Bytes from;

  /** Forgets everything: its task begins anew. */
  void reset() {
    walking.clear();
    done.clear();
    from = null;
  }

  /**
   * Begins a walk if there is one to begin.
   *
   * @param removing all that are to be removed now
   * @return whether there is something to walk for
   */
  boolean isWanted(Set<FeedVersion> removing) {
    done.retainAll(removing);
    walking.retainAll(removing);
    if (walking.isEmpty()) {
      walking.addAll(removing);
      walking.removeAll(done);
      from = null;
    }
    return !walking.isEmpty();
  }

  /** Where the next piece of the walk begins; null for the beginning of the store. */
  @Nullable Bytes from() {
    return from;
  }

  /** Whether the items of this version are taken out on this walk. */
  boolean takesOut(FeedVersion version) {
    return walking.contains(version);
  }

  /** The walk goes on there. */
  void goOn(Bytes next) {
    from = next;
  }

  /** The walk has come to the end of the store. Returns what is removed by it. */
  Set<FeedVersion> end() {
    Set<FeedVersion> removed = Set.copyOf(walking);
    done.addAll(removed);
    walking.clear();
    from = null;
    return removed;
  }

  /** Whether nothing of a version is left in this partition. */
  boolean isDone(FeedVersion version) {
    return done.contains(version);
  }
}
