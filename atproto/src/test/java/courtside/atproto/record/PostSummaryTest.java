package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PostSummaryTest {
  private static final String QUOTED =
      "at://did:plc:hqvhxrowqbemo5e4wjnj6zao/app.bsky.feed.post/3n2yriw47rg2r";

  @Test
  void readsWhatFeedsLookAt() throws MalformedDataException {
    PostSummary post =
        read(
            Map.of(
                "text", "Tip-off in ten",
                "createdAt", "2026-11-23T18:36:03.934Z",
                "langs", List.of("en", "pt-BR"),
                "tags", List.of("nba"),
                "facets",
                    List.of(
                        Map.of(
                            "features",
                            List.of(
                                Map.of("$type", "app.bsky.richtext.facet#tag", "tag", "lakers"),
                                Map.of(
                                    "$type",
                                    "app.bsky.richtext.facet#link",
                                    "uri",
                                    "https://a.example"),
                                Map.of("$type", "app.bsky.richtext.facet#mention", "did", "x")))),
                "labels", Map.of("values", List.of(Map.of("val", "porn"))),
                "reply", Map.of("root", Map.of()),
                "embed",
                    Map.of(
                        "$type", "app.bsky.embed.recordWithMedia",
                        "record", Map.of("record", Map.of("uri", QUOTED)),
                        "media",
                            Map.of(
                                "$type",
                                "app.bsky.embed.images",
                                "images",
                                List.of(Map.of("alt", "a dunk"), Map.of("alt", ""))))));
    assertThat(post)
        .isEqualTo(
            new PostSummary(
                "Tip-off in ten",
                Optional.of(Instant.parse("2026-11-23T18:36:03.934Z")),
                List.of("en", "pt-BR"),
                List.of("lakers", "nba"),
                List.of("https://a.example"),
                List.of("a dunk"),
                List.of(),
                List.of("porn"),
                true,
                true,
                true));
  }

  @Test
  void readsCardsAndVideos() throws MalformedDataException {
    PostSummary card =
        read(
            Map.of(
                "embed",
                Map.of(
                    "$type",
                    "app.bsky.embed.external",
                    "external",
                    Map.of("uri", "https://b.example", "title", "T", "description", "D"))));
    assertThat(card.links()).containsExactly("https://b.example");
    assertThat(card.cardTexts()).containsExactly("T", "D");
    assertThat(card.media()).isFalse();
    PostSummary video =
        read(Map.of("embed", Map.of("$type", "app.bsky.embed.video", "alt", "the last shot")));
    assertThat(video.altTexts()).containsExactly("the last shot");
    assertThat(video.media()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "at://did:plc:hqvhxrowqbemo5e4wjnj6zao/app.bsky.feed.post/3n2yriw47rg2r, true",
    "at://someone.example/app.bsky.feed.post/3n2yriw47rg2r, true",
    "at://did:plc:hqvhxrowqbemo5e4wjnj6zao/app.bsky.graph.list/3n2yriw47rg2r, false",
    "at://did:plc:hqvhxrowqbemo5e4wjnj6zao/app.bsky.feed.generator/nba, false",
    "at://did:plc:hqvhxrowqbemo5e4wjnj6zao/app.bsky.graph.starterpack/a, false",
    "at://did:plc:hqvhxrowqbemo5e4wjnj6zao, false",
    "https://app.bsky.feed.post/app.bsky.feed.post/a, false",
  })
  void quotesWhatIsAPost(String uri, boolean quote) throws MalformedDataException {
    Map<String, ?> reference = Map.of("uri", uri, "cid", "bafy");
    assertThat(
            read(Map.of("embed", Map.of("$type", "app.bsky.embed.record", "record", reference)))
                .quote())
        .isEqualTo(quote);
    assertThat(
            read(Map.of(
                    "embed",
                    Map.of(
                        "$type",
                        "app.bsky.embed.recordWithMedia",
                        "record",
                        Map.of("record", reference))))
                .quote())
        .isEqualTo(quote);
  }

  @Test
  void mapsInThePlaceOfListsCountAsAbsent() throws MalformedDataException {
    Map<String, ?> tag = Map.of("$type", "app.bsky.richtext.facet#tag", "tag", "nba");
    PostSummary post =
        read(
            Map.of(
                "facets", Map.of("a", Map.of("features", List.of(tag))),
                "labels", Map.of("values", Map.of("a", Map.of("val", "porn"))),
                "embed", images(Map.of("a", Map.of("alt", "a dunk")))));
    assertThat(post).isEqualTo(read(Map.of()));
    assertThat(read(Map.of("facets", List.of(Map.of("features", Map.of("a", tag))))).tags())
        .isEmpty();
  }

  @Test
  void imagesAreMediaWhereThereAreAny() throws MalformedDataException {
    assertThat(read(Map.of("embed", images(List.of(Map.of("alt", ""))))).media()).isTrue();
    assertThat(read(Map.of("embed", images(List.of()))).media()).isFalse();
    assertThat(read(Map.of("embed", images(List.of(1, "x")))).media()).isFalse();
    assertThat(read(Map.of("embed", Map.of("$type", "app.bsky.embed.images"))).media()).isFalse();
  }

  private static Map<String, ?> images(Object images) {
    return Map.of("$type", "app.bsky.embed.images", "images", images);
  }

  @Test
  void fieldsOfOtherTypesCountAsAbsent() throws MalformedDataException {
    Map<String, Object> fields = new HashMap<>();
    for (String name :
        List.of("text", "createdAt", "langs", "tags", "facets", "labels", "reply", "embed")) {
      fields.put(name, 42);
    }
    PostSummary plain = read(Map.of());
    assertThat(read(fields)).isEqualTo(plain);
    fields.replaceAll((name, value) -> "text".equals(name) ? List.of() : List.of(1, "", Map.of()));
    assertThat(read(fields)).isEqualTo(plain);
    assertThat(plain.text()).isEmpty();
    assertThat(plain.createdAt()).isEmpty();
  }

  @Test
  void mediaWithinMediaIsNotFollowed() throws MalformedDataException {
    Map<String, Object> embed = Map.of("$type", "app.bsky.embed.images", "images", List.of());
    for (int i = 0; i < 20; i++) {
      embed = Map.of("$type", "app.bsky.embed.recordWithMedia", "media", embed);
    }
    assertThat(read(Map.of("embed", embed)).media()).isFalse();
  }

  private static PostSummary read(Map<String, ?> fields) throws MalformedDataException {
    return Post.read(Bytes.of(record(fields))).summary();
  }

  private static byte[] record(Map<String, ?> fields) {
    Map<String, Object> all = new HashMap<>(fields);
    all.put("$type", Post.TYPE);
    return DagCborWriter.write(all);
  }
}
