package courtside.atproto.cbor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The names of fields that come with every frame, so that reading one makes no new text. A name of
 * eight bytes at most is one number.
 */
final class KnownNames {
  private static final String[] NAMES = {
    "$type",
    "action",
    "active",
    "blobs",
    "blocks",
    "cid",
    "commit",
    "data",
    "did",
    "e",
    "error",
    "handle",
    "k",
    "l",
    "message",
    "name",
    "op",
    "ops",
    "p",
    "path",
    "prev",
    "prevData",
    "rebase",
    "repo",
    "rev",
    "roots",
    "seq",
    "sig",
    "since",
    "status",
    "t",
    "time",
    "tooBig",
    "v",
    "version",
  };

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int SLOT_BITS = 7;
  private static final int SLOTS = 1 << SLOT_BITS;
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private static final long[] NUMBERS = new long[SLOTS];
  private static final @Nullable String[] TEXTS = new @Nullable String[SLOTS];

  static {
    for (String name : NAMES) {
      long number = 0;
      for (int i = 0; i < name.length(); i++) {
        number = number << Byte.SIZE | name.charAt(i);
      }
      int slot = slot(number);
      while (TEXTS[slot] != null) {
        slot = (slot + 1) & (SLOTS - 1);
      }
      NUMBERS[slot] = number;
      TEXTS[slot] = name;
    }
  }

  private KnownNames() {}

  /** The name that these bytes are, or null where it is none of the known. */
  static @Nullable String find(byte[] buffer, int offset, int length) {
    if (length > Long.BYTES) {
      return null;
    }
    long number = number(buffer, offset, length);
    // A third is full, so the search ends soon.
    for (int slot = slot(number); ; slot = (slot + 1) & (SLOTS - 1)) {
      String name = TEXTS[slot];
      if (name == null) {
        return null;
      }
      if (NUMBERS[slot] == number && name.length() == length) {
        return name;
      }
    }
  }

  /** The bytes, eight at most, as one number. */
  private static long number(byte[] buffer, int offset, int length) {
    if (length > 0 && buffer.length - offset >= Long.BYTES) {
      return (long) LONGS.get(buffer, offset) >>> (Long.SIZE - length * Byte.SIZE);
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      number = number << Byte.SIZE | (buffer[offset + i] & 0xff);
    }
    return number;
  }

  private static int slot(long number) {
    return (int) ((number * SPREAD) >>> (Long.SIZE - SLOT_BITS));
  }
}
