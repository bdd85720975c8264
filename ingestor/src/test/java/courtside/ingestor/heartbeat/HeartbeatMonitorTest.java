package courtside.ingestor.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.heartbeat.HeartbeatMonitor.Verdict;
import courtside.ingestor.heartbeat.HeartbeatSettings.Mode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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
    long now = monitor.nextCheck(0);
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
    assertThat(monitor.check(11 * SECOND)).isInstanceOf(Verdict.Alive.class);
    assertThat(monitor.nextCheck(11 * SECOND)).isEqualTo(21 * SECOND);
    assertThat(monitor.check(21 * SECOND))
        .isEqualTo(new Verdict.TimedOut(Duration.ofSeconds(21), 1));
    assertThat(monitor.check(28 * SECOND)).isEqualTo(new Verdict.Dead(Duration.ofSeconds(28), 2));
  }

  @Test
  void periodicallyIsDeadAtOnceWhenSeverelyDelayed() {
    HeartbeatMonitor monitor = monitor(Mode.PERIODIC);
    assertThat(monitor.check(31 * SECOND)).isEqualTo(new Verdict.Dead(Duration.ofSeconds(31), 1));
  }

  @Test
  void aLateBeatIsToldAndBeginsTheCountAnew() {
    HeartbeatMonitor monitor = monitor(Mode.PERIODIC);
    assertThat(monitor.check(21 * SECOND)).isInstanceOf(Verdict.TimedOut.class);
    assertThat(monitor.beat(22 * SECOND)).isEqualTo(Duration.ofSeconds(22));
    assertThat(monitor.check(43 * SECOND))
        .isEqualTo(new Verdict.TimedOut(Duration.ofSeconds(21), 1));
  }

  @Test
  void worksWhereTheClockOfTheMachineWrapsAround() {
    long start = Long.MAX_VALUE - 5 * SECOND;
    HeartbeatMonitor monitor = new HeartbeatMonitor(HeartbeatSettings.DEFAULT, start);
    assertThat(monitor.check(start + 14 * SECOND)).isInstanceOf(Verdict.Alive.class);
    assertThat(monitor.check(start + 20 * SECOND)).isInstanceOf(Verdict.Dead.class);
    assertThat(monitor.silence(start + 20 * SECOND)).isEqualTo(Duration.ofSeconds(20));
  }
}
