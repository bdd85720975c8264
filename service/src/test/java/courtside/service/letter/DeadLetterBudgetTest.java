package courtside.service.letter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class DeadLetterBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  // Near the end of the range, where only differences compare.
  private long now = Long.MAX_VALUE - SECOND;

  private final DeadLetterBudget budget = new DeadLetterBudget(6_000, () -> now);

  @Test
  void givesAMinutesWorthAtOnceAndThenWhatTimeBrings() {
    assertThat(budget.take(4_000)).isTrue();
    assertThat(budget.take(2_001)).isFalse();
    assertThat(budget.take(2_000)).isTrue();
    assertThat(budget.take(1)).isFalse();
    now += SECOND;
    assertThat(budget.take(101)).isFalse();
    assertThat(budget.take(100)).isTrue();
    assertThat(budget.take(1)).isFalse();
  }

  @Test
  void savesNoMoreThanAMinutesWorth() {
    now += 3_600 * SECOND;
    assertThat(budget.take(6_001)).isFalse();
    assertThat(budget.take(6_000)).isTrue();
    assertThat(budget.take(1)).isFalse();
  }

  @Test
  void ofNothingGivesNothing() {
    DeadLetterBudget none = new DeadLetterBudget(0, () -> now);
    now += 3_600 * SECOND;
    assertThat(none.take(1)).isFalse();
  }

  @Test
  void letsOneThreadAfterTheOtherTake() throws Exception {
    // given: a thread that takes, and stands in the middle of it
    Semaphore inside = new Semaphore(0);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean stands = new AtomicBoolean();
    DeadLetterBudget shared =
        new DeadLetterBudget(
            6_000,
            () -> {
              if (stands.get()) {
                inside.release();
                stand(goOn);
              }
              return now;
            });
    stands.set(true);
    FutureTask<Boolean> first = new FutureTask<>(() -> shared.take(6_000));
    Thread.ofPlatform().start(first);
    assertThat(inside.tryAcquire(60, TimeUnit.SECONDS)).isTrue();

    // when: another one takes too
    FutureTask<Boolean> second = new FutureTask<>(() -> shared.take(6_000));
    Thread waits = Thread.ofPlatform().start(second);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> waits.getState() == Thread.State.BLOCKED || inside.availablePermits() > 0);

    // then: it waits for its turn, and finds nothing left
    assertThat(inside.availablePermits()).isZero();
    goOn.countDown();
    assertThat(first.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.get(60, TimeUnit.SECONDS)).isFalse();
  }

  private static void stand(CountDownLatch until) {
    try {
      assertThat(until.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while it stands", e);
    }
  }
}
