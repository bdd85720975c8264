package courtside.ingestor.control;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.service.control.Control;
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
  /** Which wishes are the ingestor's. */
  public static boolean concerns(Wish wish) {
    return wish instanceof Wish.Ingesting || wish instanceof Wish.Rewind;
  }

  /** Which incidents are losses of the stream. */
  public static boolean isLoss(Incident incident) {
    return incident.lost() && !incident.ofStage();
  }

  /** Of all that was read. */
  public static Wishes of(Control control) {
    return new Wishes(
        control.known(),
        control.newest(Wish.Ingesting.KEY, Wish.Ingesting.class),
        control.newest(Wish.Rewind.KEY, Wish.Rewind.class),
        control.acknowledged(),
        control.losses());
  }

  /** Whether reading is to stop. */
  public boolean paused() {
    return ingesting.filter(Wish.Ingesting::paused).isPresent();
  }
}
