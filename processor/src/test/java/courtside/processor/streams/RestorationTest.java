package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class RestorationTest {
  private static final TopicPartition ONE = new TopicPartition("changelog", 1);
  private static final TopicPartition TWO = new TopicPartition("changelog", 2);
  private static final String STORE = "entries";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Restoration restoration = new Restoration(registry);

  @Test
  void isNothingUntilItBegins() {
    assertThat(restoration.now()).isEmpty();
  }

  @Test
  void addsUpPartitionsUntilTheLastIsDone() {
    restoration.onRestoreStart(ONE, STORE, 100, 300);
    restoration.onRestoreStart(TWO, STORE, 0, 50);
    assertThat(restoration.now()).contains(new Restoring(0, 250));

    restoration.onBatchRestored(ONE, STORE, 149, 40);
    restoration.onBatchRestored(TWO, STORE, 9, 8);
    assertThat(restoration.now()).contains(new Restoring(60, 250));
    assertThat(restoration.now().orElseThrow().remaining()).isEqualTo(190);

    // Markers may be all that follows: a partition is done when it says so, and still counts.
    restoration.onRestoreEnd(ONE, STORE, 40);
    assertThat(restoration.now()).contains(new Restoring(210, 250));
    restoration.onRestoreEnd(TWO, STORE, 8);
    assertThat(restoration.now()).isEmpty();
    assertThat(registry.get("courtside.processor.entries.restored").counter().count())
        .isEqualTo(48);
  }

  @Test
  void neverGoesBackNorPastTheEnd() {
    restoration.onRestoreStart(ONE, STORE, 100, 200);
    restoration.onBatchRestored(ONE, STORE, 149, 1);
    restoration.onBatchRestored(ONE, STORE, 120, 1);
    assertThat(restoration.now()).contains(new Restoring(50, 100));

    restoration.onBatchRestored(ONE, STORE, 500, 1);
    assertThat(restoration.now()).contains(new Restoring(100, 100));
  }

  @Test
  void doesNotWaitForWhatGoesElsewhere() {
    restoration.onRestoreStart(ONE, STORE, 0, 100);
    restoration.onRestoreStart(TWO, STORE, 0, 100);
    restoration.onRestoreEnd(ONE, STORE, 100);

    restoration.onRestoreSuspended(TWO, STORE, 10);
    assertThat(restoration.now()).isEmpty();
    // and: what comes late of it is no beginning
    restoration.onBatchRestored(TWO, STORE, 20, 1);
    assertThat(restoration.now()).isEmpty();
  }

  @Test
  void canBeForgotten() {
    restoration.onRestoreStart(ONE, STORE, 0, 100);

    restoration.forget();

    assertThat(restoration.now()).isEmpty();
  }
}
