package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class GrowthTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 3);
  private static final long START = Long.MAX_VALUE - Duration.ofMinutes(2).toNanos();

  private final Growth growth = new Growth();

  private void note(long end, Duration after) {
    growth.note(Map.of(PARTITION, end), START + after.toNanos());
  }

  @Test
  void isWhatCameOverTheLastMinutes() {
    assertThat(growth.perSecond(PARTITION)).isZero();
    note(1_000, Duration.ZERO);
    assertThat(growth.perSecond(PARTITION)).isZero();
    note(1_300, Duration.ofMinutes(1));
    assertThat(growth.perSecond(PARTITION)).isEqualTo(5);
    note(1_300, Duration.ofMinutes(5));
    assertThat(growth.perSecond(PARTITION)).isEqualTo(1);
    note(1_300, Duration.ofMinutes(6));
    assertThat(growth.perSecond(PARTITION)).isZero();
  }

  @Test
  void aTopicThatWasMadeAnewDoesNotShrink() {
    note(1_000, Duration.ZERO);
    note(0, Duration.ofMinutes(1));

    assertThat(growth.perSecond(PARTITION)).isZero();
  }

  @Test
  void forgetsWhatIsNotNamedAnyMore() {
    note(0, Duration.ZERO);
    growth.note(Map.of(), START);
    note(60, Duration.ofMinutes(1));

    assertThat(growth.perSecond(PARTITION)).isZero();
  }
}
