package courtside.feedapi.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Incident.Kind;
import courtside.eventlog.status.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class BoardsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  private final Boards boards = new Boards(() -> NOW);

  @Test
  void keepsTheLastMinutesAndOfASecondWhatTheOneWithFramesSays() {
    hear(ingestor("a", NOW.minus(BeatHistory.KEPT), 0.1));
    hear(ingestor("a", NOW.minusSeconds(1), 0.1));
    hear(ingestor("b", NOW.minusSeconds(1), 30));
    hear(ingestor("b", NOW, 31));
    hear(ingestor("a", NOW, 0.2));

    assertThat(boards.beats().seconds())
        .containsExactly(second(NOW.minusSeconds(1), 0.1), second(NOW, 0.2));
  }

  @Test
  void takesNoBeatOfWhoDoesNotReadAndNoneFromTheFuture() {
    hear(ingestor("a", NOW, 0.1));
    hear(ingestor("a", NOW.plus(Duration.ofDays(1)), 0.1));
    hear(ingestor("a", NOW.minusSeconds(1), Double.NaN));
    hear(status("ingestor", "standby", NOW.minusSeconds(1), Map.of()));
    hear(status("processor", "p", NOW.minusSeconds(1), Map.of("seconds_since_last_frame", 1.0)));

    assertThat(boards.beats().seconds()).containsExactly(second(NOW, 0.1));
  }

  @Test
  void saysWhetherAllThatWasBeforeIsKnown() {
    hear(ingestor("a", NOW, 0.1));
    assertThat(boards.beats().readings()).isZero();
    boards.beats().complete();
    boards.clear();
    assertThat(boards.beats().readings()).isEqualTo(1);
    assertThat(boards.beats().seconds()).isEmpty();
  }

  @Test
  void keepsNumbersThatWerePassedOverFromPushingOutAFault() {
    boards.incidents().add(incident(Kind.STALL));
    boards.incidents().add(incident(Kind.RECONNECT));
    for (int n = 0; n < 100; n++) {
      boards.incidents().add(incident(Kind.SKIPPED_NUMBERS));
    }
    boards.incidents().add(incident(Kind.GAP));

    assertThat(boards.incidents().newest())
        .extracting(Incident::kind)
        .containsExactly(
            Kind.GAP,
            Kind.SKIPPED_NUMBERS,
            Kind.SKIPPED_NUMBERS,
            Kind.SKIPPED_NUMBERS,
            Kind.RECONNECT,
            Kind.STALL);
  }

  @Test
  void addsUpWhatThePartitionsSayAndForgetsWhatIsTakenBack() {
    FeedVersion version = FeedVersion.of("nba", "v1");
    boards.replays().put(version.statusKey(0), Optional.of(feedStatus(20)));
    boards.replays().put(version.statusKey(1), Optional.of(feedStatus(60)));
    boards.replays().put(version.statusKey(1), Optional.of(feedStatus(80)));

    assertThat(boards.replays().progress(version).orElseThrow().percent()).isEqualTo(50);
    boards.replays().put(version.statusKey(0), Optional.empty());
    assertThat(boards.replays().progress(version).orElseThrow().percent()).isEqualTo(80);
    boards.replays().put(version.statusKey(1), Optional.empty());
    assertThat(boards.replays().progress(version)).isEmpty();
    assertThatThrownBy(() -> boards.replays().put("nba/v1/1200", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void areBounded() {
    for (int n = 0; n < 30_000; n++) {
      boards.replays().put("feed" + n + "/v1/0", Optional.of(feedStatus(1)));
      boards.incidents().add(incident(Kind.STALL));
      hear(ingestor("a", NOW.minusSeconds(30_000 - n), 0.1));
      boards.services().put(status("processor", "p" + n, NOW, Map.of()), NOW.plusSeconds(n));
    }

    assertThat(boards.replays().progress(FeedVersion.of("feed0", "v1"))).isEmpty();
    assertThat(boards.replays().progress(FeedVersion.of("feed29999", "v1"))).isPresent();
    assertThat(boards.incidents().newest()).hasSize(IncidentBoard.MOST);
    assertThat(boards.beats().seconds()).hasSize((int) BeatHistory.KEPT.toSeconds());
    assertThat(boards.services().said()).hasSize(StatusBoard.INSTANCES);
  }

  private void hear(ServiceStatus status) {
    boards.beats().add(status, status.at());
  }

  private static ServiceStatus ingestor(String instance, Instant at, double silence) {
    return status(
        "ingestor",
        instance,
        at,
        Map.of("seconds_since_last_frame", silence, "frames_per_second", 40.0));
  }

  private static ServiceStatus status(
      String service, String instance, Instant at, Map<String, Double> figures) {
    return new ServiceStatus(
        service, instance, at, true, "state", List.of(), figures, Optional.empty());
  }

  private static BeatHistory.Second second(Instant at, double silence) {
    return new BeatHistory.Second(
        at.getEpochSecond(), silence, OptionalDouble.of(40), OptionalDouble.empty());
  }

  private static Incident incident(Kind kind) {
    return new Incident(
        kind, "relay", NOW, OptionalLong.empty(), OptionalLong.empty(), "found", "done");
  }

  private static FeedStatus feedStatus(long position) {
    return new FeedStatus(
        NOW,
        position,
        100,
        NOW.minusSeconds(60),
        0,
        0,
        OptionalLong.of(0),
        OptionalDouble.of(5),
        Optional.empty());
  }
}
