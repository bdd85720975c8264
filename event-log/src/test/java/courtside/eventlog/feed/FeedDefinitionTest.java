package courtside.eventlog.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FeedDefinitionTest {
  private static final FeedDefinition BEFORE =
      new FeedDefinition(
          "set-1",
          1,
          "Courts",
          "",
          "tennis",
          "",
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Duration.ofDays(3),
          Optional.empty(),
          false);

  @Test
  void hidesNothingUnlessItSaysSo() {
    byte[] written = FeedDefinition.FORMAT.encode(BEFORE);

    assertThat(new String(written, StandardCharsets.ISO_8859_1)).doesNotContain("hideSeen");
    assertThat(FeedDefinition.FORMAT.decode(written).hidesSeen()).isFalse();
    // No and nothing are one: a version is the hash of these bytes.
    assertThat(hiding(false)).isEqualTo(BEFORE);
    assertThat(FeedDefinition.FORMAT.encode(hiding(false))).isEqualTo(written);
  }

  @Test
  void hidesWhatWasSeenInEverySet() {
    FeedDefinition read = FeedDefinition.FORMAT.decode(FeedDefinition.FORMAT.encode(hiding(true)));

    assertThat(read.hidesSeen()).isTrue();
    assertThat(read.withSet("set-2").hidesSeen()).isTrue();
  }

  private static FeedDefinition hiding(boolean hides) {
    return new FeedDefinition(
        BEFORE.set(),
        BEFORE.matcher(),
        BEFORE.displayName(),
        BEFORE.description(),
        BEFORE.rule(),
        BEFORE.exclude(),
        BEFORE.languages(),
        BEFORE.includeAuthors(),
        BEFORE.blockAuthors(),
        BEFORE.maxAge(),
        BEFORE.keep(),
        BEFORE.pinned(),
        BEFORE.hold(),
        Optional.of(hides),
        Optional.empty());
  }
}
