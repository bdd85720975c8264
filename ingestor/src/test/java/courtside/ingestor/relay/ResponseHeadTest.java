package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResponseHeadTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");

  private final ResponseHead head = new ResponseHead();

  private int pass(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return head.pass(bytes, 0, bytes.length);
  }

  @Test
  void endsAtTheEmptyLineAndNoLater() {
    String upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    assertThat(pass(upgrade + "frames")).isEqualTo(upgrade.length());
    assertThat(head.isComplete()).isTrue();
    assertThat(head.isUpgrade()).isTrue();
    assertThat(pass("frames")).isZero();
    assertThat(head.retryAfter(NOW)).isEmpty();
  }

  @Test
  void mayComeByteByByte() {
    for (char next : "HTTP/1.1 429 No\r\nX: \r\r\nRetry-After: 7\r\n\r\n".toCharArray()) {
      assertThat(head.isComplete()).isFalse();
      assertThat(pass(String.valueOf(next))).isEqualTo(1);
    }
    assertThat(head.isComplete()).isTrue();
    assertThat(head.isUpgrade()).isFalse();
    assertThat(head.retryAfter(NOW)).contains(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "120, PT2M",
        "0, PT0S",
        "99999, PT27H46M39S",
        "999999999, PT277777H46M39S",
        "1000000000, none",
        "-1, none",
        "soon, none",
        "'Wed, 25 Nov 2026 20:00:30 GMT', PT30S",
        "'Wed, 25 Nov 2026 19:00:00 GMT', none",
      })
  void readsWhatIsAskedForInBothForms(String value, Duration expected) {
    pass("HTTP/1.1 503 Busy\r\nretry-after:" + value + " \r\n\r\n");
    assertThat(head.retryAfter(NOW).orElse(null)).isEqualTo(expected);
  }

  @Test
  void isBounded() {
    pass("HTTP/1.1 101 Switching Protocols\r\nX: ");
    while (!head.isTooLong()) {
      assertThat(pass("x".repeat(1_000))).isPositive();
    }
    assertThat(head.isComplete()).isFalse();
    assertThat(head.isUpgrade()).isFalse();
    assertThat(pass("\r\n\r\n")).isZero();
  }
}
