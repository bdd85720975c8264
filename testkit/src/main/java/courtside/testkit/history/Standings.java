package courtside.testkit.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an account stands, told in the order of the log. The newest by frame time counts, of two at
 * once the later in the log; what nobody has said again for long is forgotten. Confined to one
 * thread.
 */
final class Standings {
  private static final String DELETED = "deleted";

  private final Pace pace;
  private final List<Run> runs = new ArrayList<>();
  private @Nullable Told newest;
  private @Nullable Instant deletedSince;

  /** What counts, and when it came. */
  private record Told(boolean active, Instant frameTime, Instant seen) {}

  /** A time through which the account was deleted, now over. */
  private record Run(Instant since, Instant until) {}

  Standings(Pace pace) {
    this.pace = pace;
  }

  void tell(Said.Standing said, Instant seen) {
    forget(seen);
    if (newest != null && said.frameTime().isBefore(newest.frameTime())) {
      return;
    }
    newest = new Told(said.active(), said.frameTime(), seen);
    if (said.active() || !said.status().equals(Optional.of(DELETED))) {
      endRun(seen);
    } else if (deletedSince == null) {
      deletedSince = seen;
    }
  }

  private void forget(Instant now) {
    if (newest == null) {
      return;
    }
    Instant end = newest.seen().plus(newest.active() ? pace.revisions() : pace.inactiveAccounts());
    if (!now.isBefore(end)) {
      newest = null;
      endRun(end);
    }
  }

  private void endRun(Instant until) {
    if (deletedSince != null) {
      runs.add(new Run(deletedSince, until));
      deletedSince = null;
    }
  }

  /** Whether its posts are not to be seen. */
  boolean hides(Instant now) {
    forget(now);
    return newest != null && !newest.active();
  }

  /**
   * Whether a post is gone for good because its author has been deleted for long enough.
   *
   * @param since when the post came
   */
  boolean hasTaken(Instant since, Instant now) {
    forget(now);
    return runs.stream().anyMatch(run -> takes(run, since))
        || (deletedSince != null && takes(new Run(deletedSince, now), since));
  }

  private boolean takes(Run run, Instant since) {
    Instant hidden = run.since().isAfter(since) ? run.since() : since;
    return !run.until().isBefore(hidden.plus(pace.deletedAccounts()));
  }
}
