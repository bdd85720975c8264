package courtside.eventlog.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  @Test
  void ofABlockTakesAnAccountOrARecordInItsOnlyForm() {
    assertThat(block("did:plc:spam").key()).isEqualTo("blocks/did:plc:spam");
    assertThat(block("at://did:plc:spam/app.bsky.feed.post/3k").key())
        .isEqualTo("blocks/at://did:plc:spam/app.bsky.feed.post/3k")
        .isEqualTo(Wish.Block.key("at://did:plc:spam/app.bsky.feed.post/3k"));
    for (String subject :
        List.of(
            "",
            "spam.example",
            "at://did:plc:spam",
            "at://did:plc:spam/app.bsky.feed.post",
            "at://spam.example/app.bsky.feed.post/3k",
            "at://did:plc:spam/app.bsky.feed.post/3k/",
            "did:plc:spam ",
            "https://bsky.app/profile/did:plc:spam")) {
      assertThatIllegalArgumentException().as(subject).isThrownBy(() -> block(subject));
    }
  }

  @Test
  void ofABlockTakesOneShortLineAsTheReason() {
    assertThat(block(Optional.of("x".repeat(500))).reason()).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> block(Optional.of("x".repeat(501))));
    assertThatIllegalArgumentException().isThrownBy(() -> block(Optional.of("two\nlines")));
    assertThatIllegalArgumentException().isThrownBy(() -> block(Optional.of("\u001b[2J")));
  }

  private static Wish.Block block(String subject) {
    return new Wish.Block("1", Instant.EPOCH, subject, Optional.empty());
  }

  private static Wish.Block block(Optional<String> reason) {
    return new Wish.Block("1", Instant.EPOCH, "did:plc:spam", reason);
  }
}
