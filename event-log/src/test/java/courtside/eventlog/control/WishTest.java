package courtside.eventlog.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WishTest {
  @Test
  void ofAFeedReplacesAnyEarlierOneOfTheSameFeed() {
    assertThat(
            List.<Wish>of(
                new Wish.Promote("1", Instant.EPOCH, "nba", "two"),
                new Wish.Rollback("2", Instant.EPOCH, "nba", "one"),
                new Wish.DeleteFeed("3", Instant.EPOCH, "nba")))
        .extracting(Wish::key)
        .containsOnly("feeds/nba");
    assertThat(new Wish.DeleteFeed("4", Instant.EPOCH, "chat").key()).isEqualTo("feeds/chat");
  }

  @Test
  void takesOnlyWhatCanBeTheNameOfAFeed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Wish.DeleteFeed("1", Instant.EPOCH, "nba/now"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Wish.Promote("1", Instant.EPOCH, "", "two"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Wish.Rollback("1", Instant.EPOCH, "..", "one"));
  }
}
