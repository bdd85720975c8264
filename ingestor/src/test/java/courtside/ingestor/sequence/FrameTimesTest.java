package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FrameTimesTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");

  private final FrameTimes times = new FrameTimes();

  private void add(int frames, Instant seenAt, Duration late) {
    for (int i = 0; i < frames; i++) {
      times.add(seenAt.minus(late), seenAt);
    }
  }

  @Test
  void knowsNothingBeforeTheFirst() {
    assertThat(times.median()).isEmpty();
    assertThat(times.lag()).isEmpty();
  }

  @Test
  void oneServersWrongClockIsNotBelieved() {
    add(10, NOW, Duration.ofSeconds(2));
    add(4, NOW, Duration.ofDays(30));
    add(5, NOW, Duration.ofDays(-30));
    assertThat(times.lag()).contains(Duration.ofSeconds(2));
    assertThat(times.median()).contains(NOW.minusSeconds(2));
  }

  @Test
  void aRelayThatHasLittleToSendIsNotLate() {
    // One frame in ten minutes: nearly all of them were made long ago, and none was late.
    for (int i = 0; i < 300; i++) {
      add(1, NOW.plus(Duration.ofMinutes(10L * i)), Duration.ofSeconds(1));
    }
    assertThat(times.lag()).contains(Duration.ofSeconds(1));
  }

  @Test
  void lagIsThatOfTheLastHundred() {
    add(1_000, NOW, Duration.ofHours(6));
    assertThat(times.lag()).contains(Duration.ofHours(6));
    add(51, NOW, Duration.ofSeconds(1));
    assertThat(times.lag()).contains(Duration.ofSeconds(1));
    assertThat(times.median()).contains(NOW.minus(Duration.ofHours(6)));
  }
}
