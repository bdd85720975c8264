package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Base58Test {
  private static final long FIRST_SEED = 20_261_125L;

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "'\0', 1",
    "'\0\0', 11",
    "a, 2g",
    "'\0a', 12g",
    "Hello World!, 2NEpo7TZRRrLZSi2U"
  })
  void knowsTheDigits(String bytes, String text) throws MalformedDataException {
    assertThat(Base58.encode(bytes.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(text);
    assertThat(Base58.decode(text, 0)).isEqualTo(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatIsEncodedDecodesToTheSame() throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 2000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(66)];
      random.nextBytes(bytes);
      for (int zeros = random.nextInt(4); zeros > 0 && zeros <= bytes.length; zeros--) {
        bytes[zeros - 1] = 0;
      }
      String text = Base58.encode(bytes);
      assertThat(Base58.decode("z" + text, 1)).as("seed %d", seed).isEqualTo(bytes);
      assertThat(text).as("seed %d", seed).isEqualTo(byDivision(bytes));
    }
  }

  /** The definition: leading zeros, then the digits of one large number. */
  private static String byDivision(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    BigInteger rest = new BigInteger(1, bytes);
    while (rest.signum() > 0) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(58));
      text.append(
          "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".charAt(parts[1].intValue()));
      rest = parts[0];
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      text.append('1');
    }
    return text.reverse().toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "O",
        "I",
        "l",
        "2g ",
        " 2g",
        "+",
        "é",
        "\uD83C\uDFC0",
        "\0",
        "2g\n",
        "\u0661"
      })
  void refusesOtherCharacters(String text) {
    assertBad(text);
  }

  @Test
  void refusesMoreThanAnyKeyHas() throws MalformedDataException {
    assertThat(Base58.decode("z".repeat(Base58.MAX_TEXT_LENGTH), 0)).hasSize(71);
    assertBad("z".repeat(Base58.MAX_TEXT_LENGTH + 1));
    assertBad("1".repeat(10_000_000));
  }

  private static void assertBad(String text) {
    assertThatThrownBy(() -> Base58.decode(text, 0))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_KEY));
  }
}
