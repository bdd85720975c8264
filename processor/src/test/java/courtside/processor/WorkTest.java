package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.processor.set.SetStage;
import courtside.processor.streams.Phase;
import courtside.processor.streams.Restoring;
import courtside.processor.streams.Stage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkTest {
  private static final Stage EXTRACT =
      new Stage("extract", Phase.SETTLED, 12, 0, Optional.empty(), Optional.empty());
  private static final String WAITING = "waiting for the group of processors to say who does what";

  @Test
  void worksWhereAnyStageHasATask() {
    SetStage idle = set("a", Phase.SETTLED, 0);

    assertThat(of(EXTRACT, idle)).isEqualTo(new Work(false, "processing", List.of()));
    assertThat(of(stage(Phase.SETTLED, 0), set("a", Phase.SETTLED, 1)).state())
        .isEqualTo("processing");
    assertThat(of(stage(Phase.SETTLED, 0), idle)).isEqualTo(new Work(false, "standby", List.of()));
    assertThat(of(stage(Phase.SETTLED, 0)).state()).isEqualTo("standby");
  }

  @Test
  void startsUntilAllIsKnown() {
    Work starting = new Work(false, "starting", List.of(WAITING));

    assertThat(Work.of(false, EXTRACT, false, List.of())).isEqualTo(starting);
    assertThat(of(stage(Phase.STARTING, 0), set("a", Phase.SETTLED, 3))).isEqualTo(starting);
    assertThat(of(EXTRACT, set("a", Phase.SETTLED, 3), set("b", Phase.STARTING, 0)))
        .isEqualTo(starting);
  }

  @Test
  void aSetThatEndsKeepsNobodyWaiting() {
    assertThat(of(EXTRACT, set("a", Phase.SETTLED, 3), set("b", Phase.ENDING, 0)))
        .isEqualTo(new Work(false, "processing", List.of()));
  }

  @Test
  void saysHowFarASetIsRestored() {
    SetStage restoring =
        new SetStage(
            "b",
            List.of("nba"),
            new Stage(
                "some",
                Phase.RESTORING,
                2,
                0,
                Optional.of(new Restoring(12_345, 50_000)),
                Optional.empty()),
            OptionalDouble.empty());
    String reason = "restoring the set b: 12,345 of 50,000 offsets of its changelog";

    assertThat(of(EXTRACT, set("a", Phase.SETTLED, 3), restoring))
        .isEqualTo(new Work(false, "restoring", List.of(reason)));
    assertThat(of(stage(Phase.STARTING, 0), restoring))
        .isEqualTo(new Work(false, "restoring", List.of(reason, WAITING)));
    assertThat(of(stage(Phase.FAILED, 0), restoring).state()).isEqualTo("failed");
  }

  @Test
  void aSetThatHasFailedIsNotOneThatStarts() {
    Work work = of(EXTRACT, set("a", Phase.SETTLED, 3), set("b", Phase.FAILED, 0, "chat", "nba"));

    assertThat(work.failed()).isFalse();
    assertThat(work.state()).isEqualTo("processing");
    assertThat(work.reasons())
        .containsExactly(
            "the set b has failed here, and its feeds chat, nba stand still unless another"
                + " processor has its partitions; the log says why, and a restart tries again");
    // The rest decides, whatever that does.
    assertThat(of(stage(Phase.SETTLED, 0), set("b", Phase.FAILED, 0)).state()).isEqualTo("standby");
    Work starting = of(stage(Phase.STARTING, 0), set("b", Phase.FAILED, 0, "nba"));
    assertThat(starting.state()).isEqualTo("starting");
    assertThat(starting.reasons())
        .hasSize(2)
        .contains(WAITING)
        .anyMatch(reason -> reason.contains("its feed nba stands still"));
  }

  @Test
  void namesSomeOfThousandsOfFeeds() {
    String[] feeds = IntStream.range(0, 10_000).mapToObj(i -> "f" + i).toArray(String[]::new);

    assertThat(of(EXTRACT, set("b", Phase.FAILED, 0, feeds)).reasons())
        .singleElement()
        .asString()
        .contains("its feeds f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 9,990 more stand still");
  }

  @Test
  void hasFailedWhereExtractHas() {
    Work work = of(stage(Phase.FAILED, 0), set("a", Phase.SETTLED, 3));

    assertThat(work.failed()).isTrue();
    assertThat(work.state()).isEqualTo("failed");
    assertThat(work.reasons()).singleElement().asString().contains("nothing works");
    assertThat(Work.of(true, EXTRACT, true, List.of())).isEqualTo(work);
  }

  private static Work of(Stage extract, SetStage... sets) {
    return Work.of(false, extract, true, List.of(sets));
  }

  private static Stage stage(Phase phase, int tasks) {
    return new Stage("some", phase, tasks, 0, Optional.empty(), Optional.empty());
  }

  private static SetStage set(String id, Phase phase, int tasks, String... feeds) {
    return new SetStage(id, List.of(feeds), stage(phase, tasks), OptionalDouble.empty());
  }
}
