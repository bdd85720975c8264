package courtside.atproto.firehose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.car.VerifiedArchive;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cbor.Value;
import courtside.atproto.cid.Cid;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Nsid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Frames of real servers, against what other implementations read in them. */
final class RecordedFramesTest {
  /** The reference decoder drops a leading U+FEFF, which the bytes of this frame have. */
  private static final long BYTE_ORDER_MARK_SEQ = 257;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void areWhatTheReferenceImplementationReads() throws IOException, MalformedDataException {
    // Given
    List<byte[]> frames =
        frames(SharedFiles.bytes("recordings/pds.frames.gz"), ByteOrder.BIG_ENDIAN);
    List<String> expected = SharedFiles.gzipLines("recordings/pds.decoded.jsonl.gz");
    assertThat(frames).hasSize(7028);
    assertThat(expected).hasSize(7028);

    int posts = 0;
    for (int i = 0; i < frames.size(); i++) {
      // When
      JsonNode reference = JSON.readTree(expected.get(i));
      FrameScan scan = FrameScan.of(frames.get(i));

      // Then
      long seq = reference.path("seq").asLong();
      assertThat(scan.kind().type()).isEqualTo(reference.path("type").asText());
      assertThat(scan.seq()).hasValue(seq);
      assertThat(scan.repo().orElseThrow())
          .hasToString(reference.path(reference.has("repo") ? "repo" : "did").asText());
      assertThat(scan.time()).hasValue(reference.path("time").asText());
      if (scan.kind() == FrameKind.COMMIT) {
        posts += assertCommit(CommitMessage.read(frames.get(i)), reference);
      } else if (scan.kind() == FrameKind.ACCOUNT) {
        AccountMessage account = AccountMessage.read(frames.get(i));
        assertThat(account.seq()).isEqualTo(seq);
        assertThat(account.active()).isEqualTo(reference.path("active").asBoolean());
        assertThat(account.status())
            .isEqualTo(Optional.ofNullable(reference.path("status").asText(null)));
      }
    }
    assertThat(posts).isEqualTo(4110 + 41);
  }

  @Test
  void ofEveryKindReEncodeToTheSameBytes() throws IOException, MalformedDataException {
    List<byte[]> frames =
        frames(
            SharedFiles.bytes("vectors/derived/jetstream-frames.bin.gz"), ByteOrder.LITTLE_ENDIAN);
    assertThat(frames).hasSize(150);
    frames.addAll(frames(SharedFiles.bytes("recordings/pds.frames.gz"), ByteOrder.BIG_ENDIAN));
    int blocks = 0;
    for (byte[] frame : frames) {
      DagCborReader reader = new DagCborReader(frame);
      reader.skip();
      int header = reader.position();
      ByteArrayOutputStream again = new ByteArrayOutputStream();
      again.writeBytes(DagCborWriter.write(DagCborIndex.of(frame, 0, header).toObject()));
      again.writeBytes(
          DagCborWriter.write(DagCborIndex.of(frame, header, frame.length).toObject()));
      assertThat(again.toByteArray()).isEqualTo(frame);
      if (Frame.read(frame) instanceof CommitMessage commit) {
        VerifiedArchive verified = commit.archive().verify();
        verified.expectWhole();
        for (int i = 0; i < commit.archive().size(); i++) {
          byte[] block = commit.archive().block(i).of(frame).toArray();
          Value value = verified.value(commit.archive().cid(i));
          assertThat(DagCborWriter.write(value.toObject())).isEqualTo(block);
          blocks++;
        }
      }
    }
    assertThat(blocks).isGreaterThan(10_000);
  }

  private static int assertCommit(CommitMessage commit, JsonNode reference)
      throws MalformedDataException {
    String place = "seq " + commit.seq();
    assertThat(commit.seq()).isEqualTo(reference.path("seq").asLong());
    assertThat(commit.repo()).hasToString(reference.path("repo").asText());
    assertThat(commit.rev()).as(place).hasToString(reference.path("rev").asText());
    assertThat(commit.time()).isEqualTo(reference.path("time").asText());
    assertThat(commit.unreadable()).as(place).isEmpty();
    JsonNode operations = reference.path("ops");
    assertThat(commit.operations()).as(place).hasSize(operations.size());
    int posts = 0;
    for (int i = 0; i < operations.size(); i++) {
      RepoOperation operation = commit.operations().get(i);
      JsonNode expected = operations.get(i);
      assertThat(describe(operation)).as(place).isEqualTo(describe(expected));
      if (operation.cid().isPresent()) {
        // Every record hashes to its CID, and is canonical.
        Bytes record = commit.record(operation).of(commit.frame());
        if (operation.collection().equals(Nsid.POST)) {
          assertPost(Post.read(record).summary(), expected.path("record"), commit.seq());
          posts++;
        }
      }
    }
    return posts;
  }

