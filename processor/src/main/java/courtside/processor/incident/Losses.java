package courtside.processor.incident;

import courtside.eventlog.control.Wish;
import java.util.Optional;

/**
 * What the stages have lost, as far as it is known here. Immutable.
 *
 * @param known false until the topics were read to their end once
 * @param unacknowledged losses of any stage, on any instance, which nobody has acknowledged
 * @param acknowledged the newest word that somebody knows of the incidents so far
 */
public record Losses(boolean known, long unacknowledged, Optional<Wish.Acknowledged> acknowledged) {
  static final Losses UNKNOWN = new Losses(false, 0, Optional.empty());
}
