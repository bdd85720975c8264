package courtside.feedapi.identity;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.feedapi.ManualNanos;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AllowanceTest {
  private final ManualNanos nanos = new ManualNanos();
  private final Allowance allowance = new Allowance(10, nanos);

  @Test
  void givesSoManyASecondAndNoMoreAfterALongWhile() {
    assertThat(taken()).isEqualTo(10);
    assertThat(taken()).isZero();
    nanos.advance(Duration.ofMillis(300));
    assertThat(taken()).isEqualTo(3);
    nanos.advance(Duration.ofMillis(99));
    assertThat(taken()).isZero();
    nanos.advance(Duration.ofMillis(1));
    assertThat(taken()).isOne();
    nanos.advance(Duration.ofHours(1));
    assertThat(taken()).isEqualTo(10);
  }

  private int taken() {
    int taken = 0;
    while (taken < 1_000 && allowance.take()) {
      taken++;
    }
    return taken;
  }
}
