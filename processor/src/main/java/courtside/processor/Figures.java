package courtside.processor;

import courtside.processor.set.SetStage;
import courtside.processor.streams.Lag;
import courtside.processor.streams.Restoring;
import courtside.processor.streams.Stage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a processor's stages do, in figures. One that is not known is left out: 0 would say that all
 * was read.
 */
final class Figures {
  /** Sets that have a figure of their own: each second all are written. */
  private static final int SETS = 20;

  private Figures() {}

  /**
   * Gathers them.
   *
   * @param setsRead whether it is known which sets there are
   */
  static Map<String, Double> of(Stage extract, boolean setsRead, List<SetStage> sets) {
    Map<String, Double> figures = new HashMap<>();
    putLag(figures, "frames_lag", extract.lag());
    if (setsRead) {
      putLag(figures, "posts_lag", furthestBehind(sets));
    }
    figures.put("extract_tasks", (double) extract.tasks());
    figures.put("feed_tasks", (double) sets.stream().mapToInt(set -> set.stage().tasks()).sum());
    figures.put(
        "standby_tasks", (double) sets.stream().mapToInt(set -> set.stage().standby()).sum());
    figures.put("sets", (double) sets.size());
    figures.put(
        "restore_remaining",
        (double)
            sets.stream()
                .flatMap(set -> set.stage().restoring().stream())
                .mapToLong(Restoring::remaining)
                .sum());
    sets.stream()
        .sorted(Comparator.comparing(SetStage::set))
        .limit(SETS)
        .forEach(
            set -> set.matchRate().ifPresent(rate -> figures.put("match_rate_" + set.set(), rate)));
    return figures;
  }

  private static void putLag(Map<String, Double> figures, String name, Optional<Lag> lag) {
    lag.ifPresent(known -> {
      figures.put(name, (double) known.events());
      known.seconds().ifPresent(seconds -> figures.put(name + "_seconds", seconds));
    });
  }

  /** The most events and the most seconds, which need not be of the same set. */
  private static Optional<Lag> furthestBehind(List<SetStage> sets) {
    long events = 0;
    OptionalDouble seconds = OptionalDouble.of(0);
    for (SetStage set : sets) {
      Optional<Lag> lag = set.stage().lag();
      if (lag.isEmpty()) {
        return Optional.empty();
      }
      events = Math.max(events, lag.get().events());
      OptionalDouble those = lag.get().seconds();
      seconds =
          seconds.isEmpty() || those.isEmpty()
              ? OptionalDouble.empty()
              : OptionalDouble.of(Math.max(seconds.getAsDouble(), those.getAsDouble()));
    }
    return Optional.of(new Lag(events, seconds));
  }
}
