package courtside.atproto.fuzz;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import courtside.atproto.token.ServiceToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Good input of every kind, made here, from which bad input is made. */
final class Samples {
  static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  static final Instant NOW = Instant.parse("2026-11-25T18:00:00Z");
  static final SigningKey KEY = SigningKey.generate(Curve.K256, new Random(1));

  private static final String TIME = NOW.toString();
  private static final Nsid LIKE = new Nsid("app.bsky.feed.like");
  private static final String URI =
      "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3aaaaaaaaaaaa";

  private Samples() {}

  /** Frames of every kind. */
  static List<byte[]> frames() {
    Repository repository = new Repository(DID, KEY);
    List<Write> first = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      first.add(new Write.Create(LIKE, new RecordKey("3like" + i), like()));
    }
    first.add(new Write.Create(Nsid.POST, new RecordKey("3bbbbbbbbbbbb"), post()));
    List<byte[]> frames = new ArrayList<>();
    frames.add(FrameWriter.commit(1, TIME, repository.commit(first, rev(1))));
    SignedCommit second =
        repository.commit(
            List.of(
                new Write.Create(Nsid.POST, new RecordKey("3aaaaaaaaaaaa"), post()),
                new Write.Update(LIKE, new RecordKey("3like7"), post()),
                new Write.Delete(LIKE, new RecordKey("3like9"))),
            rev(2));
    frames.add(FrameWriter.commit(2, TIME, second));
    frames.add(FrameWriter.sync(3, TIME, second.commit()));
    frames.add(FrameWriter.identity(4, TIME, DID, Optional.of("one.example.com")));
    frames.add(FrameWriter.account(5, TIME, DID, false, Optional.of("suspended")));
    frames.add(FrameWriter.info("OutdatedCursor", Optional.of("too old")));
    frames.add(FrameWriter.error("FutureCursor", Optional.empty()));
    return frames;
  }

  private static Tid rev(int number) {
    return Tid.at(NOW.minusSeconds(60).plusMillis(number), 0);
  }

  /** A like. */
  static Bytes like() {
    return record(
        Map.of(
            "$type",
            "app.bsky.feed.like",
            "subject",
            Map.of("uri", URI, "cid", cid().toString()),
            "createdAt",
            TIME));
  }

  /** A post with something of everything. */
  static Bytes post() {
    Map<String, Object> image =
        Map.of(
            "alt",
            "a hoop",
            "image",
            Map.of("$type", "blob", "ref", cid(), "mimeType", "image/png", "size", 5L),
            "aspectRatio",
            Map.of("width", 4L, "height", 3L));
    Map<String, Object> facet =
        Map.of(
            "index",
            Map.of("byteStart", 0L, "byteEnd", 6L),
            "features",
            List.of(
                Map.of("$type", "app.bsky.richtext.facet#tag", "tag", "NBA"),
                Map.of("$type", "app.bsky.richtext.facet#link", "uri", "https://stats.example/"),
                Map.of("$type", "app.bsky.richtext.facet#mention", "did", DID.value())));
    return record(
        Map.of(
            "$type", "app.bsky.feed.post",
            "text", "Bücher 🏀 tonight",
            "createdAt", TIME,
            "langs", List.of("en", "de"),
            "tags", List.of("hoops"),
            "facets", List.of(facet),
            "reply",
                Map.of(
                    "root", Map.of("uri", URI, "cid", cid().toString()),
                    "parent", Map.of("uri", URI, "cid", cid().toString())),
            "labels",
                Map.of(
                    "$type",
                    "com.atproto.label.defs#selfLabels",
                    "values",
                    List.of(Map.of("val", "bot"))),
            "embed",
                Map.of(
                    "$type",
                    "app.bsky.embed.recordWithMedia",
                    "record",
                    Map.of("record", Map.of("uri", URI, "cid", cid().toString())),
                    "media",
                    Map.of("$type", "app.bsky.embed.images", "images", List.of(image, image)))));
  }

  private static Bytes record(Map<String, ?> fields) {
    return Bytes.of(DagCborWriter.write(fields));
  }

  private static Cid cid() {
    return Cid.ofDagCbor(new byte[] {1}, 0, 1);
  }

  /** A DID document. */
  static byte[] document() {
    return """
    {"@context":["https://www.w3.org/ns/did/v1"],"id":"%s","alsoKnownAs":["at://one.example.com"],
    "verificationMethod":[{"id":"%s#atproto","type":"Multikey","controller":"%s",
    "publicKeyMultibase":"%s"}],"service":[{"id":"#atproto_pds",
    "type":"AtprotoPersonalDataServer","serviceEndpoint":"https://pds.example.com"}]}
    """
        .formatted(DID, DID, DID, KEY.verifyingKey().multikey())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A record as JSON. */
  static byte[] json() {
    return """
    {"a":1,"b":[true,null,"é\\u0000\\ud83c\\udfc0",-9007199254740991],"l":{"$link":"%s"},
    "m":{"$bytes":"AAECAw"},"n":{"$type":"blob","ref":{"$link":"%s"},"mimeType":"x","size":1}}
    """
        .formatted(cid(), cid())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A token. */
  static byte[] token() {
    return ServiceToken.sign(
            KEY,
            DID,
            "did:web:feed.example.com",
            new Nsid("app.bsky.feed.getFeedSkeleton"),
            NOW,
            Duration.ofMinutes(1),
            "nonce")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Identifiers and keys of every kind. */
  static List<byte[]> texts() {
    List<String> texts =
        List.of(
            DID.value(),
            "did:web:localhost%3A8080",
            "one.example.com",
            "app.bsky.feed.post",
            "3aaaaaaaaaaaa",
            URI,
            "at://one.example.com/app.bsky.feed.post/self",
            "2026-11-25T18:00:00.123456789+01:00",
            "de-CH-1996-u-co-phonebk-x-a",
            "https://user@stats.example:8080/a?b#c",
            cid().toString(),
            KEY.verifyingKey().didKey(),
            KEY.verifyingKey().multikey());
    return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
