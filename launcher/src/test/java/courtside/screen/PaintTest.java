package courtside.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class PaintTest {
  @Test
  void paintsOnATerminalAloneAndNotWhereNobodyWantsIt() {
    assertThat(Paint.of(true, Map.of()).bad("!")).isEqualTo("\u001b[31m!\u001b[0m");
    assertThat(Paint.of(true, Map.of("NO_COLOR", "")).good("ok"))
        .isEqualTo("\u001b[32mok\u001b[0m");
    assertThat(Paint.of(true, Map.of("NO_COLOR", "1")).bad("!")).isEqualTo("!");
    assertThat(Paint.of(false, Map.of()).bad("!")).isEqualTo("!");
  }
}
