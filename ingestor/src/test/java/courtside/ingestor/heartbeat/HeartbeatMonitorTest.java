package courtside.ingestor.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.ingestor.heartbeat.HeartbeatMonitor.Verdict;
import courtside.ingestor.heartbeat.HeartbeatSettings.Mode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HeartbeatMonitorTest {
  private static final long SECOND = 1_000_000_000L;

  private static HeartbeatMonitor monitor(Mode mode) {
    return new HeartbeatMonitor(
        new HeartbeatSettings(Duration.ofSeconds(20), Duration.ofSeconds(10), 2, mode), 0);
  }

  @Test
  void isAliveWhileBeatsCome() {
    HeartbeatMonitor monitor = monitor(Mode.DEADLINE);
    for (long second = 1; second < 100; second++) {
      assertThat(monitor.beat(second * SECOND)).isZero();
      assertThat(monitor.check(second * SECOND)).isInstanceOf(Verdict.Alive.class);
    }
  }

  @Test
  void byDeadlineWarnsOnceAndDetectsAtTheTimeoutItself() {
    HeartbeatMonitor monitor = monitor(Mode.DEADLINE);
    long now = 0;
    for (int look = 1; look <= 3; look++) {
      now = monitor.nextCheck(now);
      assertThat(now).isEqualTo(look * 5L * SECOND);
      assertThat(monitor.check(now)).isInstanceOf(Verdict.Alive.class);
    }
    now = monitor.nextCheck(now);
    assertThat(now).isBetween(15 * SECOND, 15 * SECOND + 1);
    assertThat(monitor.check(now)).isInstanceOf(Verdict.MayBeStalling.class);
    assertThat(monitor.check(now + SECOND)).isInstanceOf(Verdict.Alive.class);
    now = monitor.nextCheck(now + SECOND);
    assertThat(now).isEqualTo(20 * SECOND);
    assertThat(monitor.check(now)).isInstanceOf(Verdict.Dead.class);
  }

  @Test
  void periodicallyCountsTimeoutsAndDetectsAtTheSecond() {
    HeartbeatMonitor monitor = monitor(Mode.PERIODIC);
    assertThat(monitor.nextCheck(0)).isEqualTo(10 * SECOND);
    assertThat(monitor.check(11 * SECOND)).isInstanceOf(Verdict.Alive.class);
    // A check that came late does not move the ones after it.
    assertThat(monitor.nextCheck(11 * SECOND)).isEqualTo(20 * SECOND);
    assertThat(monitor.check(21 * SECOND))
        .isEqualTo(new Verdict.TimedOut(Duration.ofSeconds(21), 1));
    assertThat(monitor.check(28 * SECOND)).isEqualTo(new Verdict.Dead(Duration.ofSeconds(28), 2));
  }

  @Test
  void periodicallyIsDeadAtOnceWhenSeverelyDelayed() {
    HeartbeatMonitor monitor = monitor(Mode.PERIODIC);
    var _ = monitor.check(15 * SECOND);
    assertThat(monitor.check(31 * SECOND)).isEqualTo(new Verdict.Dead(Duration.ofSeconds(31), 1));
  }

  @Test
  void aLateBeatIsToldAndBeginsTheCountAnew() {
    HeartbeatMonitor monitor = monitor(Mode.PERIODIC);
    var _ = monitor.check(11 * SECOND);
    assertThat(monitor.check(21 * SECOND)).isInstanceOf(Verdict.TimedOut.class);
    assertThat(monitor.beat(22 * SECOND)).isEqualTo(Duration.ofSeconds(22));
    assertThat(monitor.check(41 * SECOND)).isInstanceOf(Verdict.MayBeStalling.class);
    assertThat(monitor.check(43 * SECOND))
        .isEqualTo(new Verdict.TimedOut(Duration.ofSeconds(21), 1));
  }

  @Test
  void worksWhereTheClockOfTheMachineWrapsAround() {
    long start = Long.MAX_VALUE - 5 * SECOND;
    HeartbeatMonitor monitor = new HeartbeatMonitor(HeartbeatSettings.DEFAULT, start);
    for (long second = 5; second <= 15; second += 5) {
      assertThat(monitor.check(start + second * SECOND)).isInstanceOf(Verdict.Alive.class);
    }
    assertThat(monitor.check(start + 20 * SECOND)).isInstanceOf(Verdict.Dead.class);
    assertThat(monitor.silence(start + 20 * SECOND)).isEqualTo(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @EnumSource
  void aWatcherThatSleptGrantsOnePeriodAndThenJudges(Mode mode) {
    HeartbeatMonitor monitor = monitor(mode);
    long period = mode == Mode.DEADLINE ? 5 : 10;
    assertThat(monitor.check(period * SECOND)).isInstanceOf(Verdict.Alive.class);
    // when: the process was stopped for a minute
    long now = (period + 60) * SECOND;
    assertThat(monitor.nextCheck(now)).isEqualTo(now);
    assertThat(monitor.check(now)).isEqualTo(new Verdict.Overslept(Duration.ofSeconds(60)));
    // then: no look before the period is over gives a verdict, and the one after it does
    assertThat(monitor.nextCheck(now)).isEqualTo(now + period * SECOND);
    assertThat(monitor.check(now + period * SECOND - 1)).isInstanceOf(Verdict.Alive.class);
    assertThat(monitor.check(now + period * SECOND)).isInstanceOf(Verdict.Dead.class);
  }

  @ParameterizedTest
  @EnumSource
  void twoPeriodsAreNoSleepAndAnyMoreAre(Mode mode) {
    long pause = 2L * (mode == Mode.DEADLINE ? 5 : 10) * SECOND;
    HeartbeatMonitor awake = monitor(mode);
    long now = awakeFor(15, awake);
    assertThat(awake.check(now + pause)).isNotInstanceOf(Verdict.Overslept.class);
    HeartbeatMonitor asleep = monitor(mode);
    now = awakeFor(15, asleep);
    assertThat(asleep.check(now + pause + 1)).isInstanceOf(Verdict.Overslept.class);
  }

  private static long awakeFor(long seconds, HeartbeatMonitor monitor) {
    for (long second = 1; second <= seconds; second++) {
      assertThat(monitor.check(second * SECOND)).isInstanceOf(Verdict.Alive.class);
    }
    return seconds * SECOND;
  }

  @ParameterizedTest
  @EnumSource
  void thereIsNoVerdictBeforeTheWatcherWasAwakeForAPeriod(Mode mode) {
    HeartbeatMonitor monitor = monitor(mode);
    long now = 0;
    for (int sleep = 0; sleep < 5; sleep++) {
      now += 60 * SECOND;
      assertThat(monitor.check(now)).isEqualTo(new Verdict.Overslept(Duration.ofSeconds(60)));
    }
    now = monitor.nextCheck(now);
    assertThat(monitor.check(now)).isInstanceOf(Verdict.Dead.class);
  }

  @ParameterizedTest
  @EnumSource
  void noVerdictComesWhileItIsHeldOffAndOneComesAfter(Mode mode) {
    HeartbeatMonitor monitor = monitor(mode);
    monitor.holdOff(45 * SECOND);
    monitor.holdOff(30 * SECOND);
    long now = 0;
    Verdict verdict = new Verdict.Alive();
    while (!(verdict instanceof Verdict.Dead)) {
      assertThat(now).isLessThanOrEqualTo(50 * SECOND);
      now = monitor.nextCheck(now);
      verdict = monitor.check(now);
    }
    assertThat(now).isEqualTo(45 * SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void aDripJustBeforeEachCheckHoldsOffNothing(Mode mode) {
    HeartbeatMonitor monitor = monitor(mode);
    long now = 0;
    Verdict verdict = new Verdict.Alive();
    while (!(verdict instanceof Verdict.Dead)) {
      assertThat(now).isLessThanOrEqualTo(40 * SECOND);
      now = monitor.nextCheck(now);
      if (now % SECOND == 0) {
        // A byte of a message buys a ten-thousandth of a second.
        monitor.holdOff(now + 100_000);
      }
      verdict = monitor.check(now);
    }
    assertThat(now)
        .isEqualTo(mode == Mode.DEADLINE ? 20 * SECOND + 100_000 : 30 * SECOND + 100_000);
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    for (Duration wrong :
        new Duration[] {
          Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(366)
        }) {
      assertThatThrownBy(
              () -> new HeartbeatSettings(wrong, Duration.ofSeconds(1), 1, Mode.DEADLINE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("timeout must be from")
          .hasMessageContaining(wrong.toString());
      assertThatThrownBy(
              () -> new HeartbeatSettings(Duration.ofSeconds(1), wrong, 1, Mode.DEADLINE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("checkPeriod must be from");
    }
    assertThatThrownBy(() ->
            new HeartbeatSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 0, Mode.PERIODIC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1, but is 0");
  }

  @Test
  void scalesEveryTime() {
    assertThat(HeartbeatSettings.DEFAULT.scaled(0.1))
        .isEqualTo(
            new HeartbeatSettings(Duration.ofSeconds(2), Duration.ofSeconds(1), 2, Mode.DEADLINE));
  }
}
