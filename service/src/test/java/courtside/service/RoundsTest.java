package courtside.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RoundsTest {
  private static final Duration SOON = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofDays(1);

  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  @Test
  void goesOnUntilItIsClosed() {
    try (Rounds _ = Rounds.start("r", SOON, rounds::incrementAndGet, failures::incrementAndGet)) {
      await().until(() -> rounds.get() > 3);
    }
    int then = rounds.get();

    // Nobody is there who could do another.
    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("r");
    assertThat(rounds).hasValue(then);
    assertThat(failures).hasValue(0);
  }

  @Test
  void goesAtOnceAndThenNotBeforeItsTime() {
    try (Rounds _ = Rounds.start("r", NEVER, rounds::incrementAndGet, failures::incrementAndGet)) {
      await().until(() -> rounds.get() == 1);
    }
    assertThat(rounds).hasValue(1);
  }

  @Test
  void interruptsWhatIsBeingDone() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> end = new AtomicReference<>();
    try (Rounds _ =
        Rounds.start(
            "r",
            SOON,
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                end.set(e);
                throw e;
              }
            },
            failures::incrementAndGet)) {
      await().until(() -> begun.getCount() == 0);
    }
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
    assertThat(failures).hasValue(0);
  }

  @Test
  void saysOnceThatItCannotGoOn() {
    try (Rounds _ =
        Rounds.start(
            "r",
            SOON,
            () -> {
              rounds.incrementAndGet();
              throw new IllegalStateException("broken");
            },
            failures::incrementAndGet)) {
      await().until(() -> failures.get() == 1);
    }
    assertThat(rounds).hasValue(1);
    assertThat(failures).hasValue(1);
  }
}
