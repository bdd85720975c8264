package courtside.ingestor.sequence;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last frames accepted, each once. Confined to one thread. */
final class Remembered {
  private final int kept;
  private final Set<Long> fingerprints = new HashSet<>();
  private final Deque<Long> order = new ArrayDeque<>();

  /** One of before this process began, until it is no longer among the last. */
  private @Nullable FrameIdentity onlyHash;

  Remembered(int kept) {
    this.kept = kept;
  }

  void add(FrameIdentity frame) {
    if (frame.isOnlyHash()) {
      onlyHash = frame;
      return;
    }
    Long fingerprint = frame.fingerprint();
    if (!fingerprints.add(fingerprint)) {
      return;
    }
    order.addLast(fingerprint);
    if (order.size() > kept) {
      fingerprints.remove(order.removeFirst());
      onlyHash = null;
    }
  }

  boolean contains(FrameIdentity frame) {
    return fingerprints.contains(frame.fingerprint())
        || (onlyHash != null && onlyHash.isSameAs(frame));
  }

  void clear() {
    fingerprints.clear();
    order.clear();
    onlyHash = null;
  }
}
