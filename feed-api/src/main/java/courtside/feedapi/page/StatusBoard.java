package courtside.feedapi.page;

import courtside.eventlog.status.ServiceStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What every service last said of itself. Bounded: the newest. Thread-safe. */
final class StatusBoard {
  /** More instances than any installation runs; those that were silent longest make room. */
  static final int INSTANCES = 64;

  // Guarded by this.
  private final Map<String, ServiceStatus> statuses = new TreeMap<>();

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

  /** Before everything is read again. */
  synchronized void clear() {
    statuses.clear();
  }

  /** By service and instance. */
  synchronized List<ServiceStatus> statuses() {
    return new ArrayList<>(statuses.values());
  }
}
