package courtside.feedapi.page;

import courtside.eventlog.status.ServiceStatus;
import java.time.Instant;
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
  private final Map<String, Said> statuses = new TreeMap<>();

  /**
   * What somebody said.
   *
   * @param heardAt when, by the clock here: another one may be wrong
   */
  record Said(ServiceStatus status, Instant heardAt) {}

  synchronized void put(ServiceStatus status, Instant heardAt) {
    statuses.put(status.key(), new Said(status, heardAt));
    if (statuses.size() > INSTANCES) {
      statuses.remove(
          Collections.min(statuses.values(), Comparator.comparing(Said::heardAt)).status().key());
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
  synchronized List<Said> said() {
    return new ArrayList<>(statuses.values());
  }
}
