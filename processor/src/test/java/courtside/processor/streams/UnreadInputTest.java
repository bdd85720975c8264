package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import courtside.processor.streams.UnreadInput.Left;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class UnreadInputTest {
  private static final long NOW = 1_000_000_000;
  private static final Offset<Double> EXACTLY = within(1e-9);

  /** Offsets 100 to 200, of which 150 is the next. */
  private static Optional<Left> left(
      OptionalLong timestamp, long millis, long bytesKept, OptionalLong bytes, double perSecond) {
    return new UnreadInput(150, 100, 200, timestamp, millis, bytesKept, bytes, perSecond).left(NOW);
  }

  private static void assertLeft(Optional<Left> left, double seconds, double share) {
    assertThat(left.orElseThrow().seconds()).isEqualTo(seconds, EXACTLY);
    assertThat(left.orElseThrow().share()).isEqualTo(share, EXACTLY);
  }

  @Test
  void whatIsReadIsNotLost() {
    OptionalLong old = OptionalLong.of(0);
    assertThat(new UnreadInput(200, 100, 200, old, 1, 1, old, 1).left(NOW)).isEmpty();
    assertThat(new UnreadInput(201, 100, 200, old, 1, 1, old, 1).left(NOW)).isEmpty();
  }

  @Test
  void whatIsDeletedHasNothingLeft() {
    assertLeft(
        new UnreadInput(99, 100, 200, OptionalLong.of(NOW), 10_000, -1, OptionalLong.empty(), 1)
            .left(NOW),
        0,
        0);
  }

  @Test
  void byTimeItIsTheAgeOfTheFirstUnreadRecord() {
    OptionalLong unknown = OptionalLong.empty();
    assertLeft(left(OptionalLong.of(NOW - 7_500), 10_000, -1, unknown, 1), 2.5, 0.25);
    assertLeft(left(OptionalLong.of(NOW - 20_000), 10_000, -1, unknown, 1), 0, 0);
    // Clocks differ.
    assertLeft(left(OptionalLong.of(NOW + 1_000), 10_000, -1, unknown, 1), 11, 1);
    assertThat(left(unknown, 10_000, -1, unknown, 1)).isEmpty();
    assertThat(left(OptionalLong.of(NOW), -1, -1, unknown, 1)).isEmpty();
  }

  @Test
  void byBytesItIsWhatCanBeWrittenBeforeIt() {
    OptionalLong unknown = OptionalLong.empty();
    // Full: 50 of 100 records lie before it, and 10 a second are written.
    assertLeft(left(unknown, -1, 1_000, OptionalLong.of(1_000), 10), 5, 0.5);
    assertLeft(left(unknown, -1, 1_000, OptionalLong.of(1_100), 10), 5, 0.5);
    // Room for 100 more.
    assertLeft(left(unknown, -1, 2_000, OptionalLong.of(1_000), 10), 15, 0.75);
    // Nothing is written.
    assertLeft(left(unknown, -1, 1_000, OptionalLong.of(1_000), 0), Double.POSITIVE_INFINITY, 0.5);
  }

  @Test
  void withoutASizeAPartitionOfWhichSomethingWasDeletedIsFull() {
    OptionalLong unknown = OptionalLong.empty();
    assertLeft(left(unknown, -1, 1_000, unknown, 10), 5, 0.5);
    assertThat(new UnreadInput(50, 0, 100, unknown, -1, 1_000, unknown, 10).left(NOW)).isEmpty();
  }

  @Test
  void theWorseOfBothCounts() {
    assertLeft(
        left(OptionalLong.of(NOW - 9_000), 10_000, 1_000, OptionalLong.of(1_000), 10), 1, 0.1);
    assertLeft(left(OptionalLong.of(NOW), 10_000, 1_000, OptionalLong.of(1_000), 10), 5, 0.5);
  }
}
