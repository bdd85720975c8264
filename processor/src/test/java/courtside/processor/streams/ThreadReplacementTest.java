package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ThreadReplacementTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final ThreadReplacement replacement = new ThreadReplacement(now::get);

  @Test
  void givesUpAtTheFourthFailureInTenMinutes() {
    for (int i = 0; i < 3; i++) {
      assertThat(replacement.replace()).isTrue();
      now.addAndGet(Duration.ofMinutes(3).toNanos());
    }

    assertThat(replacement.replace()).isFalse();
  }

  @Test
  void forgetsWhatIsTenMinutesAgo() {
    for (int i = 0; i < 3; i++) {
      replacement.replace();
    }
    now.addAndGet(Duration.ofMinutes(10).toNanos());

    assertThat(replacement.replace()).isTrue();
  }
}
