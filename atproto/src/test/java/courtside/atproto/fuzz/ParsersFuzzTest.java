package courtside.atproto.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarArchive;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Generates bad input from good for a bounded time: {@code -Dcourtside.fuzz=PT1H} for an hour. Each
 * case has a seed of its own, which a failure names: {@code -Dcourtside.seed=N -Dcourtside.cases=1}
 * runs that case again.
 */
final class ParsersFuzzTest {
  private static final Duration TIME =
      Duration.parse(System.getProperty("courtside.fuzz", "PT10S"));
  private static final long CASES = Long.getLong("courtside.cases", Long.MAX_VALUE);
  private static final long FIRST_SEED =
      Long.getLong("courtside.seed", RandomGenerator.getDefault().nextLong());

  /**
   * What a parser may allocate in all, beside so many bytes for each of its input. Most is what a
   * post costs that is an array of empty maps, of one byte each: trees of Jackson's, and lists. No
   * input of that form is larger than {@link courtside.atproto.record.RecordValue#MAX_BYTES}.
   */
  private static final long ALLOCATED_AT_MOST = 1 << 20;

  private static final long ALLOCATED_PER_BYTE = 400;

  private static final List<Target> TARGETS = List.of(Target.values());

  private final Map<Target, List<byte[]>> samples = new EnumMap<>(Target.class);
  private final List<byte[]> all = new ArrayList<>();
  private final Map<Target, long[]> outcomes = new EnumMap<>(Target.class);

  @Test
  void nothingButTheDeclaredExceptionAndNoMoreMemoryThanAMultipleOfTheInput()
      throws MalformedDataException {
    gather();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + TIME.toNanos();
    long cases = 0;
    double mostPerByte = 0;
    for (; cases < CASES && System.nanoTime() - end < 0; cases++) {
      long seed = FIRST_SEED + cases;
      Random random = new Random(seed);
      Target target = TARGETS.get(random.nextInt(TARGETS.size()));
      byte[] input = input(target, random);
      long before = threads.getCurrentThreadAllocatedBytes();
      boolean taken = taken(target, input, seed);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      outcomes.computeIfAbsent(target, t -> new long[2])[taken ? 1 : 0]++;
      assertThat(allocated)
          .as("bytes allocated by %s for %d bytes, seed %d", target, input.length, seed)
          .isLessThanOrEqualTo(ALLOCATED_AT_MOST + ALLOCATED_PER_BYTE * input.length);
      if (input.length > 1000) {
        mostPerByte = Math.max(mostPerByte, (double) allocated / input.length);
      }
    }
    System.out.printf(
        "fuzz: %,d cases from seed %d, at most %.0f bytes allocated for one of input%n",
        cases, FIRST_SEED, mostPerByte);
    outcomes.forEach((target, counts) ->
        System.out.printf("fuzz: %s refused %,d, took %,d%n", target, counts[0], counts[1]));
    if (cases > 50_000) {
      // Or the input was all bad in the same way, or not bad at all.
      assertThat(outcomes).containsOnlyKeys(Target.values());
      outcomes.forEach((target, counts) -> assertThat(counts).as("%s", target).doesNotContain(0L));
    }
  }

  /** Assertions inside a target are part of what must hold. */
  private static boolean taken(Target target, byte[] input, long seed) {
    try {
      target.parse(input);
      return true;
    } catch (MalformedDataException e) {
      assertThat(e.getStackTrace()).isEmpty();
      assertThat(e.getMessage()).hasSizeLessThan(1000);
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(target + " failed at seed " + seed, e);
    }
  }

  private byte[] input(Target target, Random random) throws MalformedDataException {
    List<byte[]> good = samples.getOrDefault(target, List.of());
    byte[] sample = good.get(random.nextInt(good.size()));
    Mutator mutator = new Mutator(random);
    boolean structured =
        switch (target) {
          case DAG_CBOR, COMMIT, TREE, RECORD, FRAME, SCAN -> random.nextInt(3) > 0;
          case CAR, JSON, DID_DOCUMENT, TOKEN, TEXT -> false;
        };
    if (!structured) {
      return mutator.bytes(sample, all.get(random.nextInt(all.size())));
    }
    return switch (target) {
      case FRAME, SCAN -> frame(sample, mutator, random);
      default -> DagCborWriter.write(mutator.value(value(sample, 0, sample.length), 0));
    };
  }

