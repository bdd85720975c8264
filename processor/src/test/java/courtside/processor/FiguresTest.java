package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.processor.set.SetStage;
import courtside.processor.streams.Lag;
import courtside.processor.streams.Phase;
import courtside.processor.streams.Restoring;
import courtside.processor.streams.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FiguresTest {
  private static final Lag NOTHING = new Lag(0, OptionalDouble.of(0));

  @Test
  void saysHowFarEachStageIsBehind() {
    Map<String, Double> figures =
        Figures.of(
            stage(12, new Lag(7, OptionalDouble.of(1.5))),
            true,
            List.of(
                set("a", stage(3, new Lag(100, OptionalDouble.of(2)))),
                set("b", stage(4, new Lag(10, OptionalDouble.of(30))))));

    assertThat(figures)
        .containsEntry("frames_lag", 7.0)
        .containsEntry("frames_lag_seconds", 1.5)
        .containsEntry("posts_lag", 100.0)
        .containsEntry("posts_lag_seconds", 30.0)
        .containsEntry("extract_tasks", 12.0)
        .containsEntry("feed_tasks", 7.0)
        .containsEntry("sets", 2.0)
        .containsEntry("restore_remaining", 0.0);
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    Stage unknown = stage(0, null);
    Stage since = stage(1, new Lag(5, OptionalDouble.empty()));

    assertThat(Figures.of(unknown, true, List.of(set("a", unknown), set("b", stage(1, NOTHING)))))
        .doesNotContainKeys("frames_lag", "frames_lag_seconds", "posts_lag", "posts_lag_seconds");
    assertThat(Figures.of(since, true, List.of(set("a", stage(1, NOTHING)), set("b", since))))
        .containsEntry("frames_lag", 5.0)
        .containsEntry("posts_lag", 5.0)
        .doesNotContainKeys("frames_lag_seconds", "posts_lag_seconds");
    // Sets that may be there have read nothing.
    assertThat(Figures.of(since, false, List.of())).doesNotContainKey("posts_lag");
    assertThat(Figures.of(since, true, List.of()))
        .containsEntry("posts_lag", 0.0)
        .containsEntry("posts_lag_seconds", 0.0);
  }

  @Test
  void addsUpWhatIsRestored() {
    Stage restoring =
        new Stage(
            "some", Phase.RESTORING, 1, 2, Optional.of(new Restoring(10, 50)), Optional.empty());

    assertThat(
            Figures.of(stage(1, NOTHING), true, List.of(set("a", restoring), set("b", restoring))))
        .containsEntry("restore_remaining", 80.0)
        .containsEntry("standby_tasks", 4.0);
  }

  @Test
  void saysOfSomeSetsHowMuchTheyMatch() {
    List<SetStage> sets =
        IntStream.range(0, 1_000)
            .mapToObj(i ->
                new SetStage(
                    "s%04d".formatted(999 - i),
                    List.of(),
                    stage(1, NOTHING),
                    i == 999 ? OptionalDouble.empty() : OptionalDouble.of(0.25)))
            .toList();

    assertThat(Figures.of(stage(1, NOTHING), true, sets))
        .containsEntry("match_rate_s0001", 0.25)
        .containsEntry("match_rate_s0019", 0.25)
        .doesNotContainKeys("match_rate_s0000", "match_rate_s0020");
  }

  private static Stage stage(int tasks, @Nullable Lag lag) {
    return new Stage("some", Phase.SETTLED, tasks, 0, Optional.empty(), Optional.ofNullable(lag));
  }

  private static SetStage set(String id, Stage stage) {
    return new SetStage(id, List.of(), stage, OptionalDouble.empty());
  }
}
