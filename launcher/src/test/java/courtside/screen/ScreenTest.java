package courtside.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ScreenTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Screen screen(boolean terminal) {
    return new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), terminal, 20);
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void rewritesTheStatusBelowTheLinesOnATerminal() {
    Screen screen = screen(true);
    screen.line("hello");
    screen.status("one");
    screen.line("world");
    screen.endStatus();
    assertThat(written()).isEqualTo("hello\n\r\u001b[2Kone\r\u001b[2Kworld\none\n");
  }

  @Test
  void cutsAStatusThatTheTerminalWouldWrap() {
    screen(true).status("a status that is longer than the terminal");
    assertThat(written()).isEqualTo("\r\u001b[2Ka status that is l…");
  }

  @Test
  void rewritesSeveralLinesOfAStatus() {
    Screen screen = screen(true);
    screen.status(List.of("one", "two"));
    screen.line("hello");
    screen.status(List.of("three"));
    screen.clearStatus();
    String eraseTwo = "\r\u001b[2K\u001b[1A\r\u001b[2K";
    assertThat(written())
        .isEqualTo(
            "\r\u001b[2Kone\ntwo" + eraseTwo + "hello\none\ntwo" + eraseTwo + "three\r\u001b[2K");
  }

  @Test
  void printsTheStatusNowAndThenElsewhere() {
    Screen screen = screen(false);
    for (int second = 0; second < 11; second++) {
      screen.status("at " + second);
    }
    assertThat(written()).isEqualTo("at 0\nat 10\n");
  }

  @Test
  void showsWhatIsInATextAndDoesNothingOfIt() {
    Screen screen = screen(true);
    screen.status("a\u001b[2Jb");
    screen.line("c\u009b2J\nd\u202e");
    screen.status(List.of("e\r"));
    assertThat(written())
        .isEqualTo(
            "\r\u001b[2Ka\\u001b[2Jb\r\u001b[2Kc\\u009b2J\\u000ad\\u202e\na\\u001b[2Jb"
                + "\r\u001b[2Ke\\u000d");
    Screen file = screen(false);
    out.reset();
    file.status("a\u001b[2Jb\n" + "x".repeat(1_000_000));
    assertThat(written())
        .startsWith("a\\u001b[2Jb\\u000axxx")
        .endsWith("x…\n")
        .hasSizeLessThan(5_000);
  }

  @Test
  void rewritesLinesBesideTheOutputWhereWhoStartedThisSaysThatTheyAreSeen() {
    Map<String, String> terminal = Map.of("TERM", "xterm");
    assertThat(Screen.seesErrors(Optional.of("true"), terminal, false)).isTrue();
    assertThat(Screen.seesErrors(Optional.of("false"), terminal, true)).isFalse();
    assertThat(Screen.seesErrors(Optional.of("true"), Map.of("TERM", "dumb"), true)).isFalse();
    assertThat(Screen.seesErrors(Optional.of("true"), Map.of(), true)).isFalse();
    assertThat(Screen.seesErrors(Optional.empty(), terminal, true)).isTrue();
    assertThat(Screen.seesErrors(Optional.empty(), terminal, false)).isFalse();
  }
}
