package courtside.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which versions may be served when, as the test knows that switches them: two from before a switch
 * is asked for until a reader has seen that it is done, and one otherwise. Thread-safe.
 */
final class Turns {
  // All guarded by this.
  private final List<Set<String>> phases = new ArrayList<>();
  private final Map<String, List<Long>> ends = new HashMap<>();
  private final Map<String, Set<String>> due = new HashMap<>();

  synchronized void begin(String... versions) {
    phases.add(Set.of(versions));
  }

  /** The phase that is now. */
  synchronized int now() {
    return phases.size() - 1;
  }

  /** What may have been served from one phase to another. */
  synchronized Set<String> between(int first, int last) {
    Set<String> versions = new HashSet<>();
    phases.subList(first, last + 1).forEach(versions::addAll);
    return versions;
  }

  /** What was there before a version was applied: it has to have read that before it is served. */
  synchronized void applied(String version, Set<String> uris) {
    due.put(version, Set.copyOf(uris));
  }

  synchronized boolean isDue(String version, String uri) {
    return due.getOrDefault(version, Set.of()).contains(uri);
  }

  /** Whoever serves a version has passed these ends of {@code feed.items}. */
  synchronized void promoted(String version, List<Long> endOffsets) {
    ends.put(version, List.copyOf(endOffsets));
  }

  synchronized List<Long> ends(String version) {
    return ends.getOrDefault(version, List.of());
  }
}
