package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServingTest {
  @Test
  void servesAFirstVersionAtOnce() {
    assertThat(Serving.choose(Map.of("nba", served("v1", 5L, 5L)), Map.of(), Map.of()))
        .isEqualTo(Map.of("nba", "v1"));
  }

  @Test
  void keepsTheOldUntilEveryPartitionIsPassed() {
    Map<String, FeedState> states = Map.of("nba", served("v2", 5L, 7L));
    Map<String, String> current = Map.of("nba", "v1");

    assertThat(Serving.choose(states, current, Map.of(0, 5L, 1, 6L))).isEqualTo(current);
    assertThat(Serving.choose(states, current, Map.of(0, 9L))).isEqualTo(current);
    assertThat(Serving.choose(states, current, Map.of(0, 5L, 1, 7L)))
        .isEqualTo(Map.of("nba", "v2"));
  }

  @Test
  void dropsWhatIsDeletedOrServesNothing() {
    FeedState nothing =
        new FeedState(
            Optional.empty(),
            Optional.empty(),
            Optional.of("v1"),
            List.of(),
            false,
            Instant.EPOCH,
            List.of());
    FeedState deleted =
        new FeedState(
            Optional.of("v1"),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            true,
            Instant.EPOCH,
            List.of());

    assertThat(
            Serving.choose(
                Map.of("a", nothing, "b", deleted),
                Map.of("a", "v1", "b", "v1", "c", "v1"),
                Map.of()))
        .isEmpty();
  }

  private static FeedState served(String version, Long... ends) {
    return new FeedState(
        Optional.of(version),
        Optional.of("v0"),
        Optional.empty(),
        List.of(),
        false,
        Instant.EPOCH,
        List.of(ends));
  }
}
