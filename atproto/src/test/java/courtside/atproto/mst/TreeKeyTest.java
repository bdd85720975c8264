package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TreeKeyTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String VECTORS = "vectors/atproto-interop-tests/mst/";

  @Test
  void heightsAreThoseOfTheVectors() throws IOException {
    JsonNode cases = JSON.readTree(SharedFiles.bytes(VECTORS + "key_heights.json"));
    assertThat(cases).hasSize(9);
    for (JsonNode one : cases) {
      String key = one.path("key").asText();
      assertThat(TreeKey.heightOf(key.getBytes(StandardCharsets.US_ASCII)))
          .as(key)
          .isEqualTo(one.path("height").asInt());
    }
  }

  @Test
  void heightsAreThoseThatTheExamplesSay() throws IOException {
    List<String> keys =
        new String(SharedFiles.bytes(VECTORS + "example_keys.txt"), StandardCharsets.US_ASCII)
            .lines()
            .toList();
    assertThat(keys).hasSize(156);
    for (String key : keys) {
      assertThat(TreeKey.of(key).height()).as(key).isEqualTo(key.charAt(1) - '0');
    }
  }

  @Test
  void commonPrefixesAreThoseOfTheVectors() throws IOException {
    JsonNode cases = JSON.readTree(SharedFiles.bytes(VECTORS + "common_prefix.json"));
    assertThat(cases).hasSize(13);
    for (JsonNode one : cases) {
      assertThat(TreeKey.commonPrefix(one.path("left").asText(), one.path("right").asText()))
          .as(one.toString())
          .isEqualTo(one.path("len").asInt());
    }
  }

  @Test
  void acceptsWhatIsAPath() throws MalformedDataException {
    for (String key :
        List.of(
            "a/b",
            "app.bsky.feed.post/3mptbyplj5d2a",
            "coll/AZaz09_~-:.",
            "a/" + "b".repeat(TreeKey.MAX_LENGTH - 2))) {
      assertThat(TreeKey.parse(key)).hasToString(key).isEqualTo(TreeKey.of(key));
    }
  }

  @Test
  void refusesWhatIsNone() {
    for (String key :
        List.of(
            "",
            "/",
            "a",
            "a/",
            "/a",
            "a/b/c",
            "a//b",
            "a/b/",
            "a/b c",
            "a/b\u0000",
            "a/é",
            "a/@",
            "a/b+",
            "a/" + "b".repeat(TreeKey.MAX_LENGTH - 1))) {
      assertThatThrownBy(() -> TreeKey.parse(key))
          .as(key)
          .isInstanceOfSatisfying(
              MalformedDataException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.BAD_IDENTIFIER);
                assertThat(e.getMessage()).hasSizeLessThan(120);
              });
      assertThatThrownBy(() -> TreeKey.of(key)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everyRecordHasOne() {
    String longest = "a." + "b".repeat(60) + ".c";
    assertThat(TreeKey.of(new Nsid(longest), new RecordKey("~".repeat(512))).value())
        .isEqualTo(longest + "/" + "~".repeat(512));
  }
}
