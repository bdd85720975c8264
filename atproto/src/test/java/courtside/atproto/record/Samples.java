package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that together have all fields of their lexicons, and the same made odd. */
final class Samples {
  private static final Cid CID = Cid.ofDagCbor(new byte[] {1}, 0, 1);
  private static final Map<String, ?> REF =
      Map.of("uri", "at://did:plc:a/app.bsky.feed.post/a", "cid", CID.toString());
  private static final Map<String, ?> BLOB =
      Map.of("$type", "blob", "ref", CID, "mimeType", "image/png", "size", 42L);
  private static final Map<String, ?> LEGACY =
      Map.of("cid", CID.toString(), "mimeType", "image/png");
  private static final Map<String, ?> RATIO = Map.of("width", 3L, "height", 4L);
  private static final Map<String, ?> LABELS =
      Map.of(
          "$type", "com.atproto.label.defs#selfLabels", "values", List.of(Map.of("val", "porn")));
  private static final List<?> FACETS =
      List.of(
          Map.of(
              "index",
              Map.of("byteStart", 0L, "byteEnd", 3L),
              "features",
              List.of(
                  Map.of("$type", "app.bsky.richtext.facet#tag", "tag", "nba"),
                  Map.of("$type", "app.bsky.richtext.facet#link", "uri", "https://a.example"),
                  Map.of("$type", "app.bsky.richtext.facet#mention", "did", "did:plc:a"),
                  Map.of("$type", "com.example.poll"))));
  private static final String TIME = "2026-11-23T18:36:03.934Z";

  private static final Map<String, ?> IMAGES =
      Map.of(
          "$type",
          "app.bsky.embed.images",
          "images",
          List.of(
              Map.of("image", BLOB, "alt", "a dunk", "aspectRatio", RATIO),
              Map.of("image", LEGACY, "alt", "a block")));

  private static final List<Map<String, ?>> EMBEDS =
      List.of(
          Map.of(
              "$type",
              "app.bsky.embed.gallery",
              "items",
              List.of(
                  Map.of(
                      "$type",
                      "app.bsky.embed.gallery#image",
                      "image",
                      BLOB,
                      "alt",
                      "a dunk",
                      "aspectRatio",
                      RATIO),
                  Map.of("$type", "com.example.hologram"))),
          Map.of(
              "$type",
              "app.bsky.embed.video",
              "video",
              BLOB,
              "captions",
              List.of(Map.of("lang", "en", "file", BLOB)),
              "alt",
              "the last shot",
              "aspectRatio",
              RATIO,
              "presentation",
              "gif"),
          Map.of(
              "$type",
              "app.bsky.embed.external",
              "external",
              Map.of(
                  "uri", "https://a.example",
                  "title", "T",
                  "description", "D",
                  "thumb", BLOB,
                  "associatedRefs", List.of(REF))),
          Map.of("$type", "app.bsky.embed.record", "record", REF),
          Map.of(
              "$type",
              "app.bsky.embed.recordWithMedia",
              "record",
              Map.of("record", REF),
              "media",
              IMAGES),
          Map.of("$type", "com.example.hologram"));

  private Samples() {}

  static List<Map<String, ?>> records() {
    List<Map<String, ?>> records = new ArrayList<>();
    records.add(
        Map.of(
            "$type",
            Post.TYPE,
            "text",
            "nba tonight",
            "createdAt",
            TIME,
            "facets",
            FACETS,
            "reply",
            Map.of("root", REF, "parent", REF),
            "embed",
            IMAGES,
            "langs",
            List.of("en", "es"),
            "labels",
            LABELS,
            "tags",
            List.of("nba", "hoops")));
    for (Map<String, ?> embed : EMBEDS) {
      records.add(Map.of("$type", Post.TYPE, "text", "nba tonight", "embed", embed));
    }
    records.add(Map.of("$type", Like.TYPE, "subject", REF, "via", REF, "createdAt", TIME));
    records.add(Map.of("$type", Repost.TYPE, "subject", REF, "via", REF, "createdAt", TIME));
    records.add(
        Map.of("$type", Follow.TYPE, "subject", "did:plc:b", "via", REF, "createdAt", TIME));
    records.add(
        Map.of(
            "$type",
            FeedGenerator.TYPE,
            "did",
            "did:web:feeds.example",
            "displayName",
            "NBA",
            "description",
            "Hoops",
            "descriptionFacets",
            FACETS,
            "avatar",
            BLOB,
            "acceptsInteractions",
            true,
            "labels",
            LABELS,
            "contentMode",
            "app.bsky.feed.defs#contentModeVideo",
            "createdAt",
            TIME));
    return records;
  }

  /** Values of every type, and of some shapes that a type alone does not tell. */
  private static List<@Nullable Object> values() {
    byte[] likeALink = new byte[Cid.LENGTH + 1];
    System.arraycopy(CID.toBytes(), 0, likeALink, 1, Cid.LENGTH);
    return Arrays.asList(
        null,
        true,
        false,
        0L,
        -1L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        "",
        "x",
        CID.toString(),
        Bytes.of(new byte[0]),
        Bytes.of(likeALink),
        CID,
        List.of(),
        Arrays.asList(1L, "x", null, List.of(), Map.of(), Map.of("$type", "x")),
        Map.of(),
        Map.of("$type", "x"),
        Map.of("$type", 1L),
        Map.of("a", REF),
        REF,
        BLOB,
        IMAGES);
  }

  /** The record with each of its values, however deep, replaced by each other, and left out. */
  static void forEachOddity(Map<String, ?> record, Consumer<Map<String, @Nullable Object>> use) {
    replaceWithin(record, odd -> use.accept(asFields(odd)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> asFields(@Nullable Object map) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(map);
  }

  private static void replaceWithin(@Nullable Object value, Consumer<@Nullable Object> use) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((key, held) -> {
            Map<Object, @Nullable Object> copy = new HashMap<>(map);
            copy.remove(key);
            use.accept(copy);
            replace(
                held,
                odd -> {
                  Map<Object, @Nullable Object> changed = new HashMap<>(map);
                  changed.put(key, odd);
                  use.accept(changed);
                });
          });
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          int at = i;
          replace(
              list.get(i),
              odd -> {
                List<@Nullable Object> changed = new ArrayList<>(list);
                changed.set(at, odd);
                use.accept(Collections.unmodifiableList(changed));
              });
        }
      }
      case null, default -> {
        // Nothing within.
      }
    }
  }

  private static void replace(@Nullable Object value, Consumer<@Nullable Object> use) {
    values().forEach(use);
    replaceWithin(value, use);
  }
}
