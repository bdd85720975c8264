package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.processor.streams.Phase;
import courtside.processor.streams.Restoring;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A set whose store is made anew from its changelog, held where it counts what has come. */
final class RestoredSetTest {
  private static final int POSTS = 60;
  private static final String RESTORED = "courtside.processor.entries.restored";
  private static final String REMAINING = "courtside.processor.restore.remaining";

  @TempDir Path directory;
  private SetsFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = SetsFixture.start(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void isNotSettledBeforeAllIsBack() throws Exception {
    // given: a set with a store, and then without
    fixture.define("nba", "a");
    fixture.writePosts(0, POSTS);
    try (FeedSets _ = fixture.sets("one", new SimpleMeterRegistry())) {
      fixture.awaitItems("nba", POSTS);
    }
    fixture.deleteState("one");

    // when: it is started again, and what comes back is held up
    CountDownLatch open = new CountDownLatch(1);
    MeterRegistry registry = heldAt(RESTORED, open);
    try (FeedSets sets = fixture.sets("one", registry)) {
      // then: how much there is to come is said
      SetStage held =
          await()
              .atMost(SetsFixture.LIMIT)
              .until(
                  () -> sets.now().stream().findAny().orElse(null),
                  set ->
                      set != null && set.stage().restoring().map(Restoring::done).orElse(0L) > 0);
      assertThat(held.stage().phase()).isEqualTo(Phase.RESTORING);
      assertThat(held.stage().restoring().orElseThrow().remaining()).isPositive();
      assertThat(held.feeds()).containsExactly("nba");
      assertThat(registry.get(REMAINING).tags("stage", "feeds", "set", "a").gauge().value())
          .isPositive();

      // when: it comes
      open.countDown();

      // then: it works, and nothing is said to be missing
      await()
          .atMost(SetsFixture.LIMIT)
          .until(() -> sets.now().getFirst().stage().phase() == Phase.SETTLED);
      assertThat(sets.now().getFirst().stage().restoring()).isEmpty();
      assertThat(registry.get(REMAINING).gauge().value()).isZero();
      assertThat(registry.get(RESTORED).counter().count()).isEqualTo(POSTS);
    }
    assertThat(registry.find(REMAINING).gauge()).isNull();
  }

  private static MeterRegistry heldAt(String counter, CountDownLatch open) {
    return new SimpleMeterRegistry() {
      @Override
      protected Counter newCounter(Meter.Id id) {
        if (!id.getName().equals(counter)) {
          return super.newCounter(id);
        }
        return new CumulativeCounter(id) {
          @Override
          public void increment(double amount) {
            try {
              if (!open.await(SetsFixture.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("never let go on");
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new AssertionError("interrupted", e);
            }
            super.increment(amount);
          }
        };
      }
    };
  }
}
