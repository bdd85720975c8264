package courtside.eventlog.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FeedVersionTest {
  private static final String URI = "at://did:web:a.example/app.bsky.feed.post/3lbntq2aprc2e";
  private static final FeedVersion VERSION = FeedVersion.of("nba-now", "9f86d081");

  @Test
  void beginsTheKeysOfADefinitionAnItemAndAStatus() {
    assertThat(VERSION.key()).isEqualTo("nba-now/9f86d081");
    assertThat(VERSION.itemKey(URI)).isEqualTo("nba-now/9f86d081/" + URI);
    assertThat(VERSION.statusKey(11)).isEqualTo("nba-now/9f86d081/11");
  }

  @Test
  void isReadFromEachOfThem() {
    assertThat(FeedVersion.read(VERSION.key())).isEqualTo(VERSION);
    assertThat(FeedVersion.read(VERSION.itemKey(URI))).isEqualTo(VERSION);
    assertThat(FeedVersion.read(VERSION.statusKey(0))).isEqualTo(VERSION);
  }

  @Test
  void givesTheUriOfAnItemBack() {
    assertThat(FeedVersion.uri(VERSION.itemKey(URI))).isEqualTo(URI);
  }

  @Test
  void tellsADefinitionFromAState() {
    assertThat(FeedVersion.isDefinitionKey(VERSION.key())).isTrue();
    assertThat(FeedVersion.isDefinitionKey("nba-now")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nba-now", "nba-now/", "/9f86d081", "nba now/9f86d081", "../v", "//"})
  void refusesKeysThatBeginOtherwise(String key) {
    assertThatThrownBy(() -> FeedVersion.read(key)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nba-now", "nba-now/9f86d081"})
  void refusesItemKeysWithoutAUri(String key) {
    assertThatThrownBy(() -> FeedVersion.uri(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no uri");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a/b"})
  void refusesVersionsThatWouldSplitAKey(String version) {
    assertThatThrownBy(() -> FeedVersion.of("nba-now", version))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
