package courtside.atproto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonObjectsTest {
  private static final long FIRST_SEED = 20_261_125L;
  private static final int MAX_BYTES = 1 << 20;

  @Test
  void readsAnObject() throws MalformedDataException {
    assertThat(read(" {\"a\": [1, \"\\u00e9 é\", {\"a\": null}]}\n").path("a").path(1).textValue())
        .isEqualTo("é é");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "1",
        "\"{}\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{}]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1 /* why */}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":\"\t\"}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"b\":{\"a\":1,\"c\":[],\"a\":1}}",
        "\uFEFF{}"
      })
  void refusesWhatIsNotOneObjectWithOneMeaning(String json) {
    assertRefused(json.getBytes(StandardCharsets.UTF_8), Kind.BAD_JSON);
  }

  @Test
  void refusesOtherEncodings() {
    assertRefused("{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_16), Kind.BAD_UTF8);
    assertRefused("{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_16LE), Kind.BAD_JSON);
    assertRefused("{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1), Kind.BAD_UTF8);
    // A slash in two bytes; half a surrogate pair.
    assertRefused(
        new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'}, Kind.BAD_UTF8);
    assertRefused(
        new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'},
        Kind.BAD_UTF8);
  }

  @Test
  void boundsWhatItReads() throws MalformedDataException {
    int lists = JsonObjects.MAX_DEPTH - 1;
    assertThat(read("{\"a\":" + "[".repeat(lists) + "]".repeat(lists) + "}")).hasSize(1);
    assertRefused("{\"a\":" + "[".repeat(lists + 1) + "]".repeat(lists + 1) + "}", Kind.BAD_JSON);
    assertRefused("{\"a\":".repeat(150_000), Kind.BAD_JSON);
    assertRefused("{\"" + "n".repeat(JsonObjects.MAX_NAME_LENGTH + 1) + "\":1}", Kind.BAD_JSON);
    assertRefused("{\"a\":" + "9".repeat(JsonObjects.MAX_NUMBER_LENGTH + 1) + "}", Kind.BAD_JSON);
    assertRefused(" ".repeat(MAX_BYTES + 1), Kind.TOO_LARGE);
    assertThat(read("{\"a\":1e999999999,\"b\":1e-999999999}")).hasSize(2);
  }

  /** All of one hash: a table that trusts it takes minutes for these. */
  @Test
  void namesThatCollideAreNamesLikeAnyOther() throws MalformedDataException {
    StringBuilder json = new StringBuilder("{\"x\":0");
    for (int i = 0; i < 1 << 14; i++) {
      json.append(",\"");
      for (int bit = 0; bit < 14; bit++) {
        json.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      json.append("\":0");
    }
    assertThat(read(json.append('}').toString())).hasSize((1 << 14) + 1);
  }

  @Test
  void anyBytesAreAnObjectOrRefused() {
    byte[] good =
        "{\"id\":\"did:web:a.example\",\"list\":[{\"é\":1.5e3},true,null,\"\\uD83C\\uDFC0\"]}"
            .getBytes(StandardCharsets.UTF_8);
    int read = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 20_000; seed++) {
      Random random = new Random(seed);
      byte[] mutant = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      try {
        var _ = JsonObjects.read(mutant, MAX_BYTES);
        read++;
      } catch (MalformedDataException e) {
        assertThat(e.kind()).as("seed %d", seed).isIn(Kind.BAD_JSON, Kind.BAD_UTF8);
      }
    }
    assertThat(read).as("or nothing was tried").isGreaterThan(1000);
  }

  @Test
  void doesNotQuoteTheInput() {
    assertThatThrownBy(() -> read("{\"a\": " + "secret".repeat(50_000) + "}"))
        .hasMessageNotContaining("secret")
        .extracting(Throwable::getMessage)
        .asString()
        .hasSizeLessThan(200);
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode read(String json)
      throws MalformedDataException {
    return JsonObjects.read(json.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
  }

  private static void assertRefused(String json, Kind kind) {
    assertRefused(json.getBytes(StandardCharsets.UTF_8), kind);
  }

  private static void assertRefused(byte[] json, Kind kind) {
    assertThatThrownBy(() -> JsonObjects.read(json, MAX_BYTES))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
