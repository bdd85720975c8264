package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Keys of known heights, high ones far more often than chance has them. */
final class Keys {
  private static final int[] PER_HEIGHT = {500, 250, 180, 120, 80, 50, 30};
  private static final List<String> COLLECTIONS =
      List.of("app.bsky.feed.like", "app.bsky.feed.post", "app.bsky.graph.follow", "a", "z.z");

  private Keys() {}

  /** The same 1,210 keys for the same seed, of heights 0 to 6, in no order. */
  static List<TreeKey> draw(long seed) {
    Random random = new Random(seed);
    Set<TreeKey> keys = new HashSet<>();
    List<TreeKey> inOrder = new ArrayList<>();
    for (int height = 0; height < PER_HEIGHT.length; height++) {
      for (int i = 0; i < PER_HEIGHT[height]; ) {
        TreeKey key = any(random);
        if (key.height() == height && keys.add(key)) {
          inOrder.add(key);
          i++;
        }
      }
    }
    return List.copyOf(inOrder);
  }

  private static TreeKey any(Random random) {
    String collection = COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
    return TreeKey.of(collection + "/3m" + Long.toString(random.nextLong() >>> 20, 36));
  }

  /** A key of this height that begins with the letter and the height. */
  static TreeKey mined(char letter, int height) {
    for (int i = 0; ; i++) {
      TreeKey key = TreeKey.of(letter + "" + height + "/" + i);
      if (key.height() == height) {
        return key;
      }
    }
  }

  /** The CID of some content. */
  static Cid cid(long content) {
    byte[] block = Long.toString(content).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return Cid.ofDagCbor(block, 0, block.length);
  }
}
