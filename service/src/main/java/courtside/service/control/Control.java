package courtside.service.control;

import courtside.eventlog.control.Wish;
import java.util.Map;
import java.util.Optional;

/**
 * What people want of a service now. Immutable.
 *
 * @param known false until the topics were read to their end once; until then nothing is decided
 * @param wishes the newest of each key, of those that concern the service
 * @param losses incidents of the service in which something was lost, and which nobody has
 *     acknowledged
 */
public record Control(boolean known, Map<String, Wish> wishes, long losses) {
  static final Control UNKNOWN = new Control(false, Map.of(), 0);

  /** Copies the map. */
  public Control {
    wishes = Map.copyOf(wishes);
  }

  /** The newest wish of a key, if it is of a kind. */
  public <W extends Wish> Optional<W> newest(String key, Class<W> kind) {
    return Optional.ofNullable(wishes.get(key)).filter(kind::isInstance).map(kind::cast);
  }

  /** The newest word that somebody knows of the incidents so far. */
  public Optional<Wish.Acknowledged> acknowledged() {
    return newest(Wish.Acknowledged.KEY, Wish.Acknowledged.class);
  }
}
