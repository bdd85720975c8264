package courtside.eventlog.status;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One instance's own health, written each second. Immutable.
 *
 * @param service {@code ingestor}, {@code processor} or {@code feed-api}
 * @param instance the instance's identity, stable over restarts
 * @param ready whether it does its work
 * @param state in one word: {@code reading}, {@code silent}, {@code standby}, …
 * @param reasons why it is not ready, in sentences
 * @param figures numbers by name, in the unit that the name says
 */
public record ServiceStatus(
    String service,
    String instance,
    Instant at,
    boolean ready,
    String state,
    List<String> reasons,
    Map<String, Double> figures) {

  /** The record's bytes. */
  public static final Format<ServiceStatus> FORMAT = Format.of(ServiceStatus.class);

  /** Copies the collections; figures are in the order of their names. */
  public ServiceStatus {
    reasons = List.copyOf(reasons);
    figures = Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(figures)));
  }

  /** The record's key. */
  public String key() {
    return service + "/" + instance;
  }
}
