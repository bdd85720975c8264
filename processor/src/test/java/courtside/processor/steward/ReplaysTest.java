package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReplaysTest {
  private static final FeedVersion CANDIDATE = FeedVersion.of("nba", "two");
  private static final Instant AT = Instant.parse("2026-11-24T12:00:00Z");

  private final AtomicLong now = new AtomicLong(5);
  private Instant clock = AT;
  private final Replays replays = new Replays(Duration.ofSeconds(10), now::get, () -> clock);
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private List<Long> ends = List.of(10L, 0L);
  private int versions = 2;

  @Test
  void isCaughtUpAfterKeepingUpForAWhile() {
    status(0, 10, 10);
    status(1, 0, 0);

    assertThat(caughtUp()).isEmpty();
    look(Duration.ofSeconds(10));
    assertThat(caughtUp()).containsExactly(CANDIDATE);
  }

  @Test
  void isNotCaughtUpWhileAPartitionSaysNothing() {
    status(0, 10, 10);

    caughtUp();
    look(Duration.ofMinutes(1));
    assertThat(caughtUp()).isEmpty();
  }

  @Test
  void mustPassTheEndsOfWhenItCameAndNoLaterOnes() {
    status(0, 9, 9);
    status(1, 0, 0);
    caughtUp();
    look(Duration.ofMinutes(1));
    assertThat(caughtUp()).isEmpty();

    // when: it passes the end noted first, while the log has grown and it follows closely
    ends = List.of(1_000L, 1_000L);
    status(0, 11, 1_000);
    caughtUp();
    look(Duration.ofSeconds(10));
    assertThat(caughtUp()).containsExactly(CANDIDATE);
  }

  @Test
  void beginsToWaitAnewOnceBehind() {
    status(0, 10, 10);
    status(1, 0, 0);
    caughtUp();
    look(Duration.ofSeconds(9));
    statuses.put(CANDIDATE.statusKey(0), new FeedStatus(AT, 10, 20, AT.minusMillis(2_001), 0, 0));
    assertThat(caughtUp()).isEmpty();

    status(0, 20, 20);
    caughtUp();
    look(Duration.ofSeconds(9));
    assertThat(caughtUp()).isEmpty();
  }

  @Test
  void isNotCaughtUpOnceItFallsSilent() {
    // given: one that has read everything, and whose application then ends
    status(0, 10, 10);
    status(1, 0, 0);
    caughtUp();
    look(Duration.ofMinutes(1));
    clock = AT.plusSeconds(5);
    assertThat(caughtUp()).containsExactly(CANDIDATE);

    // when, then
    clock = AT.plusSeconds(5).plusMillis(1);
    assertThat(caughtUp()).isEmpty();

    // and: it has to keep up anew once it speaks again
    statuses.replaceAll((_, status) ->
        new FeedStatus(clock, status.position(), status.end(), clock, status.read(), 0));
    assertThat(caughtUp()).isEmpty();
    look(Duration.ofSeconds(10));
    assertThat(caughtUp()).containsExactly(CANDIDATE);
  }

  @Test
  void mayBeSilentAsLongAsManyVersionsTakeTurns() {
    versions = 10_000;
    status(0, 10, 10);
    status(1, 0, 0);
    caughtUp();
    look(Duration.ofMinutes(1));

    clock = AT.plusSeconds(15);
    assertThat(caughtUp()).containsExactly(CANDIDATE);
    clock = AT.plusSeconds(16);
    assertThat(caughtUp()).isEmpty();
  }

  @Test
  void beginsToWaitAnewWhereNobodyLooked() {
    status(0, 10, 10);
    status(1, 0, 0);
    caughtUp();
    look(Duration.ofSeconds(9));

    // when: the process was frozen, and everything looks well again
    now.addAndGet(Duration.ofMillis(2_001).toNanos());
    assertThat(caughtUp()).isEmpty();
    look(Duration.ofSeconds(9));
    assertThat(caughtUp()).isEmpty();
    look(Duration.ofSeconds(1));
    assertThat(caughtUp()).containsExactly(CANDIDATE);
  }

  /** Lets time pass, looking every second. */
  private void look(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      caughtUp();
    }
  }

  private Set<FeedVersion> caughtUp() {
    return replays.caughtUp(List.of(CANDIDATE), versions, statuses, () -> ends);
  }

  private void status(int partition, long position, long end) {
    statuses.put(
        CANDIDATE.statusKey(partition), new FeedStatus(AT, position, end, AT, position, 0));
  }
}
