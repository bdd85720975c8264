package courtside.atproto.firehose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Did;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class FrameScanTest {
  private static final String SYNTHETIC = "vectors/derived/synthetic-frames/";
  private static final String DID = "did:plc:hqvhxrowqbemo5e4wjnj6zao";

  @ParameterizedTest
  @CsvSource({
    "bad-duplicate-key, NOT_CANONICAL",
    "bad-float, UNSUPPORTED",
    "bad-header-keys-unsorted, NOT_CANONICAL",
    "bad-header-not-map, WRONG_TYPE",
    "bad-indefinite-map, UNSUPPORTED",
    "bad-missing-body, TRUNCATED",
    "bad-nonminimal-int, NOT_CANONICAL",
    "bad-trailing-third-object, TRAILING_BYTES",
    "bad-truncated-body, TRUNCATED",
    "bad-utf8, BAD_UTF8",
  })
  void refusesBadFrames(String name, Kind kind) throws IOException {
    byte[] frame = SharedFiles.bytes(SYNTHETIC + name + ".bin");
    assertRefused(frame, kind);
  }

  @Test
  void readsWhatAServerSaysOfTheStream() throws IOException, MalformedDataException {
    FrameScan future = FrameScan.of(SharedFiles.bytes(SYNTHETIC + "error-FutureCursor.bin"));
    assertThat(future.kind()).isEqualTo(FrameKind.ERROR);
    assertThat(future.name()).hasValue("FutureCursor");
    assertThat(future.message()).hasValue("Cursor in the future.");
    assertThat(future.seq()).isEmpty();
    assertThat(future.repo()).isEmpty();

    FrameScan slow =
        FrameScan.of(SharedFiles.bytes(SYNTHETIC + "error-ConsumerTooSlow-nomessage.bin"));
    assertThat(slow.name()).hasValue("ConsumerTooSlow");
    assertThat(slow.message()).isEmpty();
    assertThat(
            FrameScan.of(SharedFiles.bytes(SYNTHETIC + "error-ConsumerTooSlow-emptymessage.bin"))
                .message())
        .hasValue("");

    FrameScan info = FrameScan.of(SharedFiles.bytes(SYNTHETIC + "info-OutdatedCursor.bin"));
    assertThat(info.kind()).isEqualTo(FrameKind.INFO);
    assertThat(info.name()).hasValue("OutdatedCursor");
  }

  @Test
  void passesOverWhatItDoesNotKnow() throws IOException, MalformedDataException {
    assertThat(FrameScan.of(SharedFiles.bytes(SYNTHETIC + "unknown-op.bin")).kind())
        .isEqualTo(FrameKind.UNKNOWN);
    FrameScan type = FrameScan.of(SharedFiles.bytes(SYNTHETIC + "unknown-type.bin"));
    assertThat(type.kind()).isEqualTo(FrameKind.UNKNOWN);
    assertThat(type.seq()).hasValue(31_527_015_474L);
    FrameScan fields = FrameScan.of(SharedFiles.bytes(SYNTHETIC + "unknown-fields.bin"));
    assertThat(fields.kind()).isEqualTo(FrameKind.IDENTITY);
    assertThat(fields.repo()).hasValue(new Did(DID));
  }

  @Test
  void accountsMayHaveAnyStatus() throws IOException, MalformedDataException {
    AccountMessage takenDown =
        AccountMessage.read(SharedFiles.bytes(SYNTHETIC + "account-takendown.bin"));
    assertThat(takenDown.active()).isFalse();
    assertThat(takenDown.status()).hasValue("takendown");
    assertThat(
            AccountMessage.read(SharedFiles.bytes(SYNTHETIC + "account-unknown-status.bin"))
                .status())
        .isPresent();
  }

  @Test
  void refusesAFrameThatLacksWhatItsKindMustHave() {
    assertRefused(frame(Map.of("t", "#commit", "op", 1), Map.of("seq", 1)), Kind.MISSING_FIELD);
    assertRefused(frame(Map.of("t", "#identity", "op", 1), Map.of("did", DID)), Kind.MISSING_FIELD);
    assertRefused(frame(Map.of("op", 1), Map.of()), Kind.MISSING_FIELD);
    assertRefused(frame(Map.of("t", "#info"), Map.of()), Kind.MISSING_FIELD);
    assertRefused(new byte[0], Kind.TRUNCATED);
    assertRefused(
        frame(Map.of("t", "#identity", "op", 1), Map.of("seq", 1, "did", "nobody")),
        Kind.BAD_IDENTIFIER);
  }

  @Test
  void refusesSequenceNumbersOutOfRange() throws MalformedDataException {
    for (long seq : new long[] {0, -1, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertRefused(identity(seq), Kind.TOO_LARGE);
    }
    assertThat(FrameScan.of(identity((1L << 53) - 1)).seq()).hasValue((1L << 53) - 1);
    assertThat(FrameScan.of(identity(1)).seq()).hasValue(1);
  }

  static List<Map<String, Object>> headersWithoutSequence() {
    return List.of(
        Map.of("t", "#info", "op", 1),
        Map.of("op", -1),
        Map.of("t", "#new", "op", 1),
        Map.of("op", 2));
  }

  @ParameterizedTest
  @MethodSource("headersWithoutSequence")
  void requiresOnlyTheHeaderOfInfosErrorsAndWhatItDoesNotKnow(Map<String, Object> header)
      throws MalformedDataException {
    for (Object seq : new Object[] {0, -1, 1L << 53, Long.MAX_VALUE, "seven", List.of()}) {
      FrameScan scan =
          FrameScan.of(
              frame(
                  header,
                  Map.of("seq", seq, "did", 1, "time", 2, "name", 3, "error", 4, "message", 5)));
      assertThat(scan)
          .isEqualTo(
              new FrameScan(
                  FrameKind.of(frame(header, Map.of())),
                  OptionalLong.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()));
    }
    assertThat(FrameScan.of(frame(header, Map.of())).seq()).isEmpty();
    assertThat(FrameScan.of(frame(header, List.of(1, 2))).seq()).isEmpty();
  }

  @Test
  void timeAndStatusOfAnotherTypeCountAsAbsent() throws MalformedDataException {
    byte[] frame =
        frame(
            Map.of("t", "#account", "op", 1),
            Map.of("seq", 7, "did", DID, "active", false, "time", 42, "status", List.of()));
    assertThat(FrameScan.of(frame).time()).isEmpty();
    assertThat(AccountMessage.read(frame))
        .isEqualTo(new AccountMessage(7, new Did(DID), "", false, Optional.empty()));

    Map<String, Object> body = body(List.of(operation("delete", "app.bsky.feed.post/a")));
    body.put("time", 42);
    CommitMessage commit = CommitMessage.read(frame(Map.of("t", "#commit", "op", 1), body));
    assertThat(commit.time()).isEmpty();
    assertThat(commit.operations()).hasSize(1);
  }

  @Test
  void refusesEveryTruncation() throws MalformedDataException {
    byte[] frame = identity(7);
    FrameScan.of(frame);
    for (int end = 0; end < frame.length; end++) {
      byte[] cut = Arrays.copyOf(frame, end);
      assertThatThrownBy(() -> FrameScan.of(cut))
          .as("cut at %d", end)
          .isInstanceOf(MalformedDataException.class);
    }
  }

  @Test
  void commitSetsAsideOnlyTheOperationThatCannotBeRead() throws MalformedDataException {
    List<Map<String, Object>> operations = new ArrayList<>();
    operations.add(operation("create", "app.bsky.feed.post/3n2yriw47rg2r"));
    operations.add(operation("create", "no-slash"));
    operations.add(operation("delete", "app.bsky.feed.post/.."));
    operations.add(operation("replace", "app.bsky.feed.post/self"));
    operations.add(Map.of("action", "delete"));

    CommitMessage commit = CommitMessage.read(commit(operations));

    assertThat(commit.operations())
        .extracting(RepoOperation::action)
        .containsExactly(RepoOperation.Action.CREATE, RepoOperation.Action.UNKNOWN);
    assertThat(commit.unreadable())
        .extracting(CommitMessage.Unreadable::index)
        .containsExactly(1, 2, 4);
    assertThat(commit.unreadable())
        .extracting(unreadable -> unreadable.why().kind())
        .containsExactly(Kind.BAD_IDENTIFIER, Kind.BAD_IDENTIFIER, Kind.MISSING_FIELD);
    assertThat(commit.unreadable())
        .extracting(CommitMessage.Unreadable::path)
        .containsExactly(
            Optional.of("no-slash"), Optional.of("app.bsky.feed.post/.."), Optional.empty());
    RepoOperation create = commit.operations().getFirst();
    assertThatThrownBy(() -> commit.record(create))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISSING_FIELD));
  }

  @Test
  void commitTellsThePathOfAnOperationWhateverElseIsWrongWithIt() throws MalformedDataException {
    List<Map<String, Object>> operations = new ArrayList<>();
    operations.add(Map.of("action", "create", "path", "a/b", "cid", "no link"));
    operations.add(Map.of("action", 42, "path", "c/d"));
    operations.add(Map.of("action", "create", "path", 42));

    assertThat(CommitMessage.read(commit(operations)).unreadable())
        .extracting(CommitMessage.Unreadable::path)
        .containsExactly(Optional.of("a/b"), Optional.of("c/d"), Optional.empty());
  }

  @Test
  void commitReadsAnArchiveThatIsNoneOnce() throws MalformedDataException {
    Map<String, Object> operation = new HashMap<>(operation("create", "app.bsky.feed.post/a"));
    operation.put("cid", Cid.ofDagCbor(new byte[] {(byte) 0xa0}, 0, 1));
    CommitMessage commit = CommitMessage.read(commit(List.of(operation)));
    RepoOperation create = commit.operations().getFirst();

    MalformedDataException first = failure(commit, create);

    assertThat(first.kind()).isEqualTo(Kind.BAD_CAR);
    assertThat(failure(commit, create)).isSameAs(first);
  }

  private static MalformedDataException failure(CommitMessage commit, RepoOperation operation) {
    MalformedDataException failure =
        catchThrowableOfType(MalformedDataException.class, () -> commit.record(operation));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Test
  void commitListsAtMostTwoHundredOperations() throws MalformedDataException {
    List<Map<String, Object>> operations = new ArrayList<>();
    for (int i = 0; i < CommitMessage.MAX_OPERATIONS; i++) {
      operations.add(operation("delete", "app.bsky.feed.post/" + i));
    }
    assertThat(CommitMessage.read(commit(operations)).operations()).hasSize(200);
    operations.add(operation("delete", "app.bsky.feed.post/more"));
    byte[] tooMany = commit(operations);
    assertThatThrownBy(() -> CommitMessage.read(tooMany))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
  }

  private static Map<String, Object> operation(String action, String path) {
    return Map.of("action", action, "path", path);
  }

  private static byte[] commit(List<Map<String, Object>> operations) {
    return frame(Map.of("t", "#commit", "op", 1), body(operations));
  }

  private static Map<String, Object> body(List<Map<String, Object>> operations) {
    Map<String, Object> body = new HashMap<>();
    body.put("seq", 7);
    body.put("repo", DID);
    body.put("rev", "3n2yriw4eno2r");
    body.put("time", "2026-11-23T18:36:03.943Z");
    body.put("ops", operations);
    body.put("blocks", Bytes.of(new byte[0]));
    return body;
  }

  private static byte[] identity(long seq) {
    return frame(Map.of("t", "#identity", "op", 1), Map.of("seq", seq, "did", DID));
  }

  private static byte[] frame(Map<String, Object> header, Object body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(DagCborWriter.write(header));
    out.writeBytes(DagCborWriter.write(body));
    return out.toByteArray();
  }

  private static void assertRefused(byte[] frame, Kind kind) {
    assertThatThrownBy(() -> FrameScan.of(frame))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
