package courtside.ingestor.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FrameQueueTest {
  private static final long LIMIT = Duration.ofSeconds(10).toNanos();

  private final FrameQueue queue = new FrameQueue(1_000);

  private static Arrival.Frame frame(long generation, int length) {
    return new Arrival.Frame(generation, new byte[length], Instant.EPOCH);
  }

  @Test
  void givesBackInOrder() throws InterruptedException {
    queue.admitOnly(1);
    Arrival.Frame first = frame(1, 10);
    Arrival.Frame second = frame(1, 20);
    queue.put(first);
    queue.put(second);
    assertThat(queue.poll(0)).isSameAs(first);
    assertThat(queue.poll(0)).isSameAs(second);
    assertThat(queue.poll(0)).isNull();
    assertThat(queue.held()).isZero();
  }

  @Test
  void holdsThePutterWhileFullAndLetsItGoOn() throws Exception {
    // given
    queue.admitOnly(1);
    queue.put(frame(1, 900));
    CompletableFuture<Boolean> second = putOnAnotherThread(frame(1, 900));
    await().until(queue::isBlocked);
    // when
    queue.poll(0);
    // then
    assertThat(second.get(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(queue.isBlocked()).isFalse();
    assertThat(queue.poll(LIMIT)).isInstanceOf(Arrival.Frame.class);
  }

  @Test
  void takesOneFrameLargerThanItself() throws InterruptedException {
    queue.admitOnly(1);
    assertThat(queue.put(frame(1, 5_000))).isTrue();
    assertThat(queue.poll(0)).isNotNull();
  }

  @Test
  void dropsFramesOfAnEarlierConnectionAndFreesItsThread() throws Exception {
    queue.admitOnly(1);
    queue.put(frame(1, 900));
    CompletableFuture<Boolean> late = putOnAnotherThread(frame(1, 900));
    await().until(queue::isBlocked);
    queue.admitOnly(2);
    assertThat(late.get(10, java.util.concurrent.TimeUnit.SECONDS)).isFalse();
    assertThat(queue.poll(0)).isNull();
    assertThat(queue.put(frame(1, 1))).isFalse();
    assertThat(queue.held()).isZero();
  }

  @Test
  void saysOnceThatAllWasTakenAndDoneWith() throws InterruptedException {
    AtomicInteger told = new AtomicInteger();
    queue.onceDrained(told::incrementAndGet);
    assertThat(told).hasValue(1);
    queue.admitOnly(1);
    queue.put(frame(1, 10));
    queue.onceDrained(told::incrementAndGet);
    queue.poll(0);
    assertThat(told).as("while the last is in hand").hasValue(1);
    queue.put(new Arrival.Observed("another", Optional.empty()));
    queue.poll(0);
    assertThat(told).hasValue(2);
    queue.poll(0);
    assertThat(told).hasValue(2);
  }

  @Test
  void whatNobodyWantsIsTakenAtOnce() throws InterruptedException {
    AtomicInteger told = new AtomicInteger();
    queue.admitOnly(1);
    queue.put(frame(1, 10));
    queue.put(frame(1, 10));
    queue.poll(0);
    queue.onceDrained(told::incrementAndGet);
    assertThat(told).hasValue(0);
    queue.admitOnly(FrameQueue.NONE);
    assertThat(told).hasValue(1);
  }

  private CompletableFuture<Boolean> putOnAnotherThread(Arrival.Frame frame) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            done.complete(queue.put(frame));
          } catch (InterruptedException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }
}
