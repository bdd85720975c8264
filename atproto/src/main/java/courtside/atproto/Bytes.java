package courtside.atproto;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** An immutable run of bytes with equality, so that records can hold one. */
public final class Bytes {
  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** Copies the bytes. */
  @JsonCreator
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  /**
   * Copies {@code length} bytes from {@code offset}.
   *
   * @throws IndexOutOfBoundsException if the source does not hold them
   */
  public static Bytes of(byte[] source, int offset, int length) {
    var _ = Objects.checkFromIndexSize(offset, length, source.length);
    return new Bytes(Arrays.copyOfRange(source, offset, offset + length));
  }

  /** A copy. */
  @JsonValue
  public byte[] toArray() {
    return content.clone();
  }

  public int length() {
    return content.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** Hexadecimal, the first 32 bytes at most. */
  @Override
  public String toString() {
    int shown = Math.min(content.length, 32);
    return HexFormat.of().formatHex(content, 0, shown) + (shown < content.length ? "…" : "");
  }
}
