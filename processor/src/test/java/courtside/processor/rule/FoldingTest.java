package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class FoldingTest {
  private static final int MOST_SHOWN = 10;

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @ParameterizedTest
  @CsvSource({
    "Jokić, jokic",
    "JOKIC\u0301, jokic",
    "straße, strasse",
    "ﬁnal, final",
    "İstanbul, istanbul",
    "ＮＢＡ, nba",
    "ΟΔΟΣ, οδοσ",
    "οδός, οδοσ",
    "a\u00ADb, ab",
    "🏀, 🏀",
  })
  void foldsWhateverPeopleWrite(String text, String folded) {
    assertThat(Folding.WORDS.of(text)).isEqualTo(folded);
  }

  @Test
  void foldsHalfWidthAndVoicedAlike() {
    assertThat(Folding.WORDS.of("ﾚｲｶｰｽﾞ")).isEqualTo(Folding.WORDS.of("レイカーズ"));
    assertThat(Folding.WORDS.of("\u1105\u1166")).isEqualTo(Folding.WORDS.of("레"));
  }

  /** Every character there is, those that are none yet among them. */
  @ParameterizedTest
  @EnumSource(names = {"TEXT", "LINK", "AUTHOR"})
  void foldsWhatTheAnalysisMadeOfACharacterAsTheCharacter(Field field) {
    List<String> wrong = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      check(field, Character.toString(c), wrong);
    }
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void foldsWhatTheAnalysisMadeOfATextAsTheText(Field field) {
    Random random = new Random(seed);
    RandomText texts = new RandomText(random, 2_000);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      check(field, texts.word() + texts.word() + texts.text(2), wrong);
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
  }

  private static void check(Field field, String text, List<String> wrong) {
    String analysed = Field.ANALYZER.normalize(field.fieldName(), text).utf8ToString();
    String folded = field.folding().of(text);
    // A tag may lose its sign.
    if (wrong.size() < MOST_SHOWN
        && !folded.equals(field.folding().of(analysed))
        && !(field == Field.TAG && folded.equals("#" + field.folding().of(analysed)))) {
      wrong.add(
          text + " " + text.codePoints().mapToObj(Integer::toHexString).toList() + ": " + folded);
    }
  }
}
