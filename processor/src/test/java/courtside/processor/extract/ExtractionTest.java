package courtside.processor.extract;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.record.Post;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.post.PostEvent.Origin;
import courtside.testkit.frames.CommitFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExtractionTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String POST = "app.bsky.feed.post/";
  private static final Instant SEEN = Instant.parse("2026-11-24T12:00:00Z");
  private static final String REV = Tid.at(SEEN.minusSeconds(1), 3).value();
  private static final String TIME = "2026-11-24T11:59:59.500Z";
  private static final Origin ORIGIN = new Origin("relay", 2, 7, Instant.parse(TIME));

  private final Extraction extraction = new Extraction(Duration.ofMinutes(5));

  @Test
  void keepsTheBytesOfPostsCreatedAndUpdated() {
    // given
    byte[] created = post("one");
    byte[] updated = post("two");
    byte[] frame =
        commit()
            .write("create", POST + "3kabc", created)
            .write("update", POST + "3kdef", updated)
            .operation("delete", POST + "3kghi", null)
            .bytes();

    // when
    Extracted extracted = extract(frame);

    // then
    assertThat(extracted.letters()).isEmpty();
    assertThat(extracted.posts())
        .containsExactly(
            new PostEvent.Created(uri("3kabc"), REV, ORIGIN, cid(created), Bytes.of(created)),
            new PostEvent.Updated(uri("3kdef"), REV, ORIGIN, cid(updated), Bytes.of(updated)),
            new PostEvent.Deleted(uri("3kghi"), REV, ORIGIN));
  }

  @Test
  void passesOverOtherCollectionsWithoutOpeningTheArchive() {
    // given: a like whose record is not there, which nobody asks for
    byte[] frame = commit().operation("create", "app.bsky.feed.like/3kabc", someCid()).bytes();

    assertThat(extract(frame)).isEqualTo(Extracted.NOTHING);
  }

  @Test
  void keepsTheSiblingsOfABadRecord() {
    byte[] good = post("good");
    byte[] frame =
        commit()
            .operation("create", POST + "missing", someCid())
            .corrupt(POST + "corrupt", post("a"), post("b"))
            .write("create", POST + "float", new byte[] {(byte) 0xf9, 0x3c, 0})
            .write(
                "create", POST + "like", DagCborWriter.write(Map.of("$type", "app.bsky.feed.like")))
            .operation("create", POST + "nocid", null)
            .operation("archive", POST + "action", null)
            .write("create", POST + "good", good)
            .bytes();

    Extracted extracted = extract(frame);

    assertThat(extracted.posts())
        .containsExactly(
            new PostEvent.Created(uri("good"), REV, ORIGIN, cid(good), Bytes.of(good)));
    assertThat(extracted.letters())
        .extracting(DeadLetter::reason)
        .containsExactlyInAnyOrder(
            "missing_block", "hash_mismatch", "unsupported", "wrong_type", "missing_field");
    assertThat(letter(extracted, "unsupported").detail())
        .startsWith("float: ")
        .endsWith("and 1 more");
    assertThat(letter(extracted, "hash_mismatch").source()).isEqualTo("firehose.frames-4@99");
  }

  @Test
  void namesAnOperationThatCannotBeReadOnlyIfItMayBeAPost() {
    byte[] good = post("good");
    byte[] frame =
        commit()
            .anything("no map")
            .anything(Map.of("action", "create"))
            .anything(Map.of("action", "create", "path", POST + "not a key"))
            .anything(Map.of("action", "create", "path", "app.bsky.feed.like/not a key"))
            .write("create", POST + "good", good)
            .bytes();

    Extracted extracted = extract(frame);

    assertThat(extracted.posts()).hasSize(1);
    assertThat(extracted.letters())
        .extracting(DeadLetter::reason, DeadLetter::detail)
        .satisfiesExactlyInAnyOrder(
            letter -> assertThat(letter.toList().getFirst()).isEqualTo("wrong_type"),
            letter -> assertThat(letter.toList().getFirst()).isEqualTo("missing_field"),
            letter -> assertThat(letter.toList().getLast().toString()).startsWith("operation 2: "));
  }

  @Test
  void refusesARecordFarBeyondTheLexicon() {
    byte[] small = post("x".repeat(100_000));
    byte[] frame =
        commit()
            .write("create", POST + "huge", post("x".repeat(Post.MAX_BYTES)))
            .write("create", POST + "small", small)
            .bytes();

    Extracted extracted = extract(frame);

    assertThat(extracted.posts())
        .containsExactly(
            new PostEvent.Created(uri("small"), REV, ORIGIN, cid(small), Bytes.of(small)));
    assertThat(letter(extracted, "too_large").detail()).startsWith("huge: ");
  }

  @Test
  void boundsWhatOneFrameBecomesHoweverOftenItNamesOneRecord() {
    // given: one record under two hundred keys
    byte[] record = post("x".repeat(100_000));
    CommitFrame commit = commit();
    for (int i = 0; i < 200; i++) {
      commit.write("create", POST + "key" + i, record);
    }

    // when
    Extracted extracted = extract(commit.bytes());

    // then: the first of them are there, all over one copy of the record
    int most = Extraction.MAX_POSTS_BYTES / record.length;
    assertThat(extracted.posts()).hasSize(most);
    Bytes first = ((PostEvent.Created) extracted.posts().getFirst()).record();
    assertThat(extracted.posts())
        .allSatisfy(event -> assertThat(((PostEvent.Created) event).record()).isSameAs(first));
    assertThat(letter(extracted, "too_large").detail())
        .startsWith("key" + most + ": ")
        .endsWith("and " + (200 - most - 1) + " more");
  }

  @Test
  void refusesARevisionFromTheFuture() {
    String rev = Tid.at(SEEN.plus(Duration.ofMinutes(5)).plusMillis(1), 0).value();
    byte[] frame =
        new CommitFrame(DID, rev, TIME).write("create", POST + "3kabc", post("one")).bytes();

    Extracted extracted = extract(frame);

    assertThat(extracted.posts()).isEmpty();
    assertThat(extracted.letters())
        .extracting(DeadLetter::reason)
        .containsExactly("future_revision");
  }

  @Test
  void acceptsARevisionAtTheEdgeOfTheFuture() {
    String rev = Tid.at(SEEN.plus(Duration.ofMinutes(5)), 0).value();
    byte[] frame =
        new CommitFrame(DID, rev, TIME).write("create", POST + "3kabc", post("one")).bytes();

    assertThat(extract(frame).posts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-11-24T12:00:00.001Z"})
  void takesTheTimeSeenWhereTheFramesOwnCannotBe(String time) {
    byte[] frame =
        new CommitFrame(DID, REV, time).operation("delete", POST + "3kabc", null).bytes();

    assertThat(extract(frame).posts())
        .extracting(event -> event.origin().frameTime())
        .containsExactly(SEEN);
  }

  @Test
  void tellsOfAccounts() {
    Map<String, Object> body = new HashMap<>();
    body.put("seq", 7L);
    body.put("did", DID);
    body.put("time", TIME);
    body.put("active", false);
    body.put("status", "takendown");

    assertThat(extract(CommitFrame.frame("#account", body)).posts())
        .containsExactly(
            new PostEvent.AccountChanged(DID, false, Optional.of("takendown"), ORIGIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#identity", "#sync", "#info", "#handle"})
  void passesOverOtherKinds(String type) {
    assertThat(extract(CommitFrame.frame(type, Map.of("name", "x")))).isEqualTo(Extracted.NOTHING);
  }

  @Test
  void keepsTheHeadOfWhatCannotBeRead() throws Exception {
    // given: a commit of 100 KB without most of its fields
    byte[] frame =
        CommitFrame.frame("#commit", Map.of("blocks", Bytes.of(new byte[100_000]), "seq", 7L));

    Extracted extracted = extract(frame);

    assertThat(extracted.posts()).isEmpty();
    DeadLetter letter = letter(extracted, "missing_field");
    assertThat(letter.stage()).isEqualTo("extract");
    assertThat(letter.at()).isEqualTo(SEEN);
    assertThat(letter.length()).isEqualTo(frame.length);
    assertThat(letter.content()).isEqualTo(Bytes.of(Arrays.copyOf(frame, DeadLetter.HEAD_BYTES)));
    assertThat(letter.sha256())
        .isEqualTo(Bytes.of(java.security.MessageDigest.getInstance("SHA-256").digest(frame)));
  }

  @Test
  void refusesRecordsThatNoIngestorWrote() {
    RecordHeaders none = new RecordHeaders();
    byte[] frame = commit().bytes();

    assertThat(
            extraction
                .extract(new Frame(DID, frame, none, SEEN, "firehose.frames", 4, 99))
                .letters())
        .extracting(DeadLetter::reason)
        .containsExactly("bad_headers");
    assertThat(
            extraction
                .extract(new Frame(null, null, none, SEEN, "firehose.frames", 4, 99))
                .letters())
        .extracting(DeadLetter::reason)
        .containsExactly("no_value");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keepsTheSiblingsOfARecordThatADecoderFailsAt(boolean withoutEnd) {
    // given: a check with a fault, which some records meet
    byte[] good = post("good");
    byte[] faulty = post("x".repeat(100));
    Extraction extraction =
        new Extraction(
            Duration.ofMinutes(5),
            (frame, record) -> {
              if (record.length() == faulty.length) {
                fail(withoutEnd);
              }
              Post.check(frame, record);
            });

    // when
    Extracted extracted =
        extract(
            extraction,
            commit()
                .write("create", POST + "first", faulty)
                .write("create", POST + "good", good)
                .write("create", POST + "second", faulty)
                .bytes());

    // then
    assertThat(extracted.posts())
        .containsExactly(
            new PostEvent.Created(uri("good"), REV, ORIGIN, cid(good), Bytes.of(good)));
    assertThat(extracted.letters()).extracting(DeadLetter::reason).containsExactly("unexpected");
    assertThat(letter(extracted, "unexpected").detail())
        .startsWith("first: java.lang." + (withoutEnd ? "StackOverflowError" : "Illegal"))
        .contains("ExtractionTest")
        .endsWith("and 1 more");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnAfterAFrameThatADecoderFailsAt(boolean withoutEnd) {
    RecordHeaders headers =
        new RecordHeaders() {
          @Override
          public Header lastHeader(String key) {
            fail(withoutEnd);
            return super.lastHeader(key);
          }
        };

    Extracted extracted =
        extraction.extract(
            new Frame(DID, commit().bytes(), headers, SEEN, "firehose.frames", 4, 99));

    assertThat(extracted.posts()).isEmpty();
    assertThat(letter(extracted, "unexpected").source()).isEqualTo("firehose.frames-4@99");
  }

  private static void fail(boolean withoutEnd) {
    if (withoutEnd) {
      fail(true);
    }
    throw new IllegalStateException("a fault of the test");
  }

  private Extracted extract(byte[] frame) {
    return extract(extraction, frame);
  }

  private static Extracted extract(Extraction extraction, byte[] frame) {
    RecordHeaders headers = new RecordHeaders();
    new FrameHeaders("relay", 2, 7).addTo(headers);
    return extraction.extract(new Frame(DID, frame, headers, SEEN, "firehose.frames", 4, 99));
  }

  private static DeadLetter letter(Extracted extracted, String reason) {
    List<DeadLetter> letters =
        extracted.letters().stream().filter(letter -> letter.reason().equals(reason)).toList();
    assertThat(letters).hasSize(1);
    return letters.getFirst();
  }

  private static CommitFrame commit() {
    return new CommitFrame(DID, REV, TIME);
  }

  private static String uri(String rkey) {
    return "at://" + DID + "/" + POST + rkey;
  }

  private static byte[] post(String text) {
    return DagCborWriter.write(
        Map.of("$type", "app.bsky.feed.post", "text", text, "createdAt", TIME));
  }

  private static Cid someCid() {
    byte[] nothing = post("not in the archive");
    return Cid.ofDagCbor(nothing, 0, nothing.length);
  }

  private static String cid(byte[] record) {
    return Cid.ofDagCbor(record, 0, record.length).toString();
  }
}
