package courtside.eventlog.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FeedStatusTest {
  @Test
  void saysHowLongTheRestTakes() {
    assertThat(status(100, 600, OptionalDouble.of(250)).left()).contains(Duration.ofSeconds(2));
    assertThat(status(100, 601, OptionalDouble.of(250)).left()).contains(Duration.ofSeconds(3));
    assertThat(status(600, 600, OptionalDouble.empty()).left()).contains(Duration.ZERO);
  }

  @Test
  void doesNotGuessWithoutARate() {
    assertThat(status(100, 600, OptionalDouble.empty()).left()).isEmpty();
    assertThat(status(100, 600, OptionalDouble.of(0)).left()).isEmpty();
    assertThat(status(100, 600, OptionalDouble.of(-1)).left()).isEmpty();
    assertThat(status(100, 600, OptionalDouble.of(Double.NaN)).left()).isEmpty();
  }

  private static FeedStatus status(long position, long end, OptionalDouble rate) {
    return new FeedStatus(
        Instant.EPOCH,
        position,
        end,
        Instant.EPOCH,
        0,
        0,
        OptionalLong.empty(),
        rate,
        Optional.empty());
  }
}
