package courtside.testkit.relay.fault;

import courtside.atproto.Bytes;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that no honest relay sends, or that a client of today does not know. {@link #message}
 * makes each; the sequence number is in those that have one.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public enum Malformed {
  /** No byte at all. */
  EMPTY,
  /** Bytes that begin no value: {@code ff fe fd}. */
  GARBAGE,
  /** A header and no body. */
  HEADER_ONLY,
  /** A header that is an array. */
  HEADER_NOT_A_MAP,
  /** A header without {@code op}. */
  NO_OPERATION,
  /** A header whose {@code op} is text. */
  OPERATION_NOT_A_NUMBER,
  /** A header of a message without {@code t}. */
  NO_TYPE,
  /** Two headers and no body. */
  TWO_HEADERS,
  /** A whole frame and a byte more. */
  TRAILING_BYTES,
  /** A whole frame without its last byte. */
  CUT_SHORT,
  /** A #commit whose body is an array. */
  BODY_NOT_A_MAP,
  /** A frame whose map has one key twice. */
  KEY_TWICE,
  /** An array of indefinite length, which is not canonical. */
  INDEFINITE_LENGTH,
  /** Arrays in arrays, a million deep. */
  DEEP_ARRAYS,
  /** Maps in maps, half a million deep. */
  DEEP_MAPS,
  /** Tags on tags, a million of them. */
  DEEP_TAGS,
  /** An array that declares 2^31 items. */
  ARRAY_OF_2_31,
  /** An array that declares 2^63 items. */
  ARRAY_OF_2_63,
  /** A map that declares 2^31 entries. */
  MAP_OF_2_31,
  /** A map that declares 2^63 entries. */
  MAP_OF_2_63,
  /** A string that declares 2^31 bytes. */
  STRING_OF_2_31,
  /** A string that declares 2^63 bytes. */
  STRING_OF_2_63,
  /** A byte string that declares 2^31 bytes. */
  BYTES_OF_2_31,
  /** A byte string that declares 2^63 bytes. */
  BYTES_OF_2_63,
  /** Text that is not UTF-8. */
  INVALID_UTF_8,
  /** A well-formed #commit in whose archive the record's block is missing. */
  MISSING_BLOCK,
  /** A well-formed #commit whose archive holds another block under the record's CID. */
  WRONG_BLOCK,
  /** A well-formed #commit with an operation whose path has no slash. */
  PATH_WITHOUT_SLASH,
  /** A well-formed #commit that says it is too big to show its blocks. */
  TOO_BIG,
  /** A well-formed #commit whose archive declares a block of 2^63 bytes. */
  ARCHIVE_BLOCK_OF_2_63,
  /** A well-formed #commit whose archive has a block shorter than a CID. */
  ARCHIVE_BLOCK_WITHOUT_CID,
  /** A well-formed #commit whose archive declares a header longer than itself. */
  ARCHIVE_HEADER_TOO_LONG,
  /** An operation that is not known yet: {@code op} 2. */
  UNKNOWN_OPERATION,
  /** A type that is not known yet, with a sequence number. */
  UNKNOWN_TYPE,
  /** A type that is not known yet, without a sequence number. */
  UNKNOWN_TYPE_WITHOUT_SEQ;

  private static final int DEPTH = 1_000_000;
  private static final long TWO_31 = 1L << 31;
  private static final long TWO_63 = Long.MIN_VALUE;
  private static final int ARRAY = 0x9b;
  private static final int MAP = 0xbb;
  private static final int STRING = 0x7b;
  private static final int BYTES = 0x5b;
  private static final String TIME = "2026-07-04T12:00:00.000Z";
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String POST_PATH = "app.bsky.feed.post/3mpuaaaaaaa2a";

  /**
   * The message; at most 1,000,100 bytes.
   *
   * @param seq the number that it has where it has one
   */
  public byte[] message(long seq) {
    byte[] commit = header(1, "#commit");
    byte[] body = DagCborWriter.write(Map.of("seq", seq, "time", TIME, "did", DID));
    return switch (this) {
      case EMPTY -> new byte[0];
      case GARBAGE -> new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xfd};
      case HEADER_ONLY -> commit;
      case HEADER_NOT_A_MAP -> join(DagCborWriter.write(List.of(1, "#commit")), body);
      case NO_OPERATION -> join(DagCborWriter.write(Map.of("t", "#identity")), body);
      case OPERATION_NOT_A_NUMBER ->
          join(DagCborWriter.write(Map.of("op", "1", "t", "#identity")), body);
      case NO_TYPE -> join(DagCborWriter.write(Map.of("op", 1)), body);
      case TWO_HEADERS -> join(commit, commit);
      case TRAILING_BYTES -> join(header(1, "#identity"), body, new byte[1]);
      case CUT_SHORT -> {
        byte[] whole = join(header(1, "#identity"), body);
        yield Arrays.copyOf(whole, whole.length - 1);
      }
      case BODY_NOT_A_MAP -> join(commit, DagCborWriter.write(List.of(seq, TIME)));
      case KEY_TWICE -> field("a", new byte[] {1}, 2);
      case INDEFINITE_LENGTH -> field("x", new byte[] {(byte) 0x9f, 1, (byte) 0xff}, 1);
      case DEEP_ARRAYS -> field("x", repeated(0x81), 1);
      case DEEP_MAPS -> field("x", deepMaps(), 1);
      case DEEP_TAGS -> field("x", repeated(0xc6), 1);
      case ARRAY_OF_2_31 -> bomb(ARRAY, TWO_31);
      case ARRAY_OF_2_63 -> bomb(ARRAY, TWO_63);
      case MAP_OF_2_31 -> bomb(MAP, TWO_31);
      case MAP_OF_2_63 -> bomb(MAP, TWO_63);
      case STRING_OF_2_31 -> bomb(STRING, TWO_31);
      case STRING_OF_2_63 -> bomb(STRING, TWO_63);
      case BYTES_OF_2_31 -> bomb(BYTES, TWO_31);
      case BYTES_OF_2_63 -> bomb(BYTES, TWO_63);
      case INVALID_UTF_8 -> field("x", new byte[] {0x61, (byte) 0xed}, 1);
      case MISSING_BLOCK -> commit(seq, POST_PATH, archive(Map.of()), false);
      case WRONG_BLOCK ->
          commit(seq, POST_PATH, archive(Map.of(cidOf(post()), Bytes.of(other()))), false);
      case PATH_WITHOUT_SLASH -> commit(seq, "app.bsky.feed.post", whole(), false);
      case TOO_BIG -> commit(seq, POST_PATH, archive(Map.of()), true);
      case ARCHIVE_BLOCK_OF_2_63 -> commit(seq, POST_PATH, join(whole(), varint2To63()), false);
      case ARCHIVE_BLOCK_WITHOUT_CID ->
          commit(seq, POST_PATH, join(whole(), new byte[] {3, 1, 0x71, 0x12}), false);
      case ARCHIVE_HEADER_TOO_LONG ->
          commit(seq, POST_PATH, join(new byte[] {(byte) 0xff, 0x7f}, whole()), false);
      case UNKNOWN_OPERATION -> join(header(2, "#commit"), body);
      case UNKNOWN_TYPE -> join(header(1, "#futureThing"), body);
      case UNKNOWN_TYPE_WITHOUT_SEQ ->
          join(header(1, "#futureThing"), DagCborWriter.write(Map.of("what", "later")));
    };
  }

  /** The fault that sends it. */
  public Fault fault(long seq) {
    return Fault.Sends.of(message(seq));
  }

  private static byte[] header(int operation, String type) {
    return DagCborWriter.write(Map.of("op", operation, "t", type));
  }

  /** A #commit whose body is a map of one field, its entry written so many times. */
  private static byte[] field(String key, byte[] value, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header(1, "#commit"));
    out.write(0xa0 | times);
    for (int i = 0; i < times; i++) {
      out.write(0x60 | key.length());
      out.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  private static byte[] bomb(int type, long length) {
    return field(
        "x", ByteBuffer.allocate(1 + Long.BYTES).put((byte) type).putLong(length).array(), 1);
  }

  private static byte[] repeated(int value) {
    byte[] bytes = new byte[DEPTH];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** Each map holds the next under an empty key. */
  private static byte[] deepMaps() {
    byte[] bytes = repeated(0xa1);
    for (int i = 1; i < bytes.length; i += 2) {
      bytes[i] = 0x60;
    }
    return bytes;
  }

  private static byte[] commit(long seq, String path, byte[] archive, boolean tooBig) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("seq", seq);
    body.put("time", TIME);
    body.put("repo", DID);
    body.put("commit", cidOf(root()));
    body.put("rev", "3mpuaaaaaaa2a");
    body.put("since", null);
    body.put("ops", List.of(Map.of("action", "create", "path", path, "cid", cidOf(post()))));
    body.put("blocks", Bytes.of(archive));
    body.put("blobs", List.of());
    body.put("rebase", false);
    body.put("tooBig", tooBig);
    return join(header(1, "#commit"), DagCborWriter.write(body));
  }

  private static byte[] whole() {
    return archive(Map.of(cidOf(post()), Bytes.of(post())));
  }

  private static byte[] archive(Map<Cid, Bytes> blocks) {
    return CarWriter.write(cidOf(root()), blocks);
  }

  private static byte[] root() {
    return DagCborWriter.write(Map.of("did", DID, "version", 3));
  }

  private static byte[] post() {
    return DagCborWriter.write(
        Map.of("$type", "app.bsky.feed.post", "text", "hello", "createdAt", TIME));
  }

  private static byte[] other() {
    return DagCborWriter.write(
        Map.of("$type", "app.bsky.feed.post", "text", "olleh", "createdAt", TIME));
  }

  private static Cid cidOf(byte[] block) {
    return Cid.ofDagCbor(block, 0, block.length);
  }

  /** Ten bytes of unsigned LEB128. */
  private static byte[] varint2To63() {
    byte[] bytes = new byte[10];
    Arrays.fill(bytes, (byte) 0x80);
    bytes[9] = 1;
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
