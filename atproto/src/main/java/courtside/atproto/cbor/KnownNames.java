package courtside.atproto.cbor;

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
    long number = 0;
    for (int i = 0; i < length; i++) {
      number = number << Byte.SIZE | (buffer[offset + i] & 0xff);
    }
    // More than a quarter full it is not, so the search ends soon.
    for (int slot = slot(number); TEXTS[slot] != null; slot = (slot + 1) & (SLOTS - 1)) {
      String name = TEXTS[slot];
      if (NUMBERS[slot] == number && name != null && name.length() == length) {
        return name;
      }
    }
    return null;
  }

  private static int slot(long number) {
    return (int) ((number * SPREAD) >>> (Long.SIZE - SLOT_BITS));
  }
}
