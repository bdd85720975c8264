package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.record.BrokenLimit.Unit;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostLimitsTest {
  private static final String FAMILY = "👨‍👩‍👧‍👦";
  private static final Cid FILE = Cid.ofDagCbor(new byte[] {1}, 0, 1);

  @Test
  void textsMayHaveAsManyGraphemesAsTheLexiconSays() throws MalformedDataException {
    assertThat(broken(Map.of("text", "x".repeat(300)))).isEmpty();
    assertThat(broken(Map.of("text", "x".repeat(301))))
        .containsExactly(new BrokenLimit("text", Unit.GRAPHEMES, 300, 301));
  }

  @Test
  void aGraphemeIsWhatAReaderCountsAsOne() throws MalformedDataException {
    // 25 bytes, 11 chars and one grapheme each.
    assertThat(broken(Map.of("text", FAMILY.repeat(120)))).isEmpty();
    assertThat(broken(Map.of("text", FAMILY.repeat(121))))
        .containsExactly(new BrokenLimit("text", Unit.BYTES, 3000, 3025));
    assertThat(broken(Map.of("text", "🇪🇸".repeat(301))))
        .containsExactly(new BrokenLimit("text", Unit.GRAPHEMES, 300, 301));
    assertThat(broken(Map.of("text", "e\u0301".repeat(300)))).isEmpty();
  }

  @Test
  void bytesAreThoseOfUtf8() throws MalformedDataException {
    assertThat(broken(Map.of("labels", labels("é".repeat(64))))).isEmpty();
    assertThat(broken(Map.of("labels", labels("é".repeat(65)))))
        .containsExactly(new BrokenLimit("labels.values[0].val", Unit.BYTES, 128, 130));
  }

  @Test
  void listsMayHaveAsManyItemsAsTheLexiconSays() throws MalformedDataException {
    assertThat(
            broken(
                Map.of(
                    "langs", copies(3, "en"),
                    "tags", copies(8, "nba"),
                    "labels", Map.of("values", copies(10, Map.of("val", "bot"))),
                    "embed", embed("images", "images", copies(4, Map.of())))))
        .isEmpty();
    assertThat(
            broken(
                Map.of(
                    "langs", copies(4, "en"),
                    "tags", copies(9, "nba"),
                    "labels", Map.of("values", copies(11, Map.of("val", "bot"))),
                    "embed", embed("images", "images", copies(5, Map.of())))))
        .containsExactly(
            new BrokenLimit("langs", Unit.ITEMS, 3, 4),
            new BrokenLimit("labels.values", Unit.ITEMS, 10, 11),
            new BrokenLimit("tags", Unit.ITEMS, 8, 9),
            new BrokenLimit("embed.images", Unit.ITEMS, 4, 5));
    assertThat(broken(Map.of("embed", embed("gallery", "items", copies(21, Map.of())))))
        .containsExactly(new BrokenLimit("embed.items", Unit.ITEMS, 20, 21));
    assertThat(broken(Map.of("embed", embed("video", "captions", copies(21, Map.of())))))
        .containsExactly(new BrokenLimit("embed.captions", Unit.ITEMS, 20, 21));
  }

  @Test
  void tagsHaveLimitsWhereverTheyStand() throws MalformedDataException {
    String most = "x".repeat(64);
    assertThat(broken(Map.of("tags", List.of(most), "facets", facets(most)))).isEmpty();
    assertThat(broken(Map.of("tags", List.of("a", most + "x"), "facets", facets(most + "x"))))
        .containsExactly(
            new BrokenLimit("facets[0].features[1].tag", Unit.GRAPHEMES, 64, 65),
            new BrokenLimit("tags[1]", Unit.GRAPHEMES, 64, 65));
    assertThat(broken(Map.of("tags", List.of("a" + "\u0301".repeat(320)))))
        .containsExactly(new BrokenLimit("tags[0]", Unit.BYTES, 640, 641));
  }

  @Test
  void filesHaveLimitsByWhatTheyAreFor() throws MalformedDataException {
    assertThat(broken(Map.of("embed", embed("video", "video", blob(300_000_001)))))
        .containsExactly(new BrokenLimit("embed.video", Unit.BYTES, 300_000_000, 300_000_001));
    assertThat(
            broken(
                Map.of("embed", embed("video", "captions", List.of(Map.of("file", blob(20_001)))))))
        .containsExactly(new BrokenLimit("embed.captions[0].file", Unit.BYTES, 20_000, 20_001));
    assertThat(
            broken(
                Map.of("embed", embed("external", "external", Map.of("thumb", blob(1_000_001))))))
        .containsExactly(new BrokenLimit("embed.external.thumb", Unit.BYTES, 1_000_000, 1_000_001));
    List<?> images =
        List.of(Map.of("image", blob(2_000_000)), Map.of("image", blob(Long.MAX_VALUE)));
    assertThat(
            broken(
                Map.of(
                    "embed", embed("recordWithMedia", "media", embed("images", "images", images)))))
        .containsExactly(
            new BrokenLimit("embed.media.images[1].image", Unit.BYTES, 2_000_000, Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0301", "🇪", "\u200d", "🏀\u200d", "\u1100", "\u0600", "क\u094d", "\r"})
  void countsTheLongestTextsThatAreRead(String repeated) throws MalformedDataException {
    // Given: characters whose breaks depend on those before them.
    int bytes = repeated.getBytes(StandardCharsets.UTF_8).length;
    int count = (RecordValue.MAX_BYTES - 100) / bytes;

    // Then
    assertThat(broken(Map.of("text", repeated.repeat(count))))
        .contains(new BrokenLimit("text", Unit.BYTES, 3000, (long) count * bytes));
  }

  private static List<BrokenLimit> broken(Map<String, ?> fields) throws MalformedDataException {
    Map<String, Object> all = new HashMap<>(fields);
    all.put("$type", Post.TYPE);
    return Post.read(Bytes.of(DagCborWriter.write(all))).brokenLimits();
  }

  private static <T> List<T> copies(int count, T item) {
    return Collections.nCopies(count, item);
  }

  private static Map<String, ?> labels(String label) {
    return Map.of("values", List.of(Map.of("val", label)));
  }

  private static List<?> facets(String tag) {
    String type = "app.bsky.richtext.facet#";
    return List.of(
        Map.of(
            "features",
            List.of(
                Map.of("$type", type + "mention", "did", "x".repeat(1000)),
                Map.of("$type", type + "tag", "tag", tag))));
  }

  private static Map<String, ?> embed(String type, String field, Object value) {
    return Map.of("$type", "app.bsky.embed." + type, field, value);
  }

  private static Map<String, ?> blob(long size) {
    return Map.of("$type", "blob", "ref", FILE, "mimeType", "image/png", "size", size);
  }
}
