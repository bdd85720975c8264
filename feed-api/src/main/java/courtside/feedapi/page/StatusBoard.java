package courtside.feedapi.page;

import courtside.eventlog.firehose.Incident;
import courtside.eventlog.status.ServiceStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every service last said of itself, and what went wrong last. Bounded: the newest of each.
 * Thread-safe.
 */
final class StatusBoard {
  /** More instances than any installation runs; those that were silent longest make room. */
  static final int INSTANCES = 64;

  static final int INCIDENTS = 20;

  // Guarded by this.
  private final Map<String, ServiceStatus> statuses = new TreeMap<>();
  private final Deque<Incident> incidents = new ArrayDeque<>();
  private long incidentsSeen;

  synchronized void put(ServiceStatus status) {
    statuses.put(status.key(), status);
    if (statuses.size() > INSTANCES) {
      statuses.remove(
          Collections.min(statuses.values(), Comparator.comparing(ServiceStatus::at)).key());
    }
  }

  synchronized void remove(String key) {
    statuses.remove(key);
  }

  synchronized void add(Incident incident) {
    incidentsSeen++;
    incidents.addFirst(incident);
    if (incidents.size() > INCIDENTS) {
      incidents.removeLast();
    }
  }

  /** Before everything is read again. */
  synchronized void clear() {
    statuses.clear();
    incidents.clear();
    incidentsSeen++;
  }

  /** By service and instance. */
  synchronized List<ServiceStatus> statuses() {
    return new ArrayList<>(statuses.values());
  }

  /** Newest first. */
  synchronized List<Incident> incidents() {
    return new ArrayList<>(incidents);
  }

  /** Changes whenever the incidents do. */
  synchronized long incidentsSeen() {
    return incidentsSeen;
  }
}
