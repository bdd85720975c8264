package courtside.atproto.cbor;

import courtside.atproto.Bytes;
import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of the data model, drawn so that the edges of every length come up. */
public final class RandomValues {
  private static final int[] EDGES = {0, 1, 22, 23, 24, 25, 255, 256, 257, 1000};
  private static final int[] RARE_EDGES = {3999, 4000, 4001, 8191, 8192, 65_535, 65_536, 70_000};
  private static final int[] CODE_POINTS = {
    'a', 'Z', '0', ' ', 0, 0x7f, 0x80, 0xe9, 0x7ff, 0x800, 0xfeff, 0xffff, 0x10000, 0x1f3c0
  };

  private final Random random;

  public RandomValues(long seed) {
    this.random = new Random(seed);
  }

  /** The next one. */
  public @Nullable Object value() {
    return value(0);
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth < 6 ? 9 : 7)) {
      case 0 -> integer();
      case 1 -> text(length(70_000));
      case 2 -> Bytes.of(bytes(length(70_000)));
      case 3 -> Cid.ofDagCbor(bytes(8), 0, 8);
      case 4 -> random.nextBoolean();
      case 5 -> null;
      case 6 -> integer();
      case 7 -> {
        List<@Nullable Object> items = new ArrayList<>();
        int count = items(depth);
        for (int i = 0; i < count; i++) {
          items.add(value(depth + 1));
        }
        yield items;
      }
      default -> {
        Map<String, @Nullable Object> entries = new HashMap<>();
        int count = items(depth);
        for (int i = 0; i < count; i++) {
          entries.put(key(), value(depth + 1));
        }
        yield entries;
      }
    };
  }

  private long integer() {
    int bits = random.nextInt(65);
    long value = bits == 0 ? 0 : random.nextLong() >>> (64 - bits);
    return random.nextInt(4) == 0
        ? List.of(23L, 24L, 255L, 256L, 65_535L, 65_536L, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE)
            .get(random.nextInt(9))
        : value;
  }

  private int items(int depth) {
    return depth == 0 && random.nextInt(8) == 0 ? 20 + random.nextInt(10) : random.nextInt(4);
  }

  private int length(int most) {
    int length =
        random.nextInt(50) == 0
            ? RARE_EDGES[random.nextInt(RARE_EDGES.length)]
            : random.nextInt(10) == 0 ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(12);
    return Math.min(length, most);
  }

  /** One in twenty is longer than what any buffer of the encoder holds. */
  private String key() {
    return random.nextInt(20) == 0
        ? "k".repeat(DagCborReader.MAX_KEY_LENGTH - random.nextInt(5000))
        : text(length(DagCborReader.MAX_KEY_LENGTH / 4));
  }

  private String text(int codePoints) {
    StringBuilder text = new StringBuilder();
    boolean ascii = random.nextBoolean();
    for (int i = 0; i < codePoints; i++) {
      text.appendCodePoint(
          ascii ? 'a' + random.nextInt(26) : CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
    }
    return text.toString();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
