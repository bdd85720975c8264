package courtside.ingestor.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MessageProgressTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int LEAST = 10_000;

  private final MessageProgress progress = new MessageProgress(ProgressSettings.DEFAULT);

  @Test
  void bytesAtTheLeastRateHoldOffTheVerdictAndSlowerOnesDoNot() {
    for (long second = 0; second < 30; second++) {
      assertThat(progress.payload(LEAST, second * SECOND)).isEqualTo((second + 1) * SECOND);
    }
    progress.finished();
    for (long second = 30; second < 60; second++) {
      assertThat(progress.payload(LEAST - 1, second * SECOND)).isLessThan((second + 1) * SECOND);
    }
  }

  @Test
  void aByteASecondIsSilence() {
    for (long second = 0; second < 100; second++) {
      assertThat(progress.payload(1, second * SECOND)).isLessThan(second * SECOND + SECOND / 1_000);
    }
  }

  @Test
  void hasteMakesUpForAPauseOfAtMostTheWindow() {
    assertThat(progress.payload(3 * LEAST, 0)).isEqualTo(3 * SECOND);
    assertThat(progress.payload(Integer.MAX_VALUE, SECOND)).isEqualTo(21 * SECOND);
  }

  @Test
  void whatWasEarnedBeforeAPauseThatWasTooLongIsGone() {
    assertThat(progress.payload(LEAST, 0)).isEqualTo(SECOND);
    assertThat(progress.payload(LEAST, 30 * SECOND)).isEqualTo(31 * SECOND);
  }

  @Test
  void oneMessageHoldsItOffForAMinuteAndTheNextBeginsAnew() {
    for (long second = 0; second < 100; second++) {
      assertThat(progress.payload(100 * LEAST, second * SECOND))
          .isEqualTo(Math.min(second + 20, 60) * SECOND);
    }
    assertThat(progress.isUnderWay()).isTrue();
    progress.finished();
    assertThat(progress.isUnderWay()).isFalse();
    assertThat(progress.payload(LEAST, 100 * SECOND)).isEqualTo(101 * SECOND);
  }

  @Test
  void worksWhereTheClockOfTheMachineWrapsAround() {
    long start = Long.MAX_VALUE - SECOND;
    for (long second = 0; second < 60; second++) {
      assertThat(progress.payload(LEAST, start + second * SECOND) - start)
          .isEqualTo((second + 1) * SECOND);
    }
    assertThat(progress.payload(LEAST, start + 70 * SECOND) - start).isEqualTo(60 * SECOND);
  }

  @Test
  void noBytesBuyNothingAndFewerAreRefused() {
    assertThat(progress.payload(0, 7)).isEqualTo(7);
    assertThatThrownBy(() -> progress.payload(-1, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new ProgressSettings(0, second, second))
        .hasMessageContaining("leastBytesPerSecond must be at least 1");
    assertThatThrownBy(() -> new ProgressSettings(1, Duration.ZERO, second))
        .hasMessageContaining("window must be from");
    assertThatThrownBy(() -> new ProgressSettings(1, second, Duration.ofDays(366)))
        .hasMessageContaining("longest must be from");
  }
}
