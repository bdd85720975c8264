package courtside.atproto.record;

import courtside.atproto.Bytes;
import org.jspecify.annotations.Nullable;

/** The bytes of a record, which are what it is. Immutable. */
abstract class Kept {
  private final Bytes bytes;

  Kept(Bytes bytes) {
    this.bytes = bytes;
  }

  public final Bytes bytes() {
    return bytes;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof Kept that && bytes.equals(that.bytes);
  }

  @Override
  public final int hashCode() {
    return bytes.hashCode();
  }

  /** Class and bytes, the first of them at most. */
  @Override
  public final String toString() {
    return getClass().getSimpleName() + " " + bytes;
  }
}
