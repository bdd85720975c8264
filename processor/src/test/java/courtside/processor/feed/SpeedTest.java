package courtside.processor.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class SpeedTest {
  private final Speed speed = new Speed();

  @Test
  void isKnownFromTheSecondLookOn() {
    assertThat(speed.look(100, 1_000)).isEmpty();
    assertThat(speed.look(300, 3_000)).hasValue(100);
    speed.forget();
    assertThat(speed.look(9_000, 4_000)).isEmpty();
  }

  @Test
  void followsWhatHappenedLately() {
    long now = 0;
    long position = 0;
    speed.look(position, now);
    for (int second = 0; second < 20; second++) {
      speed.look(position += 1_000, now += 1_000);
    }
    double last = 0;
    for (int second = 0; second < 20; second++) {
      last = speed.look(position += 10, now += 1_000).orElseThrow();
    }
    assertThat(last).isCloseTo(10, Percentage.withPercentage(20));
  }

  @Test
  void passesOverAClockThatStandsOrGoesBack() {
    speed.look(0, 1_000);
    assertThat(speed.look(50, 1_000)).isEmpty();
    assertThat(speed.look(50, 500)).isEmpty();
    assertThat(speed.look(50, 2_000)).hasValue(50);
  }
}
