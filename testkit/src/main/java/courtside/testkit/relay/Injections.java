package courtside.testkit.relay;

import courtside.testkit.relay.fault.Cue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What is still to be committed, in the order in which it was injected. Thread-safe. */
final class Injections {
  // Both guarded by this.
  private final List<Injection> armed = new ArrayList<>();
  private final Set<Injection> taken = new HashSet<>();

  synchronized void add(Injection injection) {
    armed.add(injection);
  }

  /**
   * The first that is due. One that is committed once is nobody else's until it is {@link #settle
   * settled}.
   */
  synchronized Optional<Injection> take(Predicate<Injection> due) {
    armed.removeIf(Injection::cancelled);
    Optional<Injection> first =
        armed.stream().filter(injection -> !taken.contains(injection)).filter(due).findFirst();
    first.filter(Injections::isOnce).ifPresent(taken::add);
    return first;
  }

  /** Ends what {@link #take} began: one that found nothing to be committed on waits again. */
  synchronized void settle(Injection injection, boolean fired) {
    taken.remove(injection);
    if (fired && isOnce(injection)) {
      armed.remove(injection);
    }
  }

  private static boolean isOnce(Injection injection) {
    return injection.cue().place() != Cue.Place.EVERY_CONNECTION;
  }
}
