package courtside.atproto.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each value is drawn from a seed, which a failure names. */
final class DagCborIndexTest {
  private static final long FIRST_SEED = 20_261_125L;
  private static final Cid CID = Cid.ofDagCbor(new byte[] {1}, 0, 1);

  @Test
  void holdsEveryValue() throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 2000; seed++) {
      Object value = new RandomValues(seed).value();
      byte[] bytes = DagCborWriter.write(value);
      assertThat(index(bytes).toObject()).as("seed %d", seed).isEqualTo(value);
    }
  }

  @Test
  void givesEachTypeAndNoOther() throws MalformedDataException {
    Map<String, @Nullable Object> map = new HashMap<>();
    map.put("integer", 5L);
    map.put("wide", Long.MIN_VALUE);
    map.put("bytes", Bytes.of(new byte[] {1, 2}));
    map.put("text", "Žižkov");
    map.put("array", List.of(1L, 2L));
    map.put("link", CID);
    map.put("true", true);
    map.put("null", null);
    Value value = index(DagCborWriter.write(map));
    assertThat(value.size()).isEqualTo(8);
    assertThat(value.items().next()).isFalse();
    assertThat(get(value, "integer").asInteger()).isEqualTo(5);
    assertThat(get(value, "wide").asInteger()).isEqualTo(Long.MIN_VALUE);
    assertThat(get(value, "text").asText()).isEqualTo("Žižkov");
    assertThat(get(value, "link").asLink()).isEqualTo(CID);
    assertThat(get(value, "true").asBoolean()).isTrue();
    assertThat(get(value, "null").isNull()).isTrue();
    assertThat(get(value, "array").size()).isEqualTo(2);
    assertThat(get(value, "array").entries().next()).isFalse();
    assertThat(value.get("absent")).isEmpty();
    assertThat(get(value, "text").get("absent")).isEmpty();
    for (String key : map.keySet()) {
      Value each = get(value, key);
      int answers = 0;
      answers += answers(each::asInteger) ? 1 : 0;
      answers += answers(each::asText) ? 1 : 0;
      answers += answers(each::asBytes) ? 1 : 0;
      answers += answers(each::asLink) ? 1 : 0;
      answers += answers(each::asBoolean) ? 1 : 0;
      assertThat(answers).as(key).isEqualTo(each.isNull() || each.size() > 0 ? 0 : 1);
    }
  }

  @Test
  void findsKeysByTheirWholeText() throws MalformedDataException {
    Value value = index(DagCborWriter.write(Map.of("a", 1L, "ab", 2L, "é", 3L, "\0a", 4L, "", 5L)));
    assertThat(get(value, "a").asInteger()).isEqualTo(1);
    assertThat(get(value, "ab").asInteger()).isEqualTo(2);
    assertThat(get(value, "é").asInteger()).isEqualTo(3);
    assertThat(get(value, "\0a").asInteger()).isEqualTo(4);
    assertThat(get(value, "").asInteger()).isEqualTo(5);
    assertThat(value.get("e")).isEmpty();
    Value.Entries entries = value.entries();
    assertThat(entries.next()).isTrue();
    assertThat(entries.key()).isEmpty();
  }

  @Test
  void takesAndRefusesWhatReadingPieceByPieceDoes() {
    int taken = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 3000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = DagCborWriter.write(new RandomValues(seed).value());
      for (int round = 0; round < 10; round++) {
        taken += assertSame(mutant(bytes, random, 2), "seed " + seed);
      }
    }
    assertThat(taken).isGreaterThan(1000);
  }

  /** Entries of a tree's node have a way of their own through the parser. */
  @Test
  void takesAndRefusesEntriesOfTreesAsReadingPieceByPieceDoes() {
    int taken = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 3000; seed++) {
      Random random = new Random(seed);
      byte[] node = DagCborWriter.write(node(random));
      taken += assertSame(node, "seed " + seed);
      for (int round = 0; round < 40; round++) {
        taken += assertSame(mutant(node, random, 1), "seed " + seed);
      }
      byte[] cut = Arrays.copyOf(node, random.nextInt(node.length));
      assertThat(assertSame(cut, "seed " + seed)).isZero();
    }
    assertThat(taken).isGreaterThan(3000);
  }

  @Test
  void readsNoEntryOfATreePastItsEnd() {
    // Given: a node, and the same bytes cut short inside a buffer that goes on
    byte[] node = DagCborWriter.write(node(new Random(FIRST_SEED)));
    byte[] longer = Arrays.copyOf(node, node.length + 400);
    for (int end = 0; end < node.length; end++) {
      int to = end;
      assertThatThrownBy(() -> DagCborIndex.of(longer, 0, to))
          .as("cut at %d", end)
          .isInstanceOfSatisfying(
              MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
    }
  }

  @Test
  void countsTheDepthOfEntriesOfTrees() {
    byte[] entry =
        DagCborWriter.write(Map.of("k", Bytes.of(new byte[30]), "p", 0L, "t", CID, "v", CID));
    for (int depth = 1; depth < DagCborReader.MAX_DEPTH + 3; depth++) {
      byte[] nested = new byte[depth + entry.length + 400];
      Arrays.fill(nested, 0, depth, (byte) 0x81);
      System.arraycopy(entry, 0, nested, depth, entry.length);
      int to = depth + entry.length;
      if (depth < DagCborReader.MAX_DEPTH) {
        assertThat(isIndexed(nested, to)).as("depth %d", depth).isEmpty();
      } else {
        assertThat(isIndexed(nested, to)).as("depth %d", depth).hasValue(Kind.TOO_DEEP);
      }
    }
  }

  @Test
  void keepsWhatStandsWhenAValueFails() throws MalformedDataException {
    byte[] bytes = DagCborWriter.write(List.of(1L, "two", 3L));
    byte[] buffer = Arrays.copyOf(bytes, 2 * bytes.length);
    System.arraycopy(bytes, 0, buffer, bytes.length, bytes.length);
    buffer[2 * bytes.length - 1] = (byte) 0xff;
    DagCborIndex.Builder builder = new DagCborIndex.Builder(buffer, 0);
    int first = builder.add(0, bytes.length);
    assertThatThrownBy(() -> builder.add(bytes.length, buffer.length))
        .isInstanceOf(MalformedDataException.class);
    int second = builder.add(0, bytes.length);
    DagCborIndex index = builder.build();
    assertThat(index.value(first).toObject()).isEqualTo(List.of(1L, "two", 3L));
    assertThat(index.value(second).toObject()).isEqualTo(List.of(1L, "two", 3L));
  }

  private static Optional<Kind> isIndexed(byte[] buffer, int to) {
    try {
      DagCborIndex.of(buffer, 0, to);
      return Optional.empty();
    } catch (MalformedDataException e) {
      return Optional.of(e.kind());
    }
  }

  /** 1 where both take the bytes and give the same; 0 where both refuse them. */
  private static int assertSame(byte[] bytes, String seed) {
    Object expected;
    try {
      expected = CborTree.read(bytes);
    } catch (MalformedDataException e) {
      assertThatThrownBy(() -> index(bytes).toObject())
          .as(seed)
          .isInstanceOfSatisfying(
              MalformedDataException.class,
              // A link of another form is seen at once there, and here only when it is read.
              f ->
                  assertThat(f.kind())
                      .isIn(
                          e.kind() == Kind.BAD_CID
                              ? EnumSet.allOf(Kind.class)
                              : List.of(e.kind())));
      return 0;
    }
    try {
      assertThat(index(bytes).toObject()).as(seed).isEqualTo(expected);
    } catch (MalformedDataException e) {
      throw new AssertionError("refused at " + seed, e);
    }
    return 1;
  }

  private static Map<String, @Nullable Object> node(Random random) {
    Map<String, @Nullable Object> node = new HashMap<>();
    node.put("l", random.nextBoolean() ? CID : null);
    node.put("e", random.ints(1 + random.nextInt(4)).mapToObj(i -> entry(random)).toList());
    return node;
  }

  private static Map<String, @Nullable Object> entry(Random random) {
    int[] lengths = {0, 1, 23, 24, 25, 32, 126, 127, 128, 255, 256, 300};
    long[] integers = {0, 1, 23, 24, 25, 127, 128, 255, 256, -1, 70_000, Long.MAX_VALUE};
    byte[] key = new byte[lengths[random.nextInt(lengths.length)]];
    random.nextBytes(key);
    Map<String, @Nullable Object> entry = new HashMap<>();
    entry.put("k", Bytes.of(key));
    entry.put("p", integers[random.nextInt(integers.length)]);
    entry.put("t", random.nextBoolean() ? CID : null);
    entry.put("v", CID);
    return entry;
  }

  private static byte[] mutant(byte[] bytes, Random random, int most) {
    byte[] mutant = bytes.clone();
    int flips = 1 + random.nextInt(most);
    for (int i = 0; i < flips; i++) {
      int at = random.nextInt(Math.min(mutant.length, random.nextBoolean() ? 64 : mutant.length));
      mutant[at] = (byte) (mutant[at] ^ 1 << random.nextInt(8));
    }
    return mutant;
  }

  @FunctionalInterface
  private interface Asked {
    Object get() throws MalformedDataException;
  }

  private static boolean answers(Asked asked) {
    try {
      asked.get();
      return true;
    } catch (MalformedDataException e) {
      assertThat(e.kind()).isEqualTo(Kind.WRONG_TYPE);
      return false;
    }
  }

  private static Value get(Value value, String key) {
    return value.get(key).orElseThrow();
  }

  private static Value index(byte[] bytes) throws MalformedDataException {
    return DagCborIndex.of(bytes, 0, bytes.length);
  }
}
