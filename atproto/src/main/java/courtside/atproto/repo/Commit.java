package courtside.atproto.repo;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The object that an account signs: this is my repository, all of it, at this revision. Immutable,
 * thread-safe.
 *
 * <p>Fields that the specification does not know are passed over and stay part of what is signed.
 *
 * @see <a href="https://atproto.com/specs/repository#commit-objects">Commit Objects</a>
 */
public final class Commit {
  /** The one version of repositories that is in use. */
  public static final int VERSION = 3;

  /** Largest block, in bytes: what a #sync may carry, in which one has to fit. */
  public static final int MAX_BYTES = 10_000;

  private final Did did;
  private final Tid rev;
  private final Cid data;
  private final Optional<Cid> prev;
  private final Bytes signature;
  private final Bytes block;
  private final Bytes unsigned;
  private final Cid cid;

  private Commit(byte[] block, Fields fields) throws MalformedDataException {
    this.did = Did.parse(required(fields.did, "did"));
    this.rev = Tid.parse(required(fields.rev, "rev"));
    this.data = required(fields.data, "data");
    this.prev = fields.prev;
    if (!fields.saysPrev) {
      throw bad(0, "no prev in a commit, not even null");
    }
    Range signed = required(fields.signature, "sig");
    if (signed.length() != VerifyingKey.SIGNATURE_LENGTH) {
      throw bad(signed.offset(), "expected a signature of 64 bytes, found " + signed.length());
    }
    this.signature = signed.of(block);
    this.block = Bytes.of(block);
    this.unsigned = Bytes.of(fields.withoutSignature(block));
    this.cid = Cid.ofDagCbor(block, 0, block.length);
  }

  /**
   * Reads the block of a commit. That its signature is anyone's is not checked.
   *
   * @throws MalformedDataException {@link Kind#BAD_COMMIT} if it is of another version, lacks a
   *     field or has a signature of another length; {@link Kind#TOO_LARGE} beyond {@link
   *     #MAX_BYTES}; {@link Kind#BAD_IDENTIFIER} for did and rev; or what is wrong with it as
   *     DAG-CBOR
   */
  public static Commit read(byte[] block) throws MalformedDataException {
    if (block.length > MAX_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, 0, "a commit of " + block.length + " bytes, more than " + MAX_BYTES);
    }
    Fields fields = new Fields(new DagCborReader(block));
    if (fields.version != VERSION) {
      throw bad(0, "expected a commit of version 3, found " + fields.version);
    }
    return new Commit(block, fields);
  }

  /** Makes and signs the commit of a tree. */
  public static Commit sign(Did did, Tid rev, Cid data, SigningKey key) {
    Map<String, @Nullable Object> fields = new HashMap<>();
    fields.put("did", did.value());
    fields.put("version", VERSION);
    fields.put("data", data);
    fields.put("rev", rev.value());
    fields.put("prev", null);
    fields.put("sig", Bytes.of(key.sign(DagCborWriter.write(fields))));
    try {
      return read(DagCborWriter.write(fields));
    } catch (MalformedDataException e) {
      throw new IllegalStateException("a commit of its own making", e);
    }
  }

  /** The account. */
  public Did did() {
    return did;
  }

  /** The revision, higher with each commit of the account. */
  public Tid rev() {
    return rev;
  }

  /** The root of the tree of records. */
  public Cid data() {
    return data;
  }

  /** A commit before it: no longer in use, and nearly always absent. */
  public Optional<Cid> prev() {
    return prev;
  }

  /** r and s, 64 bytes. */
  public Bytes signature() {
    return signature;
  }

  /** The block, signature and all. */
  public Bytes block() {
    return block;
  }

  /** The CID of the block. */
  public Cid cid() {
    return cid;
  }

  /** What is signed: the block without its signature, and as it was in all else. A copy. */
  public byte[] unsignedBytes() {
    return unsigned.toArray();
  }

  /** Whether the key made the signature. */
  public boolean isSignedBy(VerifyingKey key) {
    return key.verifies(unsigned.toArray(), signature.toArray());
  }

  /** By the block. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Commit that && cid.equals(that.cid);
  }

  @Override
  public int hashCode() {
    return cid.hashCode();
  }

  /** Account, revision and CID. */
  @Override
  public String toString() {
    return "Commit[" + did + ", " + rev + ", " + cid + "]";
  }

  private static <T> T required(@Nullable T value, String field) throws MalformedDataException {
    if (value == null) {
      throw bad(0, "no " + field + " in a commit");
    }
    return value;
  }

  private static MalformedDataException bad(int offset, String message) {
    return new MalformedDataException(Kind.BAD_COMMIT, offset, message);
  }

  /** The fields of a block, and where its signature stands. */
  private static final class Fields {
    private final int entries;
    private final int head;
    private int signatureStart;
    private int signatureEnd;
    private long version;
    private @Nullable String did;
    private @Nullable String rev;
    private @Nullable Cid data;
    private boolean saysPrev;
    private Optional<Cid> prev = Optional.empty();
    private @Nullable Range signature;

    Fields(DagCborReader reader) throws MalformedDataException {
      entries = reader.readMap();
      head = reader.position();
      DagCborReader.Keys keys = reader.keys();
      for (int i = 0; i < entries; i++) {
        int start = reader.position();
        switch (keys.next()) {
          case "did" -> did = reader.readText();
          case "rev" -> rev = reader.readText();
          case "data" -> data = readBlock(reader, "data");
          case "prev" -> {
            saysPrev = true;
            prev = reader.readNull() ? Optional.empty() : Optional.of(readBlock(reader, "prev"));
          }
          case "version" -> version = reader.readInteger();
          case "sig" -> {
            signature = reader.readBytes();
            signatureStart = start;
            signatureEnd = reader.position();
          }
          default -> reader.skip();
        }
      }
      reader.expectEnd();
    }

    private static Cid readBlock(DagCborReader reader, String field) throws MalformedDataException {
      int at = reader.position();
      Cid block = reader.readLink();
      if (!block.isDagCbor()) {
        throw bad(at, "expected a DAG-CBOR block as " + field + ", found a link to raw bytes");
      }
      return block;
    }

    /**
     * Cut out, not encoded anew: the bytes are known to be canonical, and so nothing of them can
     * get lost. The map has one entry less then.
     */
    byte[] withoutSignature(byte[] block) {
      byte[] shorter = mapHead(entries - 1);
      int before = signatureStart - head;
      int after = block.length - signatureEnd;
      byte[] rest = new byte[shorter.length + before + after];
      System.arraycopy(shorter, 0, rest, 0, shorter.length);
      System.arraycopy(block, head, rest, shorter.length, before);
      System.arraycopy(block, signatureEnd, rest, shorter.length + before, after);
      return rest;
    }

    /** The head of a map in the shortest form; no more entries fit the block than two bytes say. */
    private static byte[] mapHead(int entries) {
      int type = 5 << 5;
      if (entries < 24) {
        return new byte[] {(byte) (type | entries)};
      }
      return entries < 256
          ? new byte[] {(byte) (type | 24), (byte) entries}
          : new byte[] {(byte) (type | 25), (byte) (entries >>> 8), (byte) entries};
    }
  }
}