  private static void assertPost(PostSummary post, JsonNode record, long seq) {
    JsonNode text = record.path("text");
    String expected = text.isTextual() ? text.asText() : "";
    assertThat(post.text())
        .as("seq %d", seq)
        .isEqualTo(seq == BYTE_ORDER_MARK_SEQ ? "\ufeff" + expected : expected);
    List<String> langs = new ArrayList<>();
    if (record.path("langs").isArray()) {
      record.path("langs").forEach(lang -> langs.add(lang.asText()));
      // An empty text names no language.
      langs.removeIf(String::isEmpty);
    }
    assertThat(post.langs()).as("seq %d", seq).isEqualTo(langs);
    assertThat(post.createdAt())
        .as("seq %d", seq)
        .isEqualTo(
            Optional.ofNullable(record.path("createdAt").asText(null))
                .flatMap(RecordedFramesTest::instant));
    assertThat(post.reply()).isEqualTo(record.has("reply"));
  }

  @Test
  void ofTheNetworkAreWhatJetstreamReads() throws IOException, MalformedDataException {
    // Given
    List<byte[]> frames =
        frames(
            SharedFiles.bytes("vectors/derived/jetstream-frames.bin.gz"), ByteOrder.LITTLE_ENDIAN);
    List<String> index =
        lines("vectors/derived/jetstream-frames-index.tsv").stream().skip(1).toList();
    Map<String, JsonNode> events = new HashMap<>();
    for (String line : lines("vectors/jetstream/internal/corpus/testdata/expected_v1.jsonl")) {
      JsonNode event = JSON.readTree(line);
      JsonNode commit = event.path("commit");
      events.put(
          event.path("did").asText()
              + "/"
              + commit.path("collection").asText()
              + "/"
              + commit.path("rkey").asText(),
          commit);
    }
    assertThat(frames).hasSize(150);
    assertThat(index).hasSize(150);

    int posts = 0;
    for (int i = 0; i < frames.size(); i++) {
      // When
      String[] expected = index.get(i).split("\t", -1);
      FrameScan scan = FrameScan.of(frames.get(i));

      // Then
      assertThat(scan.kind().type()).isEqualTo(expected[4]);
      assertThat(scan.seq()).hasValue(Long.parseLong(expected[5]));
      assertThat(scan.repo().orElseThrow()).hasToString(expected[6]);
      if (scan.kind() == FrameKind.COMMIT) {
        CommitMessage commit = CommitMessage.read(frames.get(i));
        assertThat(commit.rev()).hasToString(expected[7]);
        assertThat(String.join(";", commit.operations().stream().map(o -> describe(o)).toList()))
            .isEqualTo(expected[11]);
        for (RepoOperation operation : commit.operations()) {
          JsonNode event =
              events.getOrDefault(
                  commit.repo() + "/" + operation.collection() + "/" + operation.rkey(),
                  JSON.missingNode());
          assertThat(commit.rev()).hasToString(event.path("rev").asText());
          if (operation.cid().isPresent()) {
            assertThat(operation.cid().get()).hasToString(event.path("cid").asText());
            Bytes record = commit.record(operation).of(commit.frame());
            assertThat(operation.cid())
                .hasValue(Cid.ofDagCbor(record.toArray(), 0, record.length()));
            if (operation.collection().equals(Nsid.POST)) {
              assertPost(Post.read(record).summary(), event.path("record"), commit.seq());
              posts++;
            }
          }
        }
      }
    }
    assertThat(posts).isGreaterThan(10);
  }

  private static String describe(RepoOperation operation) {
    return operation.action().name().toLowerCase(Locale.ROOT)
        + " "
        + operation.collection()
        + "/"
        + operation.rkey()
        + " "
        + operation.cid().map(Cid::toString).orElse("-");
  }

  private static String describe(JsonNode operation) {
    return operation.path("action").asText()
        + " "
        + operation.path("path").asText()
        + " "
        + (operation.path("cid").isTextual() ? operation.path("cid").asText() : "-");
  }

  /** By the JDK; some server accepted "yesterday". */
  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static List<String> lines(String name) throws IOException {
    return new String(SharedFiles.bytes(name), StandardCharsets.UTF_8).lines().toList();
  }

  private static List<byte[]> frames(byte[] file, ByteOrder order) {
    ByteBuffer in = ByteBuffer.wrap(file).order(order);
    List<byte[]> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] frame = new byte[in.getInt()];
      in.get(frame);
      frames.add(frame);
    }
    return frames;
  }
}
