package courtside.ingestor.control;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.control.Wish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WishesTest {
  @Test
  void areOfThreeKeysAtMostHoweverManyOthersThereAre() {
    assertThat(
            List.<Wish>of(
                new Wish.DeleteFeed("1", Instant.EPOCH, "nba"),
                new Wish.Promote("2", Instant.EPOCH, "nba", "two"),
                new Wish.Block("3", Instant.EPOCH, "did:plc:spam", Optional.empty())))
        .noneMatch(Wishes::concerns);
    assertThat(
            List.<Wish>of(
                new Wish.Ingesting("1", Instant.EPOCH, true),
                new Wish.Rewind("2", Instant.EPOCH, "relay", 0)))
        .allMatch(Wishes::concerns);
  }
}
