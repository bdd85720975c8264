package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PortionTest {
  private static final int MOST = 4_096;
  private static final int LENGTH = 1_000;

  private final Portion portion = new Portion(MOST, Long.MAX_VALUE);

  private int takesAsMuchAsItMay() {
    portion.begin();
    int taken = 1;
    while (!portion.fills(LENGTH)) {
      taken++;
    }
    return taken;
  }

  private void takes(int arrivals) {
    portion.begin();
    for (int i = 0; i < arrivals; i++) {
      assertThat(portion.fills(LENGTH)).isFalse();
    }
  }

  @Test
  void isModerateAtFirstAndGrowsWhileKafkaIsQuick() {
    assertThat(takesAsMuchAsItMay()).isEqualTo(512);
    for (int transaction = 0; transaction < 3; transaction++) {
      takesAsMuchAsItMay();
      portion.committed(Duration.ofMillis(100).toNanos());
    }
    assertThat(takesAsMuchAsItMay()).isEqualTo(MOST);
  }

  @Test
  void endsWithEnoughBytes() {
    Portion bytes = new Portion(MOST, 2 * LENGTH + 1);
    for (int transaction = 0; transaction < 2; transaction++) {
      bytes.begin();
      assertThat(bytes.fills(LENGTH)).isFalse();
      assertThat(bytes.fills(LENGTH)).isFalse();
      assertThat(bytes.fills(LENGTH)).isTrue();
    }
  }

  @Test
  void comesDownToWhatIsTakenInTimeAndStaysThere() {
    // A frame takes 50 ms, so that 40 of them are taken within two seconds.
    int failures = 0;
    for (int transaction = 0; transaction < 1_000; transaction++) {
      Duration took = Duration.ofMillis(50).multipliedBy(takesAsMuchAsItMay());
      if (took.compareTo(Duration.ofSeconds(2)) > 0) {
        portion.failed();
        failures++;
      } else {
        portion.committed(took.toNanos());
      }
    }
    assertThat(failures).isEqualTo(2);
    assertThat(portion.limit()).isBetween(10, 40);
  }

  @Test
  void aFailureCountsWhatWasInItAndNotWhatMightHaveBeen() {
    takes(100);
    portion.failed();
    assertThat(portion.limit()).isEqualTo(25);
  }

  @Test
  void whatWasNotFullSaysNothingOfWhatMoreWouldTake() {
    // Kafka was quick, and takes 2 ms for a frame now.
    for (int transaction = 0; transaction < 3; transaction++) {
      takesAsMuchAsItMay();
      portion.committed(Duration.ofMillis(10).toNanos());
    }
    int failures = 0;
    for (int transaction = 0; transaction < 100; transaction++) {
      Duration took = Duration.ofMillis(2).multipliedBy(takesAsMuchAsItMay());
      if (took.compareTo(Duration.ofSeconds(2)) <= 0) {
        portion.committed(took.toNanos());
        continue;
      }
      portion.failed();
      failures++;
      // A notice, the first frame of the new connection, and what came meanwhile.
      for (int small = 0; small < 3; small++) {
        takes(1);
        portion.committed(Duration.ofMillis(2).toNanos());
      }
    }
    assertThat(failures).isEqualTo(2);
  }

  @Test
  void growsWhereEveryCommitTakesLongHoweverLittleIsInIt() {
    takes(1);
    portion.failed();
    for (int transaction = 0; transaction < 100; transaction++) {
      takesAsMuchAsItMay();
      portion.committed(Duration.ofMillis(1_200).toNanos());
    }
    assertThat(portion.limit()).isEqualTo(MOST);
  }

  @Test
  void growsAgain() {
    takes(1);
    portion.failed();
    assertThat(portion.limit()).isEqualTo(1);
    for (int transaction = 0; transaction < 12; transaction++) {
      takesAsMuchAsItMay();
      portion.committed(Duration.ofMillis(10).toNanos());
    }
    assertThat(portion.limit()).isEqualTo(MOST);
  }

  @Test
  void doesNotShrinkToNothingWhereEveryCommitTakesLong() {
    for (int transaction = 0; transaction < 100; transaction++) {
      takesAsMuchAsItMay();
      portion.committed(Duration.ofMillis(1_700).toNanos());
    }
    assertThat(portion.limit()).isEqualTo(32);
  }

  @Test
  void isNeverLessThanOne() {
    for (int transaction = 0; transaction < 100; transaction++) {
      takesAsMuchAsItMay();
      portion.failed();
    }
    assertThat(takesAsMuchAsItMay()).isEqualTo(1);
  }
}
