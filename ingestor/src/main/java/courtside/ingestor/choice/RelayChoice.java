package courtside.ingestor.choice;

import courtside.ingestor.relay.RelayAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which relay is read. The list is in the order of preference. A relay is left when it
 * cannot be reached, or when its frames are late and another's are not; the first of the list is
 * taken back once it has been seen well for a while. What is late because this process reads an old
 * part of the stream, or because Kafka is slow, is never the relay's fault.
 *
 * <p>Times are {@link System#nanoTime} values. Confined to one thread.
 */
public final class RelayChoice {
  /** What gains less than this part of the time that passes is not catching up. */
  private static final int LEAST_GAIN = 20;

  private final List<RelayAddress> relays;
  private final ChoiceSettings settings;
  private final Map<String, Probes> probes = new HashMap<>();
  private RelayAddress current;
  private Optional<Late> late = Optional.empty();

  /**
   * What probes of one relay found: how late its frames are, and how often in a row it was well.
   */
  private record Probes(Optional<Duration> lag, int healthy) {
    static final Probes NONE = new Probes(Optional.empty(), 0);
  }

  /** Since when the frames are late, and how late they were then. */
  private record Late(long since, Duration lag) {}

  /**
   * Another relay is to be read.
   *
   * @param why for people
   * @param forced whether the current one cannot be read at all; otherwise there is time to find
   *     out where to begin
   */
  public record Switch(RelayAddress to, String why, boolean forced) {}

  /**
   * Begins with one of the relays.
   *
   * @param relays in the order of preference, not empty, no name twice
   */
  public RelayChoice(List<RelayAddress> relays, ChoiceSettings settings, RelayAddress current) {
    this.relays = List.copyOf(relays);
    this.settings = settings;
    this.current = current;
  }

  /** The relay that is read. */
  public RelayAddress current() {
    return current;
  }

  /** The relays that are not read. */
  public List<RelayAddress> others() {
    return relays.stream().filter(relay -> !relay.equals(current)).toList();
  }

  /**
   * A relay that is not read was looked at.
   *
   * @param lag how far its frames were behind the clock; empty where it could not be read
   */
  public void probed(String relay, Optional<Duration> lag) {
    boolean healthy = lag.filter(this::isTimely).isPresent();
    int before = probes.getOrDefault(relay, Probes.NONE).healthy();
    probes.put(relay, new Probes(lag, healthy ? before + 1 : 0));
  }

  /**
   * Whether to read another relay now; the choice stays until {@link #switched}.
   *
   * @param failedAttempts of the current relay, since its data last flowed
   * @param lag how far its frames are behind the clock, by their median
   * @param held whether this process itself holds the stream back
   */
  public Optional<Switch> decide(
      int failedAttempts, Optional<Duration> lag, boolean held, long now) {
    if (relays.size() == 1) {
      return Optional.empty();
    }
    if (failedAttempts >= settings.failedAttempts()) {
      return Optional.of(
          new Switch(
              next(), failedAttempts + " attempts to read " + current.name() + " failed", true));
    }
    RelayAddress preferred = relays.getFirst();
    if (!current.equals(preferred)
        && probes.getOrDefault(preferred.name(), Probes.NONE).healthy()
            >= settings.healthyProbes()) {
      return Optional.of(new Switch(preferred, preferred.name() + " is well again", false));
    }
    return isLate(lag, held, now) ? timely() : Optional.empty();
  }

  /** The other relay is read now. */
  public void switched(RelayAddress to) {
    current = to;
    late = Optional.empty();
    // What was seen of a relay before it was read says nothing of it after.
    probes.clear();
  }

  private RelayAddress next() {
    return relays.get((relays.indexOf(current) + 1) % relays.size());
  }

  private boolean isLate(Optional<Duration> lag, boolean held, long now) {
    if (held || lag.isEmpty() || isTimely(lag.get())) {
      late = Optional.empty();
      return false;
    }
    if (late.isEmpty()) {
      late = Optional.of(new Late(now, lag.get()));
      return false;
    }
    Duration passed = Duration.ofNanos(now - late.get().since());
    if (passed.compareTo(settings.lagFor()) < 0) {
      return false;
    }
    Duration gained = late.get().lag().minus(lag.get());
    if (gained.compareTo(passed.dividedBy(LEAST_GAIN)) > 0) {
      // Catching up: the relay sends faster than the network goes on.
      late = Optional.of(new Late(now, lag.get()));
      return false;
    }
    return true;
  }

  /** The most preferred of the others whose frames were not late when it was last looked at. */
  private Optional<Switch> timely() {
    return others().stream()
        .filter(relay ->
            probes.getOrDefault(relay.name(), Probes.NONE).lag().filter(this::isTimely).isPresent())
        .findFirst()
        .map(relay ->
            new Switch(
                relay,
                "the frames of "
                    + current.name()
                    + " are more than "
                    + settings.lagLimit().toSeconds()
                    + " s late, those of "
                    + relay.name()
                    + " are not",
                false));
  }

  private boolean isTimely(Duration lag) {
    return lag.compareTo(settings.lagLimit()) <= 0;
  }
}
