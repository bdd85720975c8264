package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class AlarmTest {
  private final Alarm alarm = new Alarm(0.25);

  private boolean look(double share) {
    return alarm.look(OptionalDouble.of(share));
  }

  @Test
  void alarmsBelowTheShareOnceItHadEnough() {
    assertThat(look(0.9)).isFalse();
    assertThat(look(0.25)).isFalse();
    assertThat(look(0.24)).isTrue();
    assertThat(look(0.10)).isTrue();
    // It catches up, and has not yet.
    assertThat(look(0.20)).isTrue();
    assertThat(look(0.25)).isFalse();
  }

  @Test
  void havingReadAllIsEnough() {
    assertThat(alarm.look(OptionalDouble.empty())).isFalse();
    assertThat(look(0.1)).isTrue();
    assertThat(alarm.look(OptionalDouble.empty())).isFalse();
  }

  @Test
  void whoBeginsWithNothingLeftIsGivenTimeWhileItBecomesMore() {
    assertThat(look(0.00)).isFalse();
    assertThat(look(0.01)).isFalse();
    assertThat(look(0.02)).isFalse();
    assertThat(look(0.02)).isTrue();
    assertThat(look(0.01)).isTrue();
    assertThat(look(0.03)).isFalse();
    assertThat(look(0.30)).isFalse();
    assertThat(look(0.20)).isTrue();
  }

  @Test
  void whoDoesNotBeginAlarms() {
    assertThat(look(0.1)).isFalse();
    assertThat(look(0.1)).isTrue();
  }
}
