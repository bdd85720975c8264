package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.record.Embed.AspectRatio;
import courtside.atproto.record.Embed.Caption;
import courtside.atproto.record.Embed.Image;
import courtside.atproto.record.Facet.ByteSlice;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class PostTest {
  private static final Cid FILE = Cid.ofDagCbor(new byte[] {1}, 0, 1);
  private static final Map<String, ?> BLOB =
      Map.of("$type", "blob", "ref", FILE, "mimeType", "image/png", "size", 42);
  private static final Blob PNG = new Blob(FILE, "image/png", OptionalLong.of(42), false);
  private static final StrongRef POST =
      new StrongRef("at://did:plc:a/app.bsky.feed.post/a", FILE.toString());

  @Test
  void readsTextsAndLists() throws MalformedDataException {
    // When
    Post post =
        read(
            Map.of(
                "text", "Tip-off",
                "createdAt", "2026-11-23T18:36:03.934000+01:00",
                "langs", List.of("en", "", "pt-BR", 1),
                "tags", List.of("nba", "", List.of()),
                "labels",
                    Map.of(
                        "$type",
                        "com.atproto.label.defs#selfLabels",
                        "values",
                        List.of(Map.of("val", "porn"), Map.of("val", 1), "bot"))));

    // Then
    assertThat(post.text()).isEqualTo("Tip-off");
    assertThat(post.createdAt().orElseThrow())
        .returns("2026-11-23T18:36:03.934000+01:00", Timestamp::text)
        .returns(Optional.of(Instant.parse("2026-11-23T17:36:03.934Z")), Timestamp::moment);
    assertThat(post.langs()).containsExactly("en", "", "pt-BR");
    assertThat(post.tags()).containsExactly("nba", "");
    assertThat(post.labels()).containsExactly("porn");
    assertThat(post.facets()).isEmpty();
    assertThat(post.reply()).isEmpty();
    assertThat(post.embed()).isEmpty();
  }

  @Test
  void keepsATimeThatIsNone() throws MalformedDataException {
    assertThat(read(Map.of("createdAt", "yesterday")).createdAt().orElseThrow())
        .returns("yesterday", Timestamp::text)
        .returns(Optional.empty(), Timestamp::moment);
    assertThat(read(Map.of("createdAt", 1)).createdAt()).isEmpty();
  }

  @Test
  void readsFacets() throws MalformedDataException {
    String facet = "app.bsky.richtext.facet#";
    List<Map<String, ?>> features =
        List.of(
            Map.of("$type", facet + "mention", "did", "did:plc:a"),
            Map.of("$type", facet + "link", "uri", "https://a.example"),
            Map.of("$type", facet + "tag", "tag", "nba"),
            Map.of("$type", facet + "tag"),
            Map.of("$type", "com.example.poll", "n", 1),
            Map.of("tag", "of no type"));
    assertThat(
            read(Map.of(
                    "facets",
                    List.of(
                        Map.of(
                            "index", Map.of("byteStart", 2, "byteEnd", -1), "features", features),
                        Map.of("index", Map.of("byteStart", 2)),
                        "no facet")))
                .facets())
        .containsExactly(
            new Facet(
                Optional.of(new ByteSlice(2, -1)),
                List.of(
                    new Facet.Mention("did:plc:a"),
                    new Facet.Link("https://a.example"),
                    new Facet.Tag("nba"),
                    new Facet.Tag(""),
                    new Facet.UnknownFeature("com.example.poll"))),
            new Facet(Optional.empty(), List.of()));
  }

  @Test
  void readsWhatItAnswers() throws MalformedDataException {
    assertThat(read(Map.of("reply", Map.of("root", ref(POST), "parent", "odd"))).reply())
        .hasValue(new Post.Reply(Optional.of(POST), Optional.empty()));
    assertThat(read(Map.of("reply", Map.of())).reply())
        .hasValue(new Post.Reply(Optional.empty(), Optional.empty()));
    assertThat(read(Map.of("reply", List.of(ref(POST)))).reply()).isEmpty();
  }

  @Test
  void readsImagesAndGalleries() throws MalformedDataException {
    Map<String, ?> image =
        Map.of("image", BLOB, "alt", "a dunk", "aspectRatio", Map.of("width", 3, "height", 4));
    Image expected = new Image(Optional.of(PNG), "a dunk", Optional.of(new AspectRatio(3, 4)));
    Image bare = new Image(Optional.empty(), "", Optional.empty());
    assertThat(embed("images", Map.of("images", List.of(image, Map.of(), "odd"))))
        .isEqualTo(new Embed.Images(List.of(expected, bare)));

    Map<String, Object> typed = new HashMap<>(image);
    typed.put("$type", "app.bsky.embed.gallery#image");
    Map<String, ?> newer = Map.of("$type", "app.bsky.embed.gallery#video", "alt", "the last shot");
    assertThat(embed("gallery", Map.of("items", List.of(typed, newer, Map.of()))))
        .isEqualTo(
            new Embed.Gallery(
                List.of(
                    expected,
                    new Embed.UnknownItem("app.bsky.embed.gallery#video", "the last shot"),
                    bare)));
  }

  @Test
  void readsVideosAndCards() throws MalformedDataException {
    assertThat(
            embed(
                "video",
                Map.of(
                    "video",
                    BLOB,
                    "captions",
                    List.of(Map.of("lang", "en", "file", BLOB)),
                    "alt",
                    "",
                    "aspectRatio",
                    Map.of("width", 3, "height", "4"),
                    "presentation",
                    "gif")))
        .isEqualTo(
            new Embed.Video(
                Optional.of(PNG),
                List.of(new Caption("en", Optional.of(PNG))),
                Optional.of(""),
                Optional.empty(),
                Optional.of("gif")));
    assertThat(
            embed(
                "external",
                Map.of(
                    "external",
                    Map.of(
                        "uri", "https://a.example",
                        "title", "T",
                        "description", "D",
                        "thumb", BLOB,
                        "associatedRefs", List.of(ref(POST))))))
        .isEqualTo(
            new Embed.External("https://a.example", "T", "D", Optional.of(PNG), List.of(POST)));
    assertThat(embed("external", Map.of("external", 1)))
        .isEqualTo(new Embed.External("", "", "", Optional.empty(), List.of()));
  }

  @Test
  void readsRecordsWithAndWithoutMedia() throws MalformedDataException {
    assertThat(embed("record", Map.of("record", ref(POST))))
        .isEqualTo(new Embed.EmbeddedRecord(Optional.of(POST)));
    assertThat(
            embed(
                "recordWithMedia",
                Map.of(
                    "record", Map.of("record", ref(POST)),
                    "media", Map.of("$type", "app.bsky.embed.images"))))
        .isEqualTo(
            new Embed.RecordWithMedia(Optional.of(POST), Optional.of(new Embed.Images(List.of()))));
    assertThat(
            embed(
                "recordWithMedia",
                Map.of("media", Map.of("$type", "app.bsky.embed.recordWithMedia"))))
        .isEqualTo(
            new Embed.RecordWithMedia(
                Optional.empty(),
                Optional.of(new Embed.UnknownEmbed("app.bsky.embed.recordWithMedia"))));
  }

  @Test
  void keepsTheTypeOfAnEmbedThatIsNotKnown() throws MalformedDataException {
    assertThat(embed("hologram", Map.of("beam", 1)))
        .isEqualTo(new Embed.UnknownEmbed("app.bsky.embed.hologram"));
    assertThat(read(Map.of("embed", Map.of("images", List.of()))).embed()).isEmpty();
  }

  @Test
  void readsBlobsOfBothForms() throws MalformedDataException {
    Map<String, Object> legacy = Map.of("cid", FILE.toString(), "mimeType", "image/png");
    assertThat(blob(legacy))
        .hasValue(new Blob(FILE, "image/png", OptionalLong.empty(), true))
        .isNotEqualTo(blob(BLOB));
    assertThat(blob(Map.of("$type", "blob", "ref", FILE)))
        .hasValue(new Blob(FILE, "", OptionalLong.empty(), false));
  }

  @Test
  void linksAreNotByteStringsNorTexts() throws MalformedDataException {
    byte[] likeALink = new byte[Cid.LENGTH + 1];
    System.arraycopy(FILE.toBytes(), 0, likeALink, 1, Cid.LENGTH);
    assertThat(blob(Map.of("$type", "blob", "ref", Bytes.of(likeALink)))).isEmpty();
    assertThat(blob(Map.of("$type", "blob", "ref", FILE.toString()))).isEmpty();
    assertThat(blob(Map.of("ref", FILE))).isEmpty();
    assertThat(blob(Map.of("cid", FILE))).isEmpty();
    assertThat(blob(Map.of("cid", "bafyodd"))).isEmpty();
    assertThat(blob(Map.of("$type", 1, "cid", FILE.toString()))).isEmpty();
  }

  @Test
  void linksOfAnotherFormThanTheProtocolsCountAsAbsent() throws MalformedDataException {
    // Given: the same codec with a hash that is cut.
    byte[] record = record(Map.of("embed", Map.of("$type", "app.bsky.embed.video", "video", BLOB)));
    byte[] cut = new byte[record.length - 1];
    int tag = indexOf(record, new byte[] {(byte) 0xd8, 42, 0x58, 37, 0});
    int hash = tag + 5 + 4;
    System.arraycopy(record, 0, cut, 0, hash);
    System.arraycopy(record, hash + 1, cut, hash, cut.length - hash);
    cut[tag + 3] = 36;
    cut[hash - 1] = 31;

    // Then
    DagCborReader.validate(cut, 0, cut.length);
    assertThat(videoOf(record)).hasValue(PNG);
    assertThat(videoOf(cut)).isEmpty();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i <= bytes.length - part.length; i++) {
      if (Bytes.of(bytes, i, part.length).equals(Bytes.of(part))) {
        return i;
      }
    }
    throw new AssertionError("not in the record");
  }

  @Test
  void keepsTheBytes() throws MalformedDataException {
    byte[] record = record(Map.of("text", "Tip-off", "com.example.more", List.of(1, FILE)));
    Post post = Post.read(Bytes.of(record));
    assertThat(post.bytes()).isEqualTo(Bytes.of(record));
    assertThat(post)
        .isEqualTo(Post.read(Bytes.of(record)))
        .hasSameHashCodeAs(Post.read(Bytes.of(record)))
        .isNotEqualTo(read(Map.of("text", "Tip-off")))
        .hasToString("Post " + Bytes.of(record));
  }

  @Test
  void refusesOtherRecords() {
    for (byte[] record :
        List.of(
            DagCborWriter.write(Map.of("$type", "app.bsky.feed.like")),
            DagCborWriter.write(Map.of()),
            DagCborWriter.write(Map.of("$type", 42)),
            DagCborWriter.write(List.of()),
            DagCborWriter.write(null))) {
      assertKind(() -> Post.read(Bytes.of(record)), Kind.WRONG_TYPE);
      assertKind(() -> Post.check(record, new Range(0, record.length)), Kind.WRONG_TYPE);
    }
  }

  private static void assertKind(ThrowingCallable read, Kind kind) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void readsWhateverIsCanonicalUpToItsLimits() throws MalformedDataException {
    Object deep = List.of();
    // The record is a level itself.
    for (int i = 1; i < DagCborReader.MAX_DEPTH; i++) {
      deep = List.of(deep);
    }
    Map<String, Object> fields = new HashMap<>();
    fields.put("deep", deep);
    fields.put("k".repeat(DagCborReader.MAX_KEY_LENGTH), 1);
    fields.put("text", "x".repeat(100_000));
    byte[] record = record(fields);
    DagCborReader.validate(record, 0, record.length);
    assertThat(Post.read(Bytes.of(record)).text()).hasSize(100_000);
  }

  @Test
  void readsNamesThatCollideInATableOfNames() throws MalformedDataException {
    Map<String, Object> fields = new HashMap<>();
    fields.put("text", "words");
    collidingNames(1000).forEach(name -> fields.put(name, 0));
    assertThat(read(fields).text()).isEqualTo("words");
  }

  /** Of eight letters each; the library's hash of them, whatever its seed, is the same. */
  private static Set<String> collidingNames(int count) {
    Random random = new Random(20_261_125L);
    // The hash is of the first four bytes, scrambled, and 33 times the other four.
    int inverse = BigInteger.valueOf(33).modInverse(BigInteger.ONE.shiftLeft(32)).intValue();
    Set<String> names = new HashSet<>();
    while (names.size() < count) {
      int first = random.nextInt();
      int scrambled = first + (first >>> 15);
      scrambled ^= scrambled >>> 9;
      int second = -scrambled * inverse;
      String name = letters(first) + letters(second);
      if (name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        names.add(name);
      }
    }
    return names;
  }

  private static String letters(int bytes) {
    return new String(
        ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void refusesRecordsFarBeyondTheLexicon() throws MalformedDataException {
    int around = record(Map.of("text", "x".repeat(100_000))).length - 100_000;
    byte[] most = record(Map.of("text", "x".repeat(Post.MAX_BYTES - around)));
    byte[] more = record(Map.of("text", "x".repeat(Post.MAX_BYTES - around + 1)));
    assertThat(most).hasSize(Post.MAX_BYTES);

    Post.check(most, new Range(0, most.length));
    Post.read(Bytes.of(most));

    assertKind(() -> Post.check(more, new Range(0, more.length)), Kind.TOO_LARGE);
    assertKind(() -> Post.read(Bytes.of(more)), Kind.TOO_LARGE);
  }

  private static Optional<Blob> blob(Map<String, ?> blob) throws MalformedDataException {
    return videoOf(record(Map.of("embed", Map.of("$type", "app.bsky.embed.video", "video", blob))));
  }

  private static Optional<Blob> videoOf(byte[] record) throws MalformedDataException {
    return ((Embed.Video) Post.read(Bytes.of(record)).embed().orElseThrow()).video();
  }

  private static Embed embed(String type, Map<String, ?> fields) throws MalformedDataException {
    Map<String, Object> embed = new HashMap<>(fields);
    embed.put("$type", "app.bsky.embed." + type);
    return read(Map.of("embed", embed)).embed().orElseThrow();
  }

  private static Map<String, ?> ref(StrongRef ref) {
    return Map.of("uri", ref.uri(), "cid", ref.cid());
  }

  private static Post read(Map<String, ?> fields) throws MalformedDataException {
    return Post.read(Bytes.of(record(fields)));
  }

  private static byte[] record(Map<String, ?> fields) {
    Map<String, Object> all = new HashMap<>(fields);
    all.put("$type", Post.TYPE);
    return DagCborWriter.write(all);
  }
}
