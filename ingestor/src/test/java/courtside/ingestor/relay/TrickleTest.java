package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TrickleTest {
  private static final long SECOND = 1_000_000_000L;

  private final Trickle trickle = new Trickle(TrickleSettings.DEFAULT);
  private long now = Long.MAX_VALUE - 30 * SECOND;
  private int forced;

  /** Frames at that pace for that long, looked at as often as is asked. */
  private long send(double perSecond, long seconds) {
    long gap = (long) (SECOND / perSecond);
    long end = now + seconds * SECOND;
    long firstForced = -1;
    long begun = now;
    long frame = now + gap;
    while (true) {
      long look = trickle.nextLook();
      now = look - frame < 0 ? look : frame;
      if (now - end > 0) {
        now = end;
        return firstForced;
      }
      if (now == frame) {
        trickle.frame(now);
        frame += gap;
      } else if (trickle.look(now)) {
        forced++;
        firstForced = firstForced < 0 ? (now - begun) / SECOND : firstForced;
      }
    }
  }

  @Test
  void aRateBelowATwentiethForAMinuteForcesOneReconnectionInFiveMinutes() {
    trickle.begin(now);
    send(10, 700);
    assertThat(forced).isZero();
    assertThat(send(0.2, 200)).isBetween(60L, 71L);
    assertThat(forced).isEqualTo(1);
    // then: not again for five minutes, whatever comes, and once more while it is still unusual
    send(0.2, 150);
    assertThat(forced).isEqualTo(1);
    send(0.2, 30);
    assertThat(forced).isEqualTo(2);
  }

  @Test
  void aTwentiethIsEnough() {
    trickle.begin(now);
    send(10, 700);
    send(0.52, 600);
    assertThat(forced).isZero();
  }

  @Test
  void whatLastsBecomesUsual() {
    trickle.begin(now);
    send(10, 700);
    send(0.2, 3_600);
    assertThat(forced).isEqualTo(2);
  }

  @Test
  void nothingIsJudgedBeforeThereIsAPast() {
    trickle.begin(now);
    send(10, 500);
    send(0.1, 120);
    assertThat(forced).isZero();
  }

  @Test
  void aBacklogThatWasReadIsNoPastToBeMeasuredBy() {
    trickle.begin(now);
    // given: a small relay, whose backlog comes at once, and a large one, whose takes long
    send(1, 600);
    send(10_000, 20);
    send(1, 600);
    assertThat(forced).isZero();
    send(5_000, 900);
    send(25, 600);
    assertThat(forced).isZero();
  }

  @Test
  void timeThatWasNotTheRelaysDoesNotCount() {
    trickle.begin(now);
    send(10, 700);
    for (int pause = 0; pause < 20; pause++) {
      // when: this process takes nothing, sleeps, or has no connection
      now += 15 * SECOND;
      trickle.skip(now);
      send(10, 1);
      now += 300 * SECOND;
      assertThat(trickle.look(now)).isFalse();
      send(10, 1);
      now += 15 * SECOND;
      trickle.begin(now);
    }
    assertThat(forced).isZero();
  }

  @Test
  void aConnectionIsNotBlamedForTheOnesBefore() {
    trickle.begin(now);
    send(10, 700);
    for (int connection = 0; connection < 10; connection++) {
      trickle.begin(now);
      send(0.05, 59);
    }
    assertThat(forced).isZero();
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> new TrickleSettings(1, 20, minute, minute, minute))
        .hasMessageContaining("fraction must be");
    assertThatThrownBy(() -> new TrickleSettings(0.5, Double.NaN, minute, minute, minute))
        .hasMessageContaining("suspiciousBelow positive");
    assertThatThrownBy(() -> new TrickleSettings(0.5, 20, minute, Duration.ofDays(1), minute))
        .hasMessageContaining("usualOver 1 to 1000 times");
    assertThatThrownBy(() -> new TrickleSettings(0.5, 20, minute, minute, Duration.ZERO))
        .hasMessageContaining("between positive");
  }
}
