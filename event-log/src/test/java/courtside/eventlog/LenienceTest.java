package courtside.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import courtside.eventlog.post.PostEvent;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a reader makes of bytes that another version wrote, or that nobody did. */
final class LenienceTest {
  private static final CBORMapper CBOR = new CBORMapper();
  private static final Set<Class<?>> OPTIONAL =
      Set.of(Optional.class, OptionalLong.class, OptionalDouble.class);
  private static final long SEED = 20_261_124;
  private static final int ROUNDS = 500;

  /** The major type of CBOR. */
  private static final int TAG = 6;

  static Stream<WireFormat<?>> formats() {
    return WireFormat.all();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void passesOverUnknownComponents(WireFormat<?> format) throws IOException {
    ObjectNode tree = tree(format);
    for (ObjectNode map : maps(tree)) {
      map.put("unknown", 1);
      map.putObject("unknownMap").putArray("list").add("x").addNull().add(1.5);
    }
    assertThat(format.decode(bytes(format, tree))).isEqualTo(format.value());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void readsComponentsInAnyOrder(WireFormat<?> format) throws IOException {
    ObjectNode tree = tree(format);
    ObjectNode reversed = CBOR.createObjectNode();
    for (String name : names(tree).reversed()) {
      reversed.set(name, tree.get(name));
    }
    assertThat(format.decode(bytes(format, reversed))).isEqualTo(format.value());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void needsEveryComponentThatIsNotOptional(WireFormat<?> format) throws IOException {
    Class<?> type = format.value().getClass();
    for (RecordComponent component : type.getRecordComponents()) {
      ObjectNode without = tree(format);
      assertThat(without.has(component.getName())).as("%s", component).isTrue();
      without.remove(component.getName());
      ObjectNode empty = tree(format);
      empty.putNull(component.getName());
      for (ObjectNode tree : List.of(without, empty)) {
        byte[] bytes = bytes(format, tree);
        if (OPTIONAL.contains(component.getType())) {
          assertThat(format.decode(bytes)).as("%s", tree).isNotEqualTo(format.value());
          assertWhole(format.decode(bytes));
        } else {
          assertRefused(format, bytes, tree.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void needsEveryComponentOfAPart(WireFormat<?> format) throws IOException {
    if (!tree(format).has("origin")) {
      return;
    }
    for (String name : List.of("relay", "epoch", "seq", "frameTime")) {
      ObjectNode tree = tree(format);
      assertThat(((ObjectNode) tree.get("origin")).remove(name)).as("%s", name).isNotNull();
      assertRefused(format, bytes(format, tree), tree.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void needsAKnownKindOfEvent(WireFormat<?> format) throws IOException {
    if (!(format.value() instanceof PostEvent)) {
      return;
    }
    ObjectNode unknown = tree(format).put("event", "reposted");
    ObjectNode none = tree(format);
    none.remove("event");
    for (ObjectNode tree : List.of(unknown, none)) {
      assertRefused(format, bytes(format, tree), tree.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void refusesComponentsOfAnotherType(WireFormat<?> format) throws IOException {
    for (String name : names(tree(format))) {
      ObjectNode tree = tree(format);
      tree.putObject(name).putObject("not").put("expected", 1);
      assertRefused(format, bytes(format, tree), tree.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void refusesWhateverIsCutOff(WireFormat<?> format) {
    byte[] whole = format.encode();
    byte[] content = format.content(whole);
    for (int end = 0; end < whole.length; end++) {
      assertRefused(format, Arrays.copyOf(whole, end), "the first " + end);
    }
    for (int end = 0; end < content.length; end++) {
      byte[] cut = format.seal(Arrays.copyOf(content, end));
      assertRefused(format, cut, "the first " + end + ", sealed");
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void refusesWhateverFollows(WireFormat<?> format) {
    byte[] content = format.content(format.encode());
    for (int next = 0; next < 256; next++) {
      if (next >> 5 == TAG) {
        // A tag without what it tags is nothing yet, to this parser.
        continue;
      }
      byte[] longer = Arrays.copyOf(content, content.length + 1);
      longer[content.length] = (byte) next;
      assertRefused(format, format.seal(longer), "followed by " + next);
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void refusesOtherValues(WireFormat<?> format) {
    // Null, a number, a text, an empty array, an empty map, a break without a beginning.
    for (int single : new int[] {0xf6, 0x00, 0x60, 0x80, 0xa0, 0xff}) {
      byte[] content = {(byte) single};
      assertRefused(format, format.seal(content), Integer.toHexString(single));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void makesAWholeValueOfDamagedBytesOrRefusesThem(WireFormat<?> format) {
    Random random = new Random(SEED);
    byte[] content = format.content(format.encode());
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = content.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      refused += readsOrRefuses(format, format.seal(damaged), round);
    }
    assertThat(refused).as("refused of %d", ROUNDS).isBetween(1, ROUNDS - 1);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void refusesRandomBytes(WireFormat<?> format) {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertRefused(format, noise, "round " + round);
      assertRefused(format, format.seal(noise), "round " + round + ", sealed");
    }
  }

  private static int readsOrRefuses(WireFormat<?> format, byte[] bytes, int round) {
    Object value;
    try {
      value = format.decode(bytes);
    } catch (SerializationException e) {
      return 1;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("round " + round + " of seed " + SEED, e);
    }
    assertWhole(value);
    return 0;
  }

  /** Nothing in it is null, however deep. */
  private static void assertWhole(Object value) {
    switch (value) {
      case Record found -> {
        for (RecordComponent component : found.getClass().getRecordComponents()) {
          Object part;
          try {
            component.getAccessor().setAccessible(true);
            part = component.getAccessor().invoke(found);
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
          }
          assertThat(part).as("%s", component).isNotNull();
          assertWhole(part);
        }
      }
      case Collection<?> list -> assertThat(list).doesNotContainNull();
      case Map<?, ?> map -> {
        assertThat(map.keySet()).doesNotContainNull();
        assertThat(map.values()).doesNotContainNull();
      }
      default -> {}
    }
  }

  private static void assertRefused(WireFormat<?> format, byte[] bytes, String what) {
    assertThatExceptionOfType(SerializationException.class)
        .as("%s", what)
        .isThrownBy(() -> format.decode(bytes));
  }

  private static ObjectNode tree(WireFormat<?> format) throws IOException {
    return (ObjectNode) CBOR.readTree(format.content(format.encode()));
  }

  private static byte[] bytes(WireFormat<?> format, JsonNode tree) throws IOException {
    return format.seal(CBOR.writeValueAsBytes(tree));
  }

  private static List<String> names(ObjectNode tree) {
    return tree.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The map and the records in it; what a figure is called is no component. */
  private static List<ObjectNode> maps(ObjectNode tree) {
    return tree.get("origin") instanceof ObjectNode origin ? List.of(tree, origin) : List.of(tree);
  }
}