  /** A frame with its body changed, and with blocks changed that still hash to their CIDs. */
  private static byte[] frame(byte[] sample, Mutator mutator, Random random)
      throws MalformedDataException {
    DagCborReader reader = new DagCborReader(sample);
    reader.skip();
    int header = reader.position();
    Object body = value(sample, header, sample.length);
    if (body instanceof Map<?, ?> fields && fields.get("blocks") instanceof Bytes blocks) {
      Map<String, @Nullable Object> changed = new LinkedHashMap<>();
      fields.forEach((key, value) -> changed.put((String) key, value));
      Map<Cid, Cid> renamed = new LinkedHashMap<>();
      changed.put("blocks", blocks(blocks.toArray(), mutator, random, renamed));
      body = renamed(changed, renamed);
    }
    if (random.nextBoolean()) {
      body = mutator.value(body, 0);
    }
    byte[] encoded = DagCborWriter.write(body);
    byte[] frame = new byte[header + encoded.length];
    System.arraycopy(sample, 0, frame, 0, header);
    System.arraycopy(encoded, 0, frame, header, encoded.length);
    return frame;
  }

  private static Bytes blocks(byte[] car, Mutator mutator, Random random, Map<Cid, Cid> renamed)
      throws MalformedDataException {
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    List<@Nullable Object> values = new ArrayList<>();
    List<Cid> cids = new ArrayList<>();
    for (int i = 0; i < archive.size(); i++) {
      Range block = archive.block(i);
      Object value = value(car, block.offset(), block.end());
      values.add(random.nextInt(archive.size()) == 0 ? mutator.value(value, 0) : value);
      cids.add(archive.cid(i));
    }
    // Links lead to the changed blocks: what is linked to is renamed first, a level at a time.
    for (int level = 0; level < 4; level++) {
      for (int i = 0; i < values.size(); i++) {
        byte[] block = DagCborWriter.write(renamed(values.get(i), renamed));
        renamed.put(cids.get(i), Cid.ofDagCbor(block, 0, block.length));
      }
    }
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      Bytes block = Bytes.of(DagCborWriter.write(renamed(values.get(i), renamed)));
      blocks.put(Cid.ofDagCbor(block.toArray(), 0, block.length()), block);
    }
    Cid root = archive.roots().getFirst();
    return Bytes.of(CarWriter.write(renamed.getOrDefault(root, root), blocks));
  }

  private static @Nullable Object renamed(@Nullable Object value, Map<Cid, Cid> renamed) {
    return switch (value) {
      case Cid cid -> renamed.getOrDefault(cid, cid);
      case List<?> list -> {
        List<@Nullable Object> items = new ArrayList<>();
        list.forEach(item -> items.add(renamed(item, renamed)));
        yield items;
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        map.forEach((key, item) -> entries.put((String) key, renamed(item, renamed)));
        yield entries;
      }
      case null -> null;
      default -> value;
    };
  }

  private static @Nullable Object value(byte[] bytes, int from, int to)
      throws MalformedDataException {
    return DagCborIndex.of(bytes, from, to).toObject();
  }

  private void gather() throws MalformedDataException {
    List<byte[]> frames = Samples.frames();
    List<byte[]> archives = new ArrayList<>();
    List<byte[]> commits = new ArrayList<>();
    List<byte[]> nodes = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (byte[] frame : frames) {
      DagCborReader reader = new DagCborReader(frame);
      reader.skip();
      int header = reader.position();
      values.add(java.util.Arrays.copyOfRange(frame, header, frame.length));
      if (value(frame, header, frame.length) instanceof Map<?, ?> fields
          && fields.get("blocks") instanceof Bytes blocks) {
        byte[] car = blocks.toArray();
        archives.add(car);
        CarArchive archive = CarArchive.read(car, new Range(0, car.length));
        for (int i = 0; i < archive.size(); i++) {
          byte[] block = archive.block(i).of(car).toArray();
          values.add(block);
          if (archive.cid(i).equals(archive.roots().getFirst())) {
            commits.add(block);
          } else if (value(block, 0, block.length) instanceof Map<?, ?> map
              && map.containsKey("e")) {
            nodes.add(block);
          }
        }
      }
    }
    List<byte[]> records = List.of(Samples.post().toArray(), Samples.like().toArray());
    samples.put(Target.DAG_CBOR, values);
    samples.put(Target.CAR, archives);
    samples.put(Target.FRAME, frames);
    samples.put(Target.SCAN, frames);
    samples.put(Target.COMMIT, commits);
    samples.put(Target.TREE, nodes);
    samples.put(Target.RECORD, records);
    samples.put(Target.JSON, List.of(Samples.json()));
    samples.put(Target.DID_DOCUMENT, List.of(Samples.document()));
    samples.put(Target.TOKEN, List.of(Samples.token()));
    samples.put(Target.TEXT, Samples.texts());
    samples.values().forEach(all::addAll);
    // What is changed must be good to begin with.
    samples.forEach((target, good) -> {
      byte[] first = good.getFirst();
      assertThat(taken(target, first, 0)).as("%s", target).isTrue();
    });
  }
}
