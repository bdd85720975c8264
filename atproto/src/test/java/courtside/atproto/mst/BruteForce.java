package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds whole trees from the definition, level by level, and writes their nodes byte by byte.
 * Shares nothing with the code it checks but the hash of a block.
 */
final class BruteForce {
  private BruteForce() {}

  /** The root of the tree that holds just these. */
  static Cid root(Map<TreeKey, Cid> records) {
    SortedMap<String, Cid> sorted = new TreeMap<>();
    records.forEach((key, cid) -> sorted.put(key.value(), cid));
    int top = sorted.keySet().stream().mapToInt(BruteForce::height).max().orElse(0);
    Cid root = node(sorted, top);
    return root != null ? root : write(null, List.of(), List.of(), List.of());
  }

  private static @Nullable Cid node(SortedMap<String, Cid> records, int level) {
    if (records.isEmpty()) {
      return null;
    }
    List<String> keys = new ArrayList<>();
    List<Cid> values = new ArrayList<>();
    List<SortedMap<String, Cid>> between = new ArrayList<>();
    between.add(new TreeMap<>());
    records.forEach((key, value) -> {
      if (height(key) == level) {
        keys.add(key);
        values.add(value);
        between.add(new TreeMap<>());
      } else {
        between.getLast().put(key, value);
      }
    });
    List<@Nullable Cid> children = new ArrayList<>();
    between.forEach(part -> children.add(node(part, level - 1)));
    return write(children.getFirst(), keys, values, children.subList(1, children.size()));
  }

  static int height(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII));
      return (256 - new BigInteger(1, hash).bitLength()) / 2;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static Cid write(
      @Nullable Cid left, List<String> keys, List<Cid> values, List<@Nullable Cid> rights) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xa2);
    out.write(0x61);
    out.write('e');
    head(out, 0x80, keys.size());
    String before = "";
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      int shared = 0;
      while (key.startsWith(before.substring(0, shared)) && shared < before.length()) {
        shared++;
      }
      if (!key.startsWith(before.substring(0, shared))) {
        shared--;
      }
      byte[] rest = key.substring(shared).getBytes(StandardCharsets.US_ASCII);
      out.write(0xa4);
      out.write(0x61);
      out.write('k');
      head(out, 0x40, rest.length);
      out.writeBytes(rest);
      out.write(0x61);
      out.write('p');
      head(out, 0x00, shared);
      out.write(0x61);
      out.write('t');
      link(out, rights.get(i));
      out.write(0x61);
      out.write('v');
      link(out, values.get(i));
      before = key;
    }
    out.write(0x61);
    out.write('l');
    link(out, left);
    byte[] block = out.toByteArray();
    return Cid.ofDagCbor(block, 0, block.length);
  }

  private static void head(ByteArrayOutputStream out, int type, int argument) {
    if (argument < 24) {
      out.write(type | argument);
    } else if (argument < 256) {
      out.write(type | 24);
      out.write(argument);
    } else {
      out.write(type | 25);
      out.write(argument >>> 8);
      out.write(argument);
    }
  }

  private static void link(ByteArrayOutputStream out, @Nullable Cid cid) {
    if (cid == null) {
      out.write(0xf6);
      return;
    }
    out.write(0xd8);
    out.write(42);
    out.write(0x58);
    out.write(37);
    out.write(0);
    out.writeBytes(cid.toBytes());
  }
}
