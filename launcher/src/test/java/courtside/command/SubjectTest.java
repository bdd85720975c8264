package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SubjectTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        "did:web:spam.example",
        "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3lbntq2aprc2e"
      })
  void isAnAccountOrARecord(String text) throws RefusedException {
    assertThat(Subject.parse(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice.example                          | type its DID, which",
        "@alice.example                         | handle=alice.example says",
        "at://alice.example                     | type its DID, which",
        "at://alice.example/app.bsky.feed.post/3k"
            + " | type at://DID/app.bsky.feed.post/3k with its DID",
        "at://did:plc:a                         | : type did:plc:a",
        "at://did:plc:a/app.bsky.feed.post      | the uri of no record",
        "https://bsky.app/profile/did:plc:a     | : type did:plc:a",
        "https://bsky.app/profile/did:plc:a/post/3k"
            + " | : type at://did:plc:a/app.bsky.feed.post/3k",
        "https://bsky.app/profile/alice.example/post/3k"
            + " | type at://DID/app.bsky.feed.post/3k with its DID",
        "https://bsky.app/profile/alice.example?x=y | handle=alice.example says",
        "nonsense                               | found 'nonsense'",
        "did:plc:                               | found 'did:plc:'",
      })
  void saysWhatToTypeInThePlaceOf(String text, String advice) {
    assertThatThrownBy(() -> Subject.parse(text))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("expected the DID of an account")
        .hasMessageContaining("found '" + text + "'")
        .hasMessageContaining(advice);
  }

  @Test
  void quotesAPartOfWhatIsLongAndNothingThatATerminalWouldObey() {
    assertThatThrownBy(() -> Subject.parse("\u009b2J\u202e" + "x".repeat(10_000)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("found '\\u009b2J\\u202exxx")
        .message()
        .hasSizeLessThan(300);
    assertThatThrownBy(() ->
            Subject.parse("https://bsky.app/profile/did:plc:a/post/\u009b" + "x".repeat(10_000)))
        .message()
        .contains("type at://did:plc:a/app.bsky.feed.post/\\u009bxxx")
        .doesNotContain("\u009b")
        .hasSizeLessThan(600);
  }
}
