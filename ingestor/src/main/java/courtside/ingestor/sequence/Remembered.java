package courtside.ingestor.sequence;

import courtside.atproto.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** The hashes of the last frames accepted, each once. Confined to one thread. */
final class Remembered {
  private final int kept;
  private final Set<Bytes> hashes = new HashSet<>();
  private final Deque<Bytes> order = new ArrayDeque<>();

  Remembered(int kept) {
    this.kept = kept;
  }

  void add(Bytes hash) {
    if (!hashes.add(hash)) {
      return;
    }
    order.addLast(hash);
    if (order.size() > kept) {
      hashes.remove(order.removeFirst());
    }
  }

  boolean contains(Bytes hash) {
    return hashes.contains(hash);
  }

  void clear() {
    hashes.clear();
    order.clear();
  }
}
