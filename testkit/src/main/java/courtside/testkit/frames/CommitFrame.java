package courtside.testkit.frames;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds #commit frames, right or wrong on purpose: unsigned, and without a proof. Confined to one
 * thread.
 */
public final class CommitFrame {
  private final String repo;
  private final String rev;
  private final String time;
  private final List<@Nullable Object> operations = new ArrayList<>();
  // The commit's own block first: it is the archive's root.
  private final Map<Cid, byte[]> blocks = new LinkedHashMap<>();

  /**
   * Begins one.
   *
   * @param repo the account's DID
   * @param rev a TID
   * @param time a datetime
   */
  public CommitFrame(String repo, String rev, String time) {
    this.repo = repo;
    this.rev = rev;
    this.time = time;
    block(DagCborWriter.write(Map.of("commit", "of " + rev)));
  }

  /** A frame of any type. */
  public static byte[] frame(String type, Map<String, ?> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(DagCborWriter.write(Map.of("op", 1, "t", type)));
    out.writeBytes(DagCborWriter.write(body));
    return out.toByteArray();
  }

  /** Adds an operation with its record. */
  public CommitFrame write(String action, String path, byte[] record) {
    return operation(action, path, block(record));
  }

  /** Adds an operation whose record is not there. */
  public CommitFrame operation(String action, String path, @Nullable Cid cid) {
    Map<String, @Nullable Object> operation = new HashMap<>();
    operation.put("action", action);
    operation.put("path", path);
    operation.put("cid", cid);
    operations.add(operation);
    return this;
  }

  /** Adds a block that no operation names, as those of a proof are. */
  public CommitFrame beside(byte[] block) {
    block(block);
    return this;
  }

  /** Adds something in the place of an operation. */
  public CommitFrame anything(@Nullable Object operation) {
    operations.add(operation);
    return this;
  }

  /** Adds a record under the CID of another. */
  public CommitFrame corrupt(String path, byte[] record, byte[] instead) {
    Cid cid = Cid.ofDagCbor(record, 0, record.length);
    blocks.put(cid, instead);
    return operation("create", path, cid);
  }

  /** The frame. */
  public byte[] bytes() {
    return bytes(7);
  }

  /** The frame under this sequence number. */
  public byte[] bytes(long seq) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("seq", seq);
    body.put("repo", repo);
    body.put("rev", rev);
    body.put("since", null);
    body.put("time", time);
    body.put("ops", operations);
    body.put("blocks", Bytes.of(car()));
    body.put("commit", blocks.keySet().iterator().next());
    body.put("blobs", List.of());
    body.put("rebase", false);
    body.put("tooBig", false);
    return frame("#commit", body);
  }

  private Cid block(byte[] block) {
    Cid cid = Cid.ofDagCbor(block, 0, block.length);
    blocks.put(cid, block);
    return cid;
  }

  private byte[] car() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header =
        DagCborWriter.write(
            Map.of("version", 1, "roots", List.of(blocks.keySet().iterator().next())));
    varint(out, header.length);
    out.writeBytes(header);
    blocks.forEach((cid, block) -> {
      varint(out, Cid.LENGTH + block.length);
      out.writeBytes(cid.toBytes());
      out.writeBytes(block);
    });
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
