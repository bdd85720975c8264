package courtside.feedapi.page;

import courtside.eventlog.firehose.Incident;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * What went wrong last. Numbers that a relay passes over are no fault and may come each second: the
 * newest few of them are kept apart, so that they push nothing else out. Bounded. Thread-safe.
 */
final class IncidentBoard {
  static final int MOST = 20;
  static final int MOST_SKIPS = 3;

  private record Numbered(long number, Incident incident) {}

  // Guarded by this.
  private final Deque<Numbered> incidents = new ArrayDeque<>();
  private final Deque<Numbered> skips = new ArrayDeque<>();
  private long seen;

  synchronized void add(Incident incident) {
    boolean skip = incident.kind() == Incident.Kind.SKIPPED_NUMBERS;
    Deque<Numbered> kept = skip ? skips : incidents;
    kept.addFirst(new Numbered(seen++, incident));
    if (kept.size() > (skip ? MOST_SKIPS : MOST)) {
      kept.removeLast();
    }
  }

  /** Before everything is read again. */
  synchronized void clear() {
    incidents.clear();
    skips.clear();
    seen++;
  }

  /** Newest first. */
  synchronized List<Incident> newest() {
    List<Numbered> all = new ArrayList<>(incidents);
    all.addAll(skips);
    all.sort(Comparator.comparingLong(Numbered::number).reversed());
    return all.stream().map(Numbered::incident).toList();
  }

  /** Changes whenever the incidents do. */
  synchronized long seen() {
    return seen;
  }
}
