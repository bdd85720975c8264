package courtside.screen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class VisibleTextTest {
  private static final Pattern ACTS =
      Pattern.compile(
          "[\\p{Cntrl}\\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]");

  @Test
  void makesWhatATerminalWouldActOnVisible() {
    assertThat(VisibleText.line("a\u001b[2Jb\rc\nd\te\u0000\u007f\u009b31m"))
        .isEqualTo("a\\u001b[2Jb\\u000dc\\u000ad\\u0009e\\u0000\\u007f\\u009b31m");
    assertThat(VisibleText.line("\u202egnp.\u2066x\u2069\u200f\u061c\u2028\ufeff"))
        .isEqualTo("\\u202egnp.\\u2066x\\u2069\\u200f\\u061c\\u2028\\ufeff");
    assertThat(VisibleText.line("\ud83d tag \udb40\udc41")).isEqualTo("\\ud83d tag \\udb40\\udc41");
  }

  @Test
  void leavesNoCharacterOfAnyPlaneThatActs() {
    StringBuilder all = new StringBuilder();
    for (int character = 0; character <= 0xffff; character++) {
      all.append((char) character);
    }
    assertThat(ACTS.matcher(VisibleText.line(all.toString())).find()).isFalse();
    assertThat(ACTS.matcher(VisibleText.lines("a\n\u001bb").replace("\n", "")).find()).isFalse();
  }

  @Test
  void leavesWhatPeopleWriteAsItIs() {
    String text = "ジャンプ سلة 👩‍👧 \"quoted\" \\ é";
    assertThat(VisibleText.line(text)).isEqualTo(text);
    assertThat(VisibleText.lines("a\nb\r")).isEqualTo("a\nb\\u000d");
  }

  @Test
  void cutsBetweenCharactersAndAtTheBound() {
    assertThat(VisibleText.line("12345", 5)).isEqualTo("12345");
    assertThat(VisibleText.line("123456", 5)).isEqualTo("1234…");
    assertThat(VisibleText.line("🏀🏀🏀🏀", 3)).isEqualTo("🏀🏀…");
    assertThat(VisibleText.line("🏀🏀🏀", 3)).isEqualTo("🏀🏀🏀");
    assertThat(VisibleText.line("\u001b\u001b", 3)).isEqualTo("\\u…");
    assertThat(VisibleText.line("x".repeat(1_000_000), 2)).isEqualTo("x…");
  }

  @Test
  void keepsJsonTheSame() throws Exception {
    String evil = "\u0001\u007f\u0085\u009b\u202e\u2028\ud83d\udb40\udc41 \\ \" ok";
    String printed = VisibleText.line(new TextNode(evil).toString());
    assertThat(ACTS.matcher(printed).find()).isFalse();
    assertThat(new ObjectMapper().readTree(printed).textValue()).isEqualTo(evil);
  }
}
