package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.record.Facet.ByteSlice;
import courtside.atproto.record.Facet.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FacetTest {
  /** One, two, three and four bytes. */
  private static final String TEXT = "aé湖🏀";

  @ParameterizedTest
  @CsvSource({
    "0, 0, ''",
    "0, 1, a",
    "1, 3, é",
    "3, 6, 湖",
    "6, 10, 🏀",
    "0, 10, aé湖🏀",
    "1, 6, é湖",
    "10, 10, ''",
    "3, 3, ''",
  })
  void coversWholeCharacters(long start, long end, String covered) {
    Optional<Part> part = partOf(start, end, TEXT);
    assertThat(part.map(Part::text)).hasValue(covered);
    assertThat(TEXT.substring(part.orElseThrow().start(), part.orElseThrow().end()))
        .isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1",
    "1, 0",
    "0, 11",
    "11, 11",
    "10, 11",
    "2, 3",
    "1, 2",
    "2, 2",
    "4, 5",
    "6, 8",
    "7, 10",
    "9223372036854775807, 9223372036854775807",
    "0, 9223372036854775807",
    "-9223372036854775808, 9223372036854775807",
    "4294967296, 4294967297",
  })
  void coversNothingWhereTheTextHasNoSuchPart(long start, long end) {
    assertThat(partOf(start, end, TEXT)).isEmpty();
  }

  @Test
  void coversNothingWhereItDoesNotSayWhat() {
    assertThat(new Facet(Optional.empty(), List.of()).partOf(TEXT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", TEXT, "👨‍👩‍👧‍👦", "\ufeffx", "\u0000\u007f\u0080\u07ff\u0800\uffff"})
  void coversWhatTheBytesSay(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    for (int start = -1; start <= utf8.length + 1; start++) {
      for (int end = -1; end <= utf8.length + 1; end++) {
        assertThat(partOf(start, end, text).map(Part::text))
            .as("%d to %d", start, end)
            .isEqualTo(byBytes(utf8, start, end));
      }
    }
  }

  private static Optional<String> byBytes(byte[] utf8, int start, int end) {
    if (start < 0 || end < start || end > utf8.length) {
      return Optional.empty();
    }
    return isBoundary(utf8, start) && isBoundary(utf8, end)
        ? Optional.of(new String(utf8, start, end - start, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static boolean isBoundary(byte[] utf8, int at) {
    return at == utf8.length || (utf8[at] & 0xc0) != 0x80;
  }

  private static Optional<Part> partOf(long start, long end, String text) {
    return new Facet(Optional.of(new ByteSlice(start, end)), List.of()).partOf(text);
  }
}
