package courtside.eventlog.status;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param answers the id of the last {@link courtside.eventlog.control.Wish} that was carried out,
 *     by the wish's key; absent where the service carries out none
 */
public record ServiceStatus(
    String service,
    String instance,
    Instant at,
    boolean ready,
    String state,
    List<String> reasons,
    Map<String, Double> figures,
    Optional<Map<String, String>> answers) {

  /** The record's bytes. */
  public static final Format<ServiceStatus> FORMAT = Format.of(ServiceStatus.class);

  /** Copies the collections; figures are in the order of their names. */
  public ServiceStatus {
    reasons = List.copyOf(reasons);
    answers = answers.map(ids -> Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(ids))));
    figures = Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(figures)));
  }

  /** The record's key. */
  public String key() {
    return service + "/" + instance;
  }
}
