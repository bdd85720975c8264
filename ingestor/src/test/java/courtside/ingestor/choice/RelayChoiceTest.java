package courtside.ingestor.choice;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.choice.RelayChoice.Switch;
import courtside.ingestor.relay.RelayAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RelayChoiceTest {
  private static final RelayAddress A = new RelayAddress("a", URI.create("ws://a"));
  private static final RelayAddress B = new RelayAddress("b", URI.create("ws://b"));
  private static final RelayAddress C = new RelayAddress("c", URI.create("ws://c"));
  private static final Optional<Duration> TIMELY = Optional.of(Duration.ofSeconds(1));
  private static final Optional<Duration> LATE = Optional.of(Duration.ofHours(1));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  // Near the end of the range, where only differences compare.
  private static final long START = Long.MAX_VALUE - 30 * SECOND;

  private final RelayChoice choice = new RelayChoice(List.of(A, B, C), ChoiceSettings.DEFAULT, A);

  private Optional<RelayAddress> decide(int failed, Optional<Duration> lag, long seconds) {
    return choice.decide(failed, lag, false, START + seconds * SECOND).map(Switch::to);
  }

  @Test
  void leavesARelayThatCannotBeReachedAndComesRound() {
    assertThat(decide(4, TIMELY, 0)).isEmpty();
    assertThat(decide(5, TIMELY, 1)).contains(B);
    choice.switched(B);
    assertThat(decide(0, TIMELY, 2)).isEmpty();
    assertThat(decide(5, TIMELY, 3)).contains(C);
    choice.switched(C);
    assertThat(decide(5, TIMELY, 4)).contains(A);
  }

  @Test
  void neverLeavesTheOnlyOne() {
    RelayChoice only = new RelayChoice(List.of(A), ChoiceSettings.DEFAULT, A);
    assertThat(only.decide(1_000, LATE, false, START)).isEmpty();
    assertThat(only.decide(1_000, LATE, false, START + 1_000 * SECOND)).isEmpty();
  }

  @Test
  void takesThePreferredOneBackOnceItWasWellForAWhile() {
    choice.switched(B);
    for (int probe = 0; probe < 4; probe++) {
      choice.probed("a", TIMELY);
      assertThat(decide(0, TIMELY, probe)).as("after probe %d", probe).isEmpty();
    }
    choice.probed("a", Optional.empty());
    for (int probe = 0; probe < 4; probe++) {
      choice.probed("a", TIMELY);
    }
    choice.probed("c", TIMELY);
    assertThat(decide(0, TIMELY, 9)).as("four since it last failed").isEmpty();
    choice.probed("a", TIMELY);
    assertThat(decide(0, TIMELY, 10)).contains(A);
    choice.switched(A);
    assertThat(decide(0, TIMELY, 11)).isEmpty();
  }

  @Test
  void aPreferredOneThatIsLateIsNotWell() {
    choice.switched(B);
    for (int probe = 0; probe < 20; probe++) {
      choice.probed("a", LATE);
    }
    assertThat(decide(0, TIMELY, 0)).isEmpty();
  }

  @Test
  void leavesARelayWhoseFramesAreLateForOneWhoseFramesAreNot() {
    choice.probed("b", LATE);
    choice.probed("c", TIMELY);
    assertThat(decide(0, LATE, 0)).isEmpty();
    assertThat(decide(0, LATE, 59)).isEmpty();
    assertThat(decide(0, LATE, 60)).contains(C);
  }

  @Test
  void staysWhereNoOtherIsKnownToBeBetter() {
    choice.probed("b", LATE);
    choice.probed("c", Optional.empty());
    assertThat(decide(0, LATE, 0)).isEmpty();
    assertThat(decide(0, LATE, 600)).isEmpty();
  }

  @Test
  void itsOwnCatchingUpIsNobodysFault() {
    choice.probed("b", TIMELY);
    // Twice as fast as the network: an hour behind, and every second gains one.
    for (int second = 0; second < 3_000; second++) {
      Optional<Duration> lag = Optional.of(Duration.ofSeconds(3_600 - second));
      assertThat(decide(0, lag, second)).as("after %d s", second).isEmpty();
    }
  }

  @Test
  void norIsASlowBroker() {
    choice.probed("b", TIMELY);
    for (int second = 0; second < 600; second++) {
      Optional<Duration> lag = Optional.of(Duration.ofSeconds(3_600 + second));
      boolean held = second % 30 == 0;
      assertThat(choice.decide(0, lag, held, START + second * SECOND))
          .as("after %d s", second)
          .isEmpty();
    }
  }

  @Test
  void oneThatFallsBackAgainAfterCatchingUpIsLeft() {
    choice.probed("b", TIMELY);
    assertThat(decide(0, Optional.of(Duration.ofHours(1)), 0)).isEmpty();
    assertThat(decide(0, Optional.of(Duration.ofMinutes(50)), 60)).isEmpty();
    assertThat(decide(0, Optional.of(Duration.ofMinutes(50)), 119)).isEmpty();
    assertThat(decide(0, Optional.of(Duration.ofMinutes(50)), 120)).contains(B);
  }
}
