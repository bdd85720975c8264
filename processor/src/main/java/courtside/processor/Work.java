package courtside.processor;

import courtside.processor.set.SetStage;
import courtside.processor.streams.Phase;
import courtside.processor.streams.Restoring;
import courtside.processor.streams.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a processor's stages do together, judged from what each does. Immutable.
 *
 * @param failed whether nothing works here any more
 * @param state in one word
 * @param reasons why a stage does not work, in sentences
 */
record Work(boolean failed, String state, List<String> reasons) {
  /** Feeds that one sentence names: there may be thousands. */
  private static final int NAMED = 10;

  Work {
    reasons = List.copyOf(reasons);
  }

  /**
   * Judges.
   *
   * @param partFailed whether a part has failed without which nothing works
   * @param setsRead whether it is known which sets there are
   * @param sets those that run here, or have failed here
   */
  static Work of(boolean partFailed, Stage extract, boolean setsRead, List<SetStage> sets) {
    List<String> reasons = new ArrayList<>();
    sets.stream()
        .filter(set -> set.stage().phase() == Phase.FAILED)
        .map(Work::standsStill)
        .forEach(reasons::add);
    if (partFailed || extract.phase() == Phase.FAILED) {
      reasons.add("a part has failed without which nothing works; the log says why");
      return new Work(true, "failed", reasons);
    }
    // A set that has failed keeps no other from its work.
    List<Stage> stages = new ArrayList<>(List.of(extract));
    sets.stream()
        .map(SetStage::stage)
        .filter(stage -> stage.phase() != Phase.FAILED)
        .forEach(stages::add);
    sets.forEach(set -> set.stage().restoring().ifPresent(now -> reasons.add(restores(set, now))));
    boolean starting =
        !setsRead || stages.stream().anyMatch(stage -> stage.phase() == Phase.STARTING);
    if (starting) {
      reasons.add("waiting for the group of processors to say who does what");
    }
    if (stages.stream().anyMatch(stage -> stage.phase() == Phase.RESTORING)) {
      return new Work(false, "restoring", reasons);
    }
    if (starting) {
      return new Work(false, "starting", reasons);
    }
    boolean nothing = stages.stream().allMatch(stage -> stage.tasks() == 0);
    return new Work(false, nothing ? "standby" : "processing", reasons);
  }

  private static String restores(SetStage set, Restoring now) {
    return String.format(
        Locale.ROOT,
        "restoring the set %s: %,d of %,d offsets of its changelog",
        set.set(),
        now.done(),
        now.total());
  }

  private static String standsStill(SetStage set) {
    return "the set "
        + set.set()
        + " has failed here, and "
        + named(set.feeds())
        + " unless another processor has its partitions; the log says why, and a restart tries"
        + " again";
  }

  private static String named(List<String> feeds) {
    String names = feeds.stream().limit(NAMED).collect(Collectors.joining(", "));
    int others = feeds.size() - NAMED;
    if (others > 0) {
      names += String.format(Locale.ROOT, " and %,d more", others);
    }
    return switch (feeds.size()) {
      case 0 -> "what it removes stays";
      case 1 -> "its feed " + names + " stands still";
      default -> "its feeds " + names + " stand still";
    };
  }
}
