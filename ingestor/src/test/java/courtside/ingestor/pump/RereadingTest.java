package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RereadingTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - SECOND;

  @Test
  void whatWasReadAgainIsGainedWithTime() {
    Rereading rereading = new Rereading(1_000, 10, now);
    assertThat(rereading.allows(1_000, now)).isTrue();
    assertThat(rereading.allows(1_001, now)).isFalse();
    for (int i = 0; i < 600; i++) {
      rereading.took(now);
    }
    assertThat(rereading.allows(400, now)).isTrue();
    assertThat(rereading.allows(401, now)).isFalse();
    assertThat(rereading.allowsWhateverThereIs(now)).isFalse();
    // when: the clock passes its largest value on the way
    now += 10 * SECOND;
    assertThat(rereading.allows(500, now)).isTrue();
    assertThat(rereading.allows(501, now)).isFalse();
    assertThat(rereading.allowsWhateverThereIs(now)).isTrue();
    now += 1_000 * SECOND;
    assertThat(rereading.allows(1_000, now)).isTrue();
    assertThat(rereading.allows(1_001, now)).isFalse();
  }

  @Test
  void moreThanWasAllowedIsNoDebt() {
    Rereading rereading = new Rereading(10, 1, now);
    for (int i = 0; i < 100; i++) {
      rereading.took(now);
    }
    assertThat(rereading.allows(1, now)).isFalse();
    assertThat(rereading.allows(1, now + SECOND)).isTrue();
  }
}
