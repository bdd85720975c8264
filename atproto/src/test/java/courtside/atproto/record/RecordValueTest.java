package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Nsid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordValueTest {
  private static final Cid CID = Cid.ofDagCbor(new byte[] {1}, 0, 1);
  private static final Map<String, ?> REF =
      Map.of("uri", "at://did:plc:a/app.bsky.feed.post/a", "cid", CID.toString());
  private static final StrongRef POST =
      new StrongRef("at://did:plc:a/app.bsky.feed.post/a", CID.toString());
  private static final String TIME = "2026-11-23T18:36:03.934Z";

  @Test
  void readsLikesAndReposts() throws MalformedDataException {
    Map<String, ?> fields = Map.of("subject", REF, "via", REF, "createdAt", TIME);
    assertThat(Like.read(record(Like.TYPE, fields)))
        .returns(Optional.of(POST), Like::subject)
        .returns(Optional.of(POST), Like::via)
        .returns(Optional.of(new Timestamp(TIME)), Like::createdAt);
    assertThat(Repost.read(record(Repost.TYPE, fields)))
        .returns(Optional.of(POST), Repost::subject)
        .returns(Optional.of(POST), Repost::via)
        .returns(Optional.of(new Timestamp(TIME)), Repost::createdAt);
    assertThat(Like.read(record(Like.TYPE, Map.of("subject", "odd", "via", 1))))
        .returns(Optional.empty(), Like::subject)
        .returns(Optional.empty(), Like::via)
        .returns(Optional.empty(), Like::createdAt);
  }

  @Test
  void readsFollows() throws MalformedDataException {
    Map<String, ?> fields = Map.of("subject", "did:plc:b", "via", REF, "createdAt", TIME);
    assertThat(Follow.read(record(Follow.TYPE, fields)))
        .returns("did:plc:b", Follow::subject)
        .returns(Optional.of(POST), Follow::via)
        .returns(Optional.of(new Timestamp(TIME)), Follow::createdAt);
    assertThat(Follow.read(record(Follow.TYPE, Map.of("subject", REF))).subject()).isEmpty();
  }

  @Test
  void readsFeeds() throws MalformedDataException {
    Map<String, ?> facet = Map.of("index", Map.of("byteStart", 0, "byteEnd", 4));
    Map<String, ?> avatar =
        Map.of("$type", "blob", "ref", CID, "mimeType", "image/png", "size", 42);
    assertThat(
            FeedGenerator.read(
                record(
                    FeedGenerator.TYPE,
                    Map.of(
                        "did",
                        "did:web:feeds.example",
                        "displayName",
                        "NBA",
                        "description",
                        "Hoops",
                        "descriptionFacets",
                        List.of(facet),
                        "avatar",
                        avatar,
                        "acceptsInteractions",
                        true,
                        "labels",
                        Map.of("values", List.of(Map.of("val", "bot"))),
                        "contentMode",
                        "app.bsky.feed.defs#contentModeVideo",
                        "createdAt",
                        TIME))))
        .returns("did:web:feeds.example", FeedGenerator::did)
        .returns("NBA", FeedGenerator::displayName)
        .returns(Optional.of("Hoops"), FeedGenerator::description)
        .returns(
            List.of(new Facet(Optional.of(new Facet.ByteSlice(0, 4)), List.of())),
            FeedGenerator::descriptionFacets)
        .returns(
            Optional.of(new Blob(CID, "image/png", OptionalLong.of(42), false)),
            FeedGenerator::avatar)
        .returns(true, FeedGenerator::acceptsInteractions)
        .returns(List.of("bot"), FeedGenerator::labels)
        .returns(Optional.of("app.bsky.feed.defs#contentModeVideo"), FeedGenerator::contentMode)
        .returns(Optional.of(new Timestamp(TIME)), FeedGenerator::createdAt);
    assertThat(
            FeedGenerator.read(record(FeedGenerator.TYPE, Map.of("acceptsInteractions", "true")))
                .acceptsInteractions())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        Post.TYPE,
        Like.TYPE,
        Repost.TYPE,
        Follow.TYPE,
        FeedGenerator.TYPE,
        "com.example.note"
      })
  void keepsTypeAndBytesOfEveryRecord(String type) throws MalformedDataException {
    Bytes record = record(type, Map.of("subject", 1, "n", List.of(CID)));
    RecordValue value = RecordValue.read(new Nsid(type), record);
    assertThat(value.type()).isEqualTo(type);
    assertThat(value.bytes()).isEqualTo(record);
    assertThat(value instanceof RecordValue.Unknown).isEqualTo(type.equals("com.example.note"));
    assertThat(value).isEqualTo(RecordValue.read(new Nsid(type), record));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        Post.TYPE,
        Like.TYPE,
        Repost.TYPE,
        Follow.TYPE,
        FeedGenerator.TYPE,
        "com.example.note"
      })
  void refusesARecordThatSaysItIsAnother(String type) {
    Nsid collection = new Nsid(type);
    for (Bytes record :
        List.of(
            record(type + "s", Map.of()),
            record("", Map.of()),
            Bytes.of(DagCborWriter.write(Map.of())),
            Bytes.of(DagCborWriter.write(Map.of("$type", List.of(type)))),
            Bytes.of(DagCborWriter.write(List.of(type))),
            Bytes.of(DagCborWriter.write(type)),
            Bytes.of(DagCborWriter.write(null)))) {
      assertKind(collection, record, Kind.WRONG_TYPE);
    }
  }

  @Test
  void refusesWhatIsNotCanonical() {
    byte[] record = record(Like.TYPE, Map.of("subject", REF)).toArray();
    byte[] more = Arrays.copyOf(record, record.length + 1);
    for (String type : List.of(Like.TYPE, "com.example.note")) {
      assertKind(new Nsid(type), Bytes.of(more), Kind.TRAILING_BYTES);
      assertKind(new Nsid(type), Bytes.of(record, 0, record.length - 1), Kind.TRUNCATED);
      assertKind(new Nsid(type), Bytes.of(new byte[0]), Kind.TRUNCATED);
    }
  }

  @Test
  void refusesRecordsOfKnownTypesFarBeyondTheLexicon() throws MalformedDataException {
    Map<String, ?> fields = Map.of("x", "x".repeat(RecordValue.MAX_BYTES));
    for (String type :
        List.of(Post.TYPE, Like.TYPE, Repost.TYPE, Follow.TYPE, FeedGenerator.TYPE)) {
      assertKind(new Nsid(type), record(type, fields), Kind.TOO_LARGE);
    }
    Nsid note = new Nsid("com.example.note");
    assertThat(RecordValue.read(note, record(note.value(), fields)).bytes().length())
        .isGreaterThan(RecordValue.MAX_BYTES);
  }

  /** What is wrong with bytes is said in one way, and what is right comes out as it went in. */
  @Test
  void damagedBytesAreRefusedOrRead() {
    byte[] record =
        record(
                Post.TYPE,
                Map.of(
                    "text", "Tip-off 🏀",
                    "reply", Map.of("root", REF, "parent", REF),
                    "langs", List.of("en"),
                    "embed",
                        Map.of(
                            "$type",
                            "app.bsky.embed.video",
                            "video",
                            Map.of("$type", "blob", "ref", CID, "size", 1L << 40))))
            .toArray();
    int read = 0;
    for (long seed = 0; seed < 4_000; seed++) {
      Random random = new Random(seed);
      byte[] damaged = record.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        Post post = Post.read(Bytes.of(damaged));
        DagCborReader.validate(damaged, 0, damaged.length);
        assertThat(post.summary().text()).as("seed %d", seed).isEqualTo(post.text());
        read++;
      } catch (MalformedDataException e) {
        assertThat(e.kind()).as("seed %d", seed).isNotNull();
      }
    }
    assertThat(read).isBetween(200, 3_800);
  }

  @Test
  void strongRefsLeadToCollections() {
    assertThat(POST.isOf(Post.TYPE)).isTrue();
    assertThat(POST.isOf("app.bsky.feed")).isFalse();
    assertThat(POST.isOf("app.bsky.feed.pos")).isFalse();
    assertThat(new StrongRef("at://did:plc:a/app.bsky.feed.post", "").isOf(Post.TYPE)).isFalse();
    assertThat(new StrongRef("at://did:plc:a/app.bsky.feed.post/", "").isOf(Post.TYPE)).isTrue();
    assertThat(new StrongRef("at:///app.bsky.feed.post/a", "").isOf(Post.TYPE)).isTrue();
    assertThat(new StrongRef("at://did:plc:a", "").isOf("at:")).isFalse();
    assertThat(new StrongRef("", "").isOf(Post.TYPE)).isFalse();
    assertThat(POST.parsedCid()).hasValue(CID);
    assertThat(new StrongRef("", "bafy").parsedCid()).isEmpty();
  }

  private static void assertKind(Nsid collection, Bytes record, Kind kind) {
    assertThatThrownBy(() -> RecordValue.read(collection, record))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static Bytes record(String type, Map<String, ?> fields) {
    Map<String, Object> all = new HashMap<>(fields);
    all.put("$type", type);
    return Bytes.of(DagCborWriter.write(all));
  }
}
