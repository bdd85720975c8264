package courtside.atproto.mst;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The path of a record as the tree sees it: {@code collection/rkey}, at most 1,024 of {@code
 * A-Za-z0-9_~-:.} and one slash between two parts that are not empty. Ordered by bytes. Immutable.
 *
 * @see <a href="https://atproto.com/specs/repository#mst-structure">MST Structure</a>
 */
public final class TreeKey implements Comparable<TreeKey> {
  /** Longest key, in bytes, which are as many as its characters. */
  public static final int MAX_LENGTH = 1024;

  /** No key is higher: a SHA-256 has no more pairs of bits. */
  public static final int MAX_HEIGHT = 128;

  private static final int QUOTED = 64;

  private final String value;
  private final int height;

  private TreeKey(String value) {
    this.value = value;
    this.height = heightOf(value.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no key; for text from outside see {@link
   *     #parse}
   */
  public static TreeKey of(String text) {
    if (!isValid(text)) {
      throw new IllegalArgumentException("not a key of a tree: " + quote(text));
    }
    return new TreeKey(text);
  }

  /** The key of a record; every record has one. */
  public static TreeKey of(Nsid collection, RecordKey rkey) {
    return of(collection.value() + "/" + rkey.value());
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException {@link Kind#BAD_IDENTIFIER} if the text is no key
   */
  public static TreeKey parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw new MalformedDataException(
          Kind.BAD_IDENTIFIER, -1, "expected collection/rkey, found " + quote(text));
    }
    return new TreeKey(text);
  }

  /** Whether the text is a key. */
  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    int slash = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/') {
        if (slash >= 0) {
          return false;
        }
        slash = i;
      } else if (!isPartOfKey(c)) {
        return false;
      }
    }
    return slash > 0 && slash < text.length() - 1;
  }

  private static boolean isPartOfKey(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || c == '.'
        || c == '-'
        || c == '_'
        || c == ':'
        || c == '~';
  }

  /** The text, which is ASCII. */
  public String value() {
    return value;
  }

  /**
   * On which level of the tree the key stands, 0 to 128, counted from the leaves: half the zero
   * bits that its SHA-256 begins with. One key in four is as high as 1, one in sixteen as 2.
   */
  public int height() {
    return height;
  }

  /** Half the zero bits, rounded down, that the hash of any text begins with. */
  static int heightOf(byte[] text) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    int zeros = 0;
    for (byte b : digest) {
      if (b != 0) {
        zeros += Integer.numberOfLeadingZeros(b & 0xff) - (Integer.SIZE - Byte.SIZE);
        break;
      }
      zeros += Byte.SIZE;
    }
    return zeros / 2;
  }

  /** How many characters two texts begin with in common. */
  static int commonPrefix(String left, String right) {
    int most = Math.min(left.length(), right.length());
    int common = 0;
    while (common < most && left.charAt(common) == right.charAt(common)) {
      common++;
    }
    return common;
  }

  /** Bounded, for messages. */
  static String quote(String text) {
    return "'" + (text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…") + "'";
  }

  /** By bytes. The text is ASCII, of which {@link String} has the same order. */
  @Override
  public int compareTo(TreeKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeKey that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
