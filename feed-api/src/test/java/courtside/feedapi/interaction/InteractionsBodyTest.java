package courtside.feedapi.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.eventlog.feed.Interaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InteractionsBodyTest {
  private static final long SEED = 20_261_127;
  private static final int ROUNDS = 20_000;
  private static final String FEED = "at://did:web:feeds.example/app.bsky.feed.generator/nba-now";
  private static final String POST =
      "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3lbntq2aprc2e";
  private static final String WHOLE =
      """
      {"feed":"%s","interactions":[
        {"item":"%s","event":"app.bsky.feed.defs#interactionSeen","feedContext":"dunk 🏀","reqId":"r1"},
        {"event":"com.example.feed#winked","$type":"app.bsky.feed.defs#interaction"},
        {"item":"%s"}]}
      """
          .formatted(FEED, POST, POST);

  @Test
  void readsEveryMember() throws Exception {
    assertThat(read(WHOLE))
        .containsExactly(
            new Interaction(
                Optional.of(FEED),
                Optional.of(POST),
                Interaction.SEEN,
                Optional.of("dunk 🏀"),
                Optional.of("r1")),
            new Interaction(
                Optional.of(FEED),
                Optional.empty(),
                "com.example.feed#winked",
                Optional.empty(),
                Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"interactions\":[]}",
        "{\"interactions\":[{}]}",
        "{\"interactions\":[{\"item\":\"at://example.com\"}]}",
        "{\"interactions\":[],\"cursor\":null,\"more\":{\"interactions\":[1]}}",
        "{\"interactions\":[{\"reason\":null,\"more\":[[{}]]}]}",
      })
  void findsNothingToWriteIn(String json) throws Exception {
    assertThat(read(json)).isEmpty();
  }

  @Test
  void takesWhatIsJustWithinTheBounds() throws Exception {
    // Two bytes each.
    String context = "é".repeat(InteractionsBody.MAX_CONTEXT_BYTES / 2);
    String request = "r".repeat(InteractionsBody.MAX_REQUEST_ID_BYTES);
    String event = "e".repeat(InteractionsBody.MAX_EVENT_BYTES);

    assertThat(read(one("event", quoted(event), "feedContext", quoted(context))))
        .containsExactly(
            new Interaction(
                Optional.empty(), Optional.empty(), event, Optional.of(context), Optional.empty()));
    assertThat(read(one("event", "\"e\"", "reqId", quoted(request))))
        .extracting(Interaction::reqId)
        .containsExactly(Optional.of(request));
    assertThat(read(list(InteractionsBody.MAX_INTERACTIONS)))
        .hasSize(InteractionsBody.MAX_INTERACTIONS);
    String body = list(1);
    assertThat(read(body + " ".repeat(InteractionsBody.MAX_BYTES - body.length()))).hasSize(1);
  }

  static Stream<Arguments> bad() {
    String tooLong = "é".repeat(InteractionsBody.MAX_CONTEXT_BYTES / 2) + "e";
    return Stream.of(
        arguments("", Kind.BAD_JSON, "JSON object"),
        arguments("[]", Kind.BAD_JSON, "JSON object"),
        arguments("null", Kind.BAD_JSON, "JSON object"),
        arguments("{\"interactions\":[]} {}", Kind.BAD_JSON, "JSON object"),
        arguments("{\"interactions\":[]", Kind.BAD_JSON, "JSON object"),
        arguments("{\"interactions\":[],\"interactions\":[]}", Kind.BAD_JSON, "JSON object"),
        arguments(one("event", "\"a\"", "event", "\"b\""), Kind.BAD_JSON, "JSON object"),
        arguments("[".repeat(30_000), Kind.BAD_JSON, "JSON object"),
        arguments("{\"a\":".repeat(10_000), Kind.BAD_JSON, "JSON object"),
        arguments(
            "{\"interactions\":[],\"deep\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
            Kind.BAD_JSON,
            "JSON object"),
        arguments("{}", Kind.MISSING_FIELD, "a list as 'interactions', found none"),
        arguments("{\"interactions\":null}", Kind.WRONG_TYPE, "'interactions', found null"),
        arguments("{\"interactions\":{}}", Kind.WRONG_TYPE, "'interactions', found an object"),
        arguments("{\"interactions\":[1]}", Kind.WRONG_TYPE, "interactions[0], found a number"),
        arguments("{\"interactions\":[{},null]}", Kind.WRONG_TYPE, "interactions[1], found null"),
        arguments("{\"interactions\":[[]]}", Kind.WRONG_TYPE, "found a list"),
        arguments(
            "{\"interactions\":[],\"feed\":null}", Kind.WRONG_TYPE, "text as 'feed', found null"),
        arguments("{\"interactions\":[],\"feed\":\"nba\"}", Kind.BAD_IDENTIFIER, "for 'feed'"),
        arguments(one("item", "\"\""), Kind.BAD_IDENTIFIER, "for 'interactions[0].item'"),
        arguments(one("item", quoted(POST + "/more")), Kind.BAD_IDENTIFIER, ".item'"),
        arguments(one("item", "true"), Kind.WRONG_TYPE, ".item', found a truth value"),
        arguments(one("event", "null"), Kind.WRONG_TYPE, ".event', found null: leave it out"),
        arguments(one("event", "7"), Kind.WRONG_TYPE, ".event', found a number"),
        arguments(one("event", "\"\""), Kind.BAD_IDENTIFIER, "name of an event"),
        arguments(one("event", quoted("e".repeat(513))), Kind.TOO_LARGE, "at most 512 bytes"),
        arguments(one("event", "\"\\ud83c\""), Kind.BAD_UTF8, "half of a character"),
        arguments(one("feedContext", "\"\\udfc0\""), Kind.BAD_UTF8, "half of a character"),
        arguments(one("feedContext", quoted(tooLong)), Kind.TOO_LARGE, "at most 2000 bytes"),
        arguments(one("feedContext", "{}"), Kind.WRONG_TYPE, ".feedContext', found an object"),
        arguments(one("reqId", quoted("r".repeat(101))), Kind.TOO_LARGE, "found 101"),
        arguments(one("reqId", "[]"), Kind.WRONG_TYPE, ".reqId', found a list"),
        arguments(
            list(InteractionsBody.MAX_INTERACTIONS + 1),
            Kind.TOO_LARGE,
            "at most 500 interactions"),
        arguments(
            "{\"interactions\":[" + "{},".repeat(20_000) + "{}]}",
            Kind.TOO_LARGE,
            "at most 500 interactions"),
        arguments(
            list(1) + " ".repeat(InteractionsBody.MAX_BYTES),
            Kind.TOO_LARGE,
            "at most 65536 bytes"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void saysWhatWasExpectedInsteadOf(String json, Kind kind, String says) {
    MalformedDataException refused =
        Objects.requireNonNull(
            catchThrowableOfType(MalformedDataException.class, () -> read(json)), "was read");

    assertThat(refused.kind()).isEqualTo(kind);
    assertThat(refused).hasMessageContaining("expected").hasMessageContaining(says);
    assertThat(String.valueOf(refused.getMessage()).length()).isLessThan(250);
  }

  @Test
  void refusesOtherEncodings() {
    byte[] utf16 = WHOLE.getBytes(StandardCharsets.UTF_16BE);
    byte[] cut = {'{', '"', (byte) 0xf0, (byte) 0x9f, '"', '}'};

    for (byte[] body : List.of(utf16, cut)) {
      assertThat(catchThrowableOfType(MalformedDataException.class, () -> read(body))).isNotNull();
    }
  }

  @Test
  void readsOrRefusesWhateverComes() {
    Random random = new Random(SEED);
    byte[] whole = WHOLE.getBytes(StandardCharsets.UTF_8);
    String alphabet = "{}[]\",:\\un0123abc#/ \n";
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = whole.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        body[random.nextInt(body.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      try {
        for (Interaction interaction : InteractionsBody.read(body)) {
          // Whatever is read can be written.
          assertThat(Interaction.FORMAT.decode(Interaction.FORMAT.encode(interaction)))
              .isEqualTo(interaction);
        }
      } catch (MalformedDataException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("round " + round + " of seed " + SEED, e);
      }
    }
    assertThat(refused).as("refused of %d", ROUNDS).isBetween(ROUNDS / 10, ROUNDS - 100);
  }

  private static List<Interaction> read(String json) throws MalformedDataException {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Interaction> read(byte[] json) throws MalformedDataException {
    return InteractionsBody.read(json);
  }

  private static String one(String name, String value) {
    return "{\"interactions\":[{\"" + name + "\":" + value + "}]}";
  }

  private static String one(String name, String value, String other, String otherValue) {
    return "{\"interactions\":[{\"%s\":%s,\"%s\":%s}]}".formatted(name, value, other, otherValue);
  }

  private static String list(int count) {
    return Stream.generate(() -> "{\"event\":\"e\"}")
        .limit(count)
        .collect(Collectors.joining(",", "{\"interactions\":[", "]}"));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
