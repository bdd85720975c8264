package courtside.feedapi.identity;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.feedapi.ManualNanos;
import java.time.Duration;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowanceTest {
  private static final int PER_SECOND = 100;

  private final ManualNanos nanos = new ManualNanos();
  private final Allowance allowance = new Allowance(PER_SECOND, nanos);

  @Test
  void givesSoManyASecondAndNoMoreAfterALongWhile() {
    Allowance few = new Allowance(10, nanos);
    assertThat(taken(few)).isEqualTo(10);
    assertThat(taken(few)).isZero();
    nanos.advance(Duration.ofMillis(300));
    assertThat(taken(few)).isEqualTo(3);
    nanos.advance(Duration.ofMillis(99));
    assertThat(taken(few)).isZero();
    nanos.advance(Duration.ofMillis(1));
    assertThat(taken(few)).isOne();
    nanos.advance(Duration.ofHours(1));
    assertThat(taken(few)).isEqualTo(10);
  }

  /** By a thousand of whom each asks once. */
  private static int taken(Allowance few) {
    int taken = 0;
    for (int asker = 0; asker < 1_000; asker++) {
      taken += few.take("asker" + asker) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void isOneAskersAloneWhereNobodyElseAsks() {
    assertThat(flood(Duration.ofMinutes(1), 1)[0])
        .isCloseTo(60 * PER_SECOND, Percentage.withPercentage(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 50})
  void leavesSomethingForWhoHasTakenNothing(int flooders) {
    for (int second = 0; second < 30; second++) {
      flood(Duration.ofSeconds(1), flooders);

      assertThat(allowance.take("new" + second)).as("second %d", second).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 50})
  void comesToEqualPartsAndToNoMoreThanThereIs(int flooders) {
    int[] taken = flood(Duration.ofMinutes(1), flooders);

    assertThat(Arrays.stream(taken).sum())
        .isCloseTo(60 * PER_SECOND, Percentage.withPercentage(3))
        .isLessThanOrEqualTo(61 * PER_SECOND);
    int part = 60 * PER_SECOND / flooders;
    for (int one : taken) {
      assertThat(one).isCloseTo(part, Percentage.withPercentage(10));
    }
  }

  @Test
  void givesHalfToWhoComesLaterAndAllOfItBackAfterwards() {
    flood(Duration.ofMinutes(1), 1);
    // A little more than half, as they have taken nothing before.
    assertThat(flood(Duration.ofSeconds(10), 2)[1])
        .isBetween(10 * PER_SECOND / 2, 10 * PER_SECOND / 2 + PER_SECOND);
    assertThat(flood(Duration.ofSeconds(20), 1)[0])
        .isCloseTo(20 * PER_SECOND, Percentage.withPercentage(10));
  }

  @Test
  void remembersNoMoreThanTookOfLate() {
    for (int asker = 0; asker < 100_000; asker++) {
      allowance.take("asker" + asker);
      nanos.advance(Duration.ofMillis(1));
    }

    assertThat(allowance.remembered()).isEqualTo(10 * PER_SECOND);
    // Who is refused stays remembered as they were.
    assertThat(allowance.take("asker0")).isFalse();
    assertThat(allowance.remembered()).isEqualTo(10 * PER_SECOND);
  }

  /** Each asks once a millisecond, the first first; returns how many each was given. */
  private int[] flood(Duration time, int flooders) {
    int[] taken = new int[flooders];
    for (long n = 0; n < time.toMillis(); n++) {
      for (int asker = 0; asker < flooders; asker++) {
        taken[asker] += allowance.take("flooder" + asker) ? 1 : 0;
      }
      nanos.advance(Duration.ofMillis(1));
    }
    return taken;
  }
}
