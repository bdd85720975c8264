package courtside.atproto.firehose;

import courtside.atproto.Bytes;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Change;
import courtside.atproto.repo.Commit;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of the stream, as a server sends them: for servers that are simulated. Sequence
 * numbers and times are written as they are given, right or not. Thread-safe: holds no state.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public final class FrameWriter {
  private FrameWriter() {}

  /**
   * A #commit.
   *
   * @param time a datetime, such as {@code 2026-07-04T12:00:00.000Z}
   */
  public static byte[] commit(long seq, String time, SignedCommit commit) {
    Map<String, @Nullable Object> body = event(seq, time);
    body.put("repo", commit.commit().did().value());
    body.put("commit", commit.commit().cid());
    body.put("rev", commit.commit().rev().value());
    body.put("since", commit.since().map(Tid::value).orElse(null));
    commit.prevData().ifPresent(root -> body.put("prevData", root));
    body.put("ops", commit.changes().stream().map(FrameWriter::operation).toList());
    body.put("blocks", commit.blocks());
    // Deprecated, and required all the same.
    body.put("blobs", List.of());
    body.put("rebase", false);
    body.put("tooBig", false);
    return message(FrameKind.COMMIT, body);
  }

  private static Map<String, @Nullable Object> operation(Change change) {
    Map<String, @Nullable Object> operation = new HashMap<>();
    operation.put(
        "action",
        change.now().isEmpty() ? "delete" : change.before().isEmpty() ? "create" : "update");
    operation.put("path", change.key().value());
    operation.put("cid", change.now().orElse(null));
    change.before().ifPresent(cid -> operation.put("prev", cid));
    return operation;
  }

  /** A #sync: the repository is at this commit, whatever came before. */
  public static byte[] sync(long seq, String time, Commit commit) {
    Map<String, @Nullable Object> body = event(seq, time);
    body.put("did", commit.did().value());
    body.put("rev", commit.rev().value());
    Map<Cid, Bytes> blocks = Map.of(commit.cid(), commit.block());
    body.put("blocks", Bytes.of(CarWriter.write(commit.cid(), blocks)));
    return message(FrameKind.SYNC, body);
  }

  /** An #identity: what is known of the account's identity may be out of date. */
  public static byte[] identity(long seq, String time, Did did, Optional<String> handle) {
    Map<String, @Nullable Object> body = event(seq, time);
    body.put("did", did.value());
    handle.ifPresent(text -> body.put("handle", text));
    return message(FrameKind.IDENTITY, body);
  }

  /** An #account: whether the account is active. */
  public static byte[] account(
      long seq, String time, Did did, boolean active, Optional<String> status) {
    Map<String, @Nullable Object> body = event(seq, time);
    body.put("did", did.value());
    body.put("active", active);
    status.ifPresent(text -> body.put("status", text));
    return message(FrameKind.ACCOUNT, body);
  }

  /** An #info, such as {@code OutdatedCursor}. */
  public static byte[] info(String name, Optional<String> message) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("name", name);
    message.ifPresent(text -> body.put("message", text));
    return message(FrameKind.INFO, body);
  }

  /** An error, such as {@code FutureCursor}, after which a server closes. */
  public static byte[] error(String name, Optional<String> message) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("error", name);
    message.ifPresent(text -> body.put("message", text));
    return frame(Map.of("op", -1), body);
  }

  private static Map<String, @Nullable Object> event(long seq, String time) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("seq", seq);
    body.put("time", time);
    return body;
  }

  private static byte[] message(FrameKind kind, Map<String, @Nullable Object> body) {
    return frame(Map.of("op", 1, "t", kind.type()), body);
  }

  private static byte[] frame(Map<String, ?> header, Map<String, @Nullable Object> body) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(DagCborWriter.write(header));
    frame.writeBytes(DagCborWriter.write(body));
    return frame.toByteArray();
  }
}
