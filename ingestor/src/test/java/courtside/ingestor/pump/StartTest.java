package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StartTest {
  @ParameterizedTest
  @CsvSource({
    "live-if-new, LIVE_IF_NEW, 0, -1, false",
    "oldest-if-new, OLDEST_IF_NEW, 0, 0, false",
    "cursor, CURSOR, 0, 0, false",
    "live, LIVE, 0, -1, true",
    "oldest, OLDEST, 0, 0, true",
    "4711000815, AFTER, 4711000815, 4711000815, true",
    "9007199254740991, AFTER, 9007199254740991, 9007199254740991, true",
  })
  void readsItsTextForm(
      String text, Start.Mode mode, long cursor, long asked, boolean whateverWasWritten) {
    Start start = Start.parse(text).orElseThrow();
    assertThat(start).isEqualTo(new Start(mode, cursor));
    assertThat(start.cursorToAsk().orElse(-1)).isEqualTo(asked);
    assertThat(start.whateverWasWritten()).isEqualTo(whateverWasWritten);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "0",
        "-1",
        "9007199254740992",
        "99999999999999999999",
        "LIVE",
        "1.5"
      })
  void refusesAnythingElse(String text) {
    assertThat(Start.parse(text)).isEmpty();
  }

  @Test
  void saysWhatItTakes() {
    assertThat(Start.EXPECTED.split(",? or |, ", -1))
        .filteredOn(word -> !word.contains("sequence"))
        .allSatisfy(word -> assertThat(Start.parse(word)).as(word).isPresent());
  }
}
