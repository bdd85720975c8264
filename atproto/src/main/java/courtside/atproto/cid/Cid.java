package courtside.atproto.cid;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A content identifier as the protocol allows it: CIDv1, codec DAG-CBOR or raw, SHA-256; 36 bytes,
 * 59 characters. Immutable.
 *
 * @see <a href="https://atproto.com/specs/data-model#link-and-cid-formats">CID</a>
 */
public final class Cid implements Comparable<Cid> {
  /** Bytes of every CID of this form. */
  public static final int LENGTH = 36;

  /** Where in the binary form the digest begins. */
  public static final int DIGEST_OFFSET = 4;

  private static final int CODEC_OFFSET = 1;
  private static final byte CODEC_DAG_CBOR = 0x71;
  private static final byte CODEC_RAW = 0x55;
  private static final int TEXT_LENGTH = 59;

  private final byte[] bytes;

  private Cid(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The CID of a DAG-CBOR block. */
  public static Cid ofDagCbor(byte[] buffer, int offset, int length) {
    return of(CODEC_DAG_CBOR, buffer, offset, length);
  }

  /** The CID of raw bytes, such as a picture's. */
  public static Cid ofRaw(byte[] buffer, int offset, int length) {
    return of(CODEC_RAW, buffer, offset, length);
  }

  private static Cid of(byte codec, byte[] buffer, int offset, int length) {
    byte[] bytes = new byte[LENGTH];
    bytes[0] = 1;
    bytes[1] = codec;
    bytes[2] = 0x12;
    bytes[3] = 0x20;
    System.arraycopy(sha256(buffer, offset, length), 0, bytes, DIGEST_OFFSET, 32);
    return new Cid(bytes);
  }

  /**
   * Reads the binary form.
   *
   * @throws MalformedDataException {@link Kind#BAD_CID} if these bytes are not a CID of this form
   */
  public static Cid read(byte[] buffer, int offset, int length) throws MalformedDataException {
    check(buffer, offset, length);
    return known(buffer, offset);
  }

  /**
   * Checks that the bytes are the binary form, and makes nothing of them.
   *
   * @throws MalformedDataException {@link Kind#BAD_CID} if they are not a CID of this form
   */
  public static void check(byte[] buffer, int offset, int length) throws MalformedDataException {
    if (length != LENGTH
        || buffer[offset] != 1
        || (buffer[offset + 1] != CODEC_DAG_CBOR && buffer[offset + 1] != CODEC_RAW)
        || buffer[offset + 2] != 0x12
        || buffer[offset + 3] != 0x20) {
      throw new MalformedDataException(
          Kind.BAD_CID, offset, "expected a CIDv1 with SHA-256 in 36 bytes, found another form");
    }
  }

  /** The CID of bytes that were checked. */
  public static Cid known(byte[] buffer, int offset) {
    return new Cid(Arrays.copyOfRange(buffer, offset, offset + LENGTH));
  }

  /**
   * Parses the text form, {@code b} and lower-case base32.
   *
   * @throws MalformedDataException {@link Kind#BAD_CID} if the text is not a CID of this form
   */
  public static Cid parse(String text) throws MalformedDataException {
    if (text.length() != TEXT_LENGTH || text.charAt(0) != 'b') {
      throw new MalformedDataException(
          Kind.BAD_CID, -1, "expected a CID of 59 characters beginning with b");
    }
    byte[] bytes = Base32.decode(text, 1);
    return read(bytes, 0, bytes.length);
  }

  /** Whether it names a DAG-CBOR block, and not raw bytes. */
  public boolean isDagCbor() {
    return bytes[1] == CODEC_DAG_CBOR;
  }

  /** Whether the block hashes to this CID. */
  public boolean matches(byte[] buffer, int offset, int length) {
    byte[] digest = sha256(buffer, offset, length);
    return Arrays.equals(digest, 0, 32, bytes, DIGEST_OFFSET, LENGTH);
  }

  /** Whether this CID stands at an offset of a buffer that holds 36 bytes from there. */
  public boolean standsAt(byte[] buffer, int offset) {
    return Arrays.equals(bytes, 0, LENGTH, buffer, offset, offset + LENGTH);
  }

  /** Whether checked bytes name a DAG-CBOR block; otherwise they name raw bytes. */
  public static boolean isDagCbor(byte[] buffer, int offset) {
    return buffer[offset + 1] == CODEC_DAG_CBOR;
  }

  /**
   * Compares this CID with the one at an offset of a buffer that holds 36 bytes there: by their
   * digests, and by their codecs where these are the same.
   */
  public int compareByDigest(byte[] buffer, int offset) {
    int digests =
        Arrays.compareUnsigned(
            bytes, DIGEST_OFFSET, LENGTH, buffer, offset + DIGEST_OFFSET, offset + LENGTH);
    return digests != 0
        ? digests
        : Byte.compare(bytes[CODEC_OFFSET], buffer[offset + CODEC_OFFSET]);
  }

  /** As {@link #compareByDigest(byte[], int)}, of two checked CIDs in one buffer. */
  public static int compareByDigest(byte[] buffer, int one, int other) {
    int digests =
        Arrays.compareUnsigned(
            buffer,
            one + DIGEST_OFFSET,
            one + LENGTH,
            buffer,
            other + DIGEST_OFFSET,
            other + LENGTH);
    return digests != 0
        ? digests
        : Byte.compare(buffer[one + CODEC_OFFSET], buffer[other + CODEC_OFFSET]);
  }

  /** The binary form, a copy. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  private static byte[] sha256(byte[] buffer, int offset, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(buffer, offset, length);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cid that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // Four bytes of the digest are as good a hash as any.
    return (bytes[4] & 0xff) << 24
        | (bytes[5] & 0xff) << 16
        | (bytes[6] & 0xff) << 8
        | (bytes[7] & 0xff);
  }

  @Override
  public int compareTo(Cid other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return "b" + Base32.encode(bytes);
  }
}
