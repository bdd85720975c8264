package courtside.ingestor.control;

import courtside.eventlog.control.Wish;
import java.util.Optional;

/**
 * What is wanted now. Immutable.
 *
 * @param known false until the topics were read to their end once; until then nothing is decided
 * @param ingesting the newest wish to pause or to read
 * @param rewind the newest wish to read again, whether or not it was carried out
 * @param acknowledged the newest word that somebody knows of the incidents so far
 * @param losses incidents in which something was lost, and which nobody has acknowledged
 */
public record Wishes(
    boolean known,
    Optional<Wish.Ingesting> ingesting,
    Optional<Wish.Rewind> rewind,
    Optional<Wish.Acknowledged> acknowledged,
    long losses) {
  static final Wishes UNKNOWN =
      new Wishes(false, Optional.empty(), Optional.empty(), Optional.empty(), 0);

  /** Whether reading is to stop. */
  public boolean paused() {
    return ingesting.filter(Wish.Ingesting::paused).isPresent();
  }
}
