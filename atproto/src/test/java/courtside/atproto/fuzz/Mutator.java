package courtside.atproto.fuzz;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes bad input of good, by bytes and by values. Everything is drawn from one generator. */
final class Mutator {
  /** Heads that claim much, end badly or nest. */
  private static final byte[][] HEADS = {
    {(byte) 0x9b, 0x7f, -1, -1, -1, -1, -1, -1, -1},
    {(byte) 0xbb, 0, 0, 0, 0, 0x7f, -1, -1, -1},
    {(byte) 0x5a, 0x7f, -1, -1, -1},
    {(byte) 0x7b, -1, -1, -1, -1, -1, -1, -1, -1},
    {(byte) 0x9a, 0, 2, 0, 0},
    {(byte) 0xd8, 42, 0x41, 0},
    {(byte) 0xd8, 42, 0x58, 0x25, 0},
    {(byte) 0x9f},
    {(byte) 0xff},
    {(byte) 0xf9, 0, 0},
    {(byte) 0xfb, 0, 0, 0, 0, 0, 0, 0, 0},
    {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7},
    {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xc0, (byte) 0x80},
    "\\ud800".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    "1e999999999".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    "{\"$link\":".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
  };

  private static final int MOST_COPIES = 2000;

  private final Random random;

  Mutator(Random random) {
    this.random = random;
  }

  /** The bytes, or a part of another input among them, changed in a few places. */
  byte[] bytes(byte[] input, byte[] other) {
    byte[] bytes = input.clone();
    int changes = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 4);
    for (int i = 0; i < changes; i++) {
      bytes =
          switch (random.nextInt(9)) {
            case 0, 1, 2 -> flipped(bytes);
            case 3 -> spliced(bytes, HEADS[random.nextInt(HEADS.length)], random.nextInt(10));
            case 4 -> Arrays.copyOf(bytes, at(bytes));
            case 5 -> spliced(bytes, part(other), random.nextInt(20));
            case 6 -> spliced(bytes, new byte[0], 1 + random.nextInt(40));
            case 7 -> repeated(bytes);
            default -> spliced(bytes, part(bytes), 0);
          };
    }
    return bytes;
  }

  private int at(byte[] bytes) {
    return bytes.length == 0
        ? 0
        : random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 64));
  }

  private byte[] flipped(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[at(bytes)] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : random.nextInt());
    }
    return bytes;
  }

  private byte[] part(byte[] bytes) {
    int from = at(bytes);
    return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(200)));
  }

  private byte[] spliced(byte[] bytes, byte[] inserted, int dropped) {
    int from = at(bytes);
    int to = Math.min(bytes.length, from + dropped);
    byte[] spliced = new byte[from + inserted.length + bytes.length - to];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(inserted, 0, spliced, from, inserted.length);
    System.arraycopy(bytes, to, spliced, from + inserted.length, bytes.length - to);
    return spliced;
  }

  /** One to three bytes, many times: what nests, nests deeply; what lists, lists much. */
  private byte[] repeated(byte[] bytes) {
    int from = at(bytes);
    byte[] unit =
        Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(3)));
    int copies = 1 + random.nextInt(MOST_COPIES);
    byte[] many = new byte[unit.length * copies];
    for (int i = 0; i < many.length; i++) {
      many[i] = unit[i % unit.length];
    }
    return spliced(bytes, many, 0);
  }

  /** The value with some of what is in it replaced, left out or doubled; still writable. */
  @Nullable Object value(@Nullable Object value, int depth) {
    if (random.nextInt(12) == 0) {
      return drawn(depth);
    }
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (random.nextInt(25) > 0) {
            changed.put((String) entry.getKey(), value(entry.getValue(), depth + 1));
          }
        }
        if (random.nextInt(25) == 0) {
          changed.put("x" + random.nextInt(100), drawn(depth + 1));
        }
        yield changed;
      }
      case List<?> list -> {
        List<@Nullable Object> changed = new ArrayList<>();
        for (Object item : list) {
          for (int i = random.nextInt(15); i < 15; i += 14) {
            changed.add(value(item, depth + 1));
          }
        }
        yield changed;
      }
      case null -> null;
      default -> value;
    };
  }

  private @Nullable Object drawn(int depth) {
    return switch (random.nextInt(depth < DagCborReader.MAX_DEPTH - 8 ? 10 : 8)) {
      case 0 -> random.nextLong() >> random.nextInt(64);
      case 1 -> "";
      case 2 -> "\u0000\ud83c\udfc0é".repeat(random.nextInt(300));
      case 3 -> Bytes.of(new byte[random.nextInt(3000)]);
      case 4 -> Cid.ofDagCbor(new byte[] {(byte) random.nextInt(3)}, 0, 1);
      case 5 -> random.nextBoolean();
      case 6 -> null;
      case 7 -> "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3aaaaaaaaaaaa";
      case 8 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(40); i > 0; i--) {
          list.add(random.nextInt(10) > 0 ? Map.of() : drawn(depth + 1));
        }
        yield list;
      }
      default -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put(random.nextBoolean() ? "$type" : "k" + i, drawn(depth + 1));
        }
        yield map;
      }
    };
  }
}
