package courtside.atproto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.CborTree;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cbor.RandomValues;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DataModelJsonTest {
  private static final long FIRST_SEED = 20_260_824L;
  private static final Cid CID = Cid.ofDagCbor(new byte[] {(byte) 0xa0}, 0, 1);

  @Test
  void writesEveryTypeAndReadsItBack() throws MalformedDataException {
    Map<String, @Nullable Object> value = new LinkedHashMap<>();
    value.put("text", "é\uD83C\uDFC0\"\\\n\0");
    value.put("number", Long.MIN_VALUE);
    value.put("yes", true);
    value.put("nothing", null);
    value.put("link", CID);
    value.put("bytes", Bytes.of(new byte[] {-1, 0, 1, 2}));
    value.put("list", List.of(1L, List.of(), Map.of()));
    String json = DataModelJson.write(value);
    assertThat(json)
        .isEqualTo(
            "{\"text\":\"é\uD83C\uDFC0\\\"\\\\\\n\\u0000\",\"number\":-9223372036854775808,"
                + "\"yes\":true,\"nothing\":null,\"link\":{\"$link\":\""
                + CID
                + "\"},\"bytes\":{\"$bytes\":\"/wABAg\"},\"list\":[1,[],{}]}");
    assertThat(DataModelJson.read(json)).isEqualTo(value);
    assertThat(DataModelJson.read(json).keySet()).containsExactlyElementsOf(value.keySet());
    assertThat(DataModelJson.read(DataModelJson.writeBytes(value))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "0e999999999, 0",
    "123.0, 123",
    "1.5e1, 15",
    "100e-2, 1",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808.000, -9223372036854775808",
  })
  void readsNumbersThatAreIntegers(String number, long value) throws MalformedDataException {
    assertThat(DataModelJson.read("{\"n\":" + number + "}")).isEqualTo(Map.of("n", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.5",
        "1e-1",
        "1e-999999999",
        "1e999999999",
        "1e99999999999999999999",
        "-1e2147483648",
        "9223372036854775808",
        "-9223372036854775809",
        "1e19",
        "01",
        "+1",
        ".5",
        "5.",
        "0x10",
        "NaN",
        "Infinity"
      })
  void refusesOtherNumbers(String number) {
    assertMalformed(Kind.BAD_JSON, () -> DataModelJson.read("{\"n\":" + number + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"a\"",
        "{",
        "}",
        "{}}",
        "{} {}",
        "{}1",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":tru}",
        "{\"a\":undefined}",
        "{\"a\":\"\n\"}", // not escaped
        "{\"a\":\"\\x\"}",
        "{\"a\":1}//",
        "/**/{}",
        "\uFEFF{}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}", // the same key, written in another way
        "{\"a\":\"\\ud83c\"}", // half of a pair
        "{\"a\":\"\\udfc0\\ud83c\"}",
        "{\"\\ud83c\":1}",
        "{\"$link\":\"bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm\"}",
        "{\"$bytes\":\"\"}",
        "{\"a\":{\"$link\":null}}",
        "{\"a\":{\"$link\":\"\"}}",
        "{\"a\":{\"$link\":{\"$link\":\"\"}}}",
        "{\"a\":{\"$bytes\":\"\",\"$link\":\"\"}}",
        "{\"a\":{\"b\":1,\"$bytes\":\"\"}}",
        "{\"a\":{\"$bytes\":\"A\"}}",
        "{\"a\":{\"$bytes\":\"AB\"}}", // bits beyond the last byte
        "{\"a\":{\"$bytes\":\"AAA=A\"}}",
        "{\"a\":{\"$bytes\":\"AA=\"}}",
        "{\"a\":{\"$bytes\":\"AAAA=\"}}",
        "{\"a\":{\"$bytes\":\"_w\"}}", // the alphabet of URLs
        "{\"a\":{\"$bytes\":\" AAAA\"}}",
        "{\"a\":{\"$bytes\":\"AA\\nAA\"}}",
        "{\"$type\":{}}",
        "{\"$type\":\"blob\",\"ref\":\"a\",\"mimeType\":\"a/b\",\"size\":1}"
      })
  void refusesWhatIsNotOfTheDataModel(String json) {
    assertMalformed(Kind.BAD_JSON, () -> DataModelJson.read(json));
    assertMalformed(Kind.BAD_JSON, () -> DataModelJson.read(utf8(json)));
  }

  @Test
  void takesBase64WithAndWithoutItsPadding() throws MalformedDataException {
    Map<String, Object> one = Map.of("a", Bytes.of(new byte[1]));
    assertThat(DataModelJson.read("{\"a\":{\"$bytes\":\"AA\"}}")).isEqualTo(one);
    assertThat(DataModelJson.read("{\"a\":{\"$bytes\":\"AA==\"}}")).isEqualTo(one);
    assertThat(DataModelJson.read("{\"a\":{\"$bytes\":\"\"}}"))
        .isEqualTo(Map.of("a", Bytes.of(new byte[0])));
  }

  @Test
  void takesKeysWithADollarThatMeanNothing() throws MalformedDataException {
    assertThat(DataModelJson.read("{\"$a\":1,\"$\":2}")).isEqualTo(Map.of("$a", 1L, "$", 2L));
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] surrogate = utf8("{\"a\":\"xxx\"}");
    surrogate[6] = (byte) 0xed;
    surrogate[7] = (byte) 0xa0;
    surrogate[8] = (byte) 0x80;
    assertMalformed(Kind.BAD_UTF8, () -> DataModelJson.read(surrogate));
    byte[] overlong = utf8("{\"a\":\"xx\"}");
    overlong[6] = (byte) 0xc0;
    overlong[7] = (byte) 0x80;
    assertMalformed(Kind.BAD_UTF8, () -> DataModelJson.read(overlong));
    // Other encodings of JSON are not guessed at.
    assertMalformed(
        Kind.BAD_JSON, () -> DataModelJson.read("{}".getBytes(StandardCharsets.UTF_16BE)));
  }

  @Test
  void nestsAsDeepAsDagCborDoes() throws MalformedDataException {
    String link = "{\"$link\":\"" + CID + "\"}";
    for (String leaf : List.of("1", "[]", "{}", link, "{\"$bytes\":\"\"}")) {
      Map<String, @Nullable Object> deepest =
          DataModelJson.read(nested(leaf, DagCborReader.MAX_DEPTH));
      byte[] cbor = DagCborWriter.write(deepest);
      DagCborReader.validate(cbor, 0, cbor.length);
      assertThat(DataModelJson.read(DataModelJson.write(deepest))).isEqualTo(deepest);
      assertMalformed(
          Kind.TOO_DEEP, () -> DataModelJson.read(nested(leaf, DagCborReader.MAX_DEPTH + 1)));
    }
    assertMalformed(
        Kind.TOO_DEEP, () -> DataModelJson.write(Map.of("a", lists(DagCborReader.MAX_DEPTH + 1))));
    assertMalformed(Kind.TOO_DEEP, () -> DataModelJson.read("{\"a\":" + "[".repeat(1_000_000)));
    assertMalformed(Kind.TOO_DEEP, () -> DataModelJson.read("{\"a\":".repeat(400_000)));
  }

  @Test
  void holdsItsLimits() throws MalformedDataException {
    // A text of the longest length that can be.
    String frame = "{\"a\":\"\"}";
    String longest = "x".repeat(DataModelJson.MAX_LENGTH - frame.length());
    assertThat(DataModelJson.read("{\"a\":\"" + longest + "\"}")).isEqualTo(Map.of("a", longest));
    assertThat(DataModelJson.write(Map.of("a", longest))).hasSize(DataModelJson.MAX_LENGTH);
    assertTooLarge(() -> DataModelJson.read("{\"a\":\"" + longest + "x\"}"));
    assertTooLarge(() -> DataModelJson.read(utf8("{\"a\":\"" + longest + "x\"}")));
    assertTooLarge(() -> DataModelJson.write(Map.of("a", longest + "x")));
    assertTooLarge(() -> DataModelJson.writeBytes(Map.of("a", longest.substring(1) + "é")));

    String number = "1." + "0".repeat(DataModelJson.MAX_NUMBER_LENGTH);
    assertTooLarge(() -> DataModelJson.read("{\"a\":" + number + "}"));
    assertTooLarge(() -> DataModelJson.read("{\"a\":" + "1".repeat(1_000_000) + "}"));

    String key = "é".repeat(DagCborReader.MAX_KEY_LENGTH / 2);
    assertThat(DataModelJson.read("{\"" + key + "\":1}")).containsOnlyKeys(key);
    assertThat(DataModelJson.write(Map.of(key, 1))).contains(key);
    assertTooLarge(() -> DataModelJson.read("{\"" + key + "x\":1}"));
    assertTooLarge(() -> DataModelJson.read("{\"" + "x".repeat(1_000_000) + "\":1}"));
    assertTooLarge(() -> DataModelJson.write(Map.of(key + "x", 1)));

    List<Integer> most = Collections.nCopies(DataModelJson.MAX_ENTRIES, 0);
    assertThat(DataModelJson.read(DataModelJson.write(Map.of("a", most)))).containsOnlyKeys("a");
    List<Integer> more = Collections.nCopies(DataModelJson.MAX_ENTRIES + 1, 0);
    assertTooLarge(() -> DataModelJson.write(Map.of("a", more)));
    assertTooLarge(
        () -> DataModelJson.read("{\"a\":[0" + ",0".repeat(DataModelJson.MAX_ENTRIES) + "]}"));
  }

  @Test
  void refusesToWriteWhatWouldBeReadAsSomethingElse() {
    for (Map<String, ?> value :
        List.<Map<String, ?>>of(
            Map.of("$link", CID.toString()),
            Map.of("a", Map.of("$link", CID.toString())),
            Map.of("a", List.of(Map.of("$bytes", ""))),
            Map.of("a", Map.of("$bytes", 1)),
            Map.of("$type", ""),
            Map.of("$type", 1),
            Map.of("$type", "blob"))) {
      assertMalformed(Kind.BAD_JSON, () -> DataModelJson.write(value));
    }
  }

  @Test
  void whatIsNotOfTheDataModelIsMisuse() {
    Map<Integer, Integer> byNumber = Map.of(1, 1);
    for (Object wrong : List.of(1.5, 'a', new byte[0], byNumber, "\ud83c", Map.of("\ud83c", 1))) {
      assertThatThrownBy(() -> DataModelJson.write(Map.of("a", wrong)))
          .as("%s", wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsWrittenReadsBackTheSame() throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 500; seed++) {
      Map<String, @Nullable Object> value = new HashMap<>();
      value.put("value", new RandomValues(seed).value());
      assertThat(DataModelJson.read(DataModelJson.write(value)))
          .as("seed %d", seed)
          .isEqualTo(value);
      assertThat(DataModelJson.read(DataModelJson.writeBytes(value)))
          .as("seed %d", seed)
          .isEqualTo(value);
    }
  }

  /** Whatever a stranger sends is refused, or is a value that both forms can carry. */
  @Test
  void whateverReadsHasOneDagCborForm() throws MalformedDataException {
    String json =
        "{\"$type\":\"a.b.c\",\"link\":{\"$link\":\""
            + CID
            + "\"},\"bytes\":{\"$bytes\":\"AAEC\"},\"list\":[1,-2.0,true,null,{\"\":\"\\u00e9\\ud83c"
            + "\\udfc0\"}],\"blob\":{\"$type\":\"blob\",\"ref\":{\"$link\":\""
            + CID
            + "\"},\"mimeType\":\"a/b\",\"size\":1}}";
    String characters = "{}[]\",:\\$=.-+eEu0189aAtfn \n\0\ud83c\udfc0é";
    int read = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder mutant = new StringBuilder(json);
      for (int change = random.nextInt(2); change >= 0; change--) {
        int at = random.nextInt(mutant.length());
        char character = characters.charAt(random.nextInt(characters.length()));
        switch (random.nextInt(3)) {
          case 0 -> mutant.setCharAt(at, character);
          case 1 -> mutant.deleteCharAt(at);
          default -> mutant.insert(at, character);
        }
      }
      read += isTaken(mutant.toString(), seed) ? 1 : 0;
    }
    // Or nothing was compared.
    assertThat(read).isBetween(1000, 19_000);
  }

  private static boolean isTaken(String json, long seed) throws MalformedDataException {
    Map<String, @Nullable Object> value;
    try {
      value = DataModelJson.read(json);
    } catch (MalformedDataException e) {
      assertThat(e.getMessage()).hasSizeLessThan(200);
      return false;
    }
    byte[] cbor = DagCborWriter.write(value);
    assertThat(CborTree.read(cbor)).as("seed %d, %s", seed, json).isEqualTo(value);
    assertThat(DataModelJson.read(DataModelJson.write(value)))
        .as("seed %d, %s", seed, json)
        .isEqualTo(value);
    return true;
  }

  /** An object with the leaf so many levels below it. */
  private static String nested(String leaf, int depth) {
    return "{\"a\":" + "[".repeat(depth - 1) + leaf + "]".repeat(depth - 1) + "}";
  }

  private static List<?> lists(int count) {
    List<?> nested = List.of();
    for (int i = 1; i < count; i++) {
      nested = List.of(nested);
    }
    return nested;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertTooLarge(ThrowingCallable code) {
    assertMalformed(Kind.TOO_LARGE, code);
  }

  private static void assertMalformed(Kind kind, ThrowingCallable code) {
    assertThatThrownBy(code)
        .isInstanceOfSatisfying(
            MalformedDataException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.getMessage()).hasSizeLessThan(200);
            });
  }
}
