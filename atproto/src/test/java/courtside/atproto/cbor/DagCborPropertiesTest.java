package courtside.atproto.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each value is drawn from a seed, which a failure names. */
final class DagCborPropertiesTest {
  private static final long FIRST_SEED = 20_260_824L;

  @Test
  void whatIsWrittenReadsBackTheSame() throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 2000; seed++) {
      Object value = new RandomValues(seed).value();
      byte[] bytes = DagCborWriter.write(value);
      assertThat(CborTree.read(bytes)).as("seed %d", seed).isEqualTo(value);
    }
  }

  @Test
  void whateverDecodesReEncodesToTheSameBytes() throws MalformedDataException {
    int decoded = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 2000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = DagCborWriter.write(new RandomValues(seed).value());
      for (int round = 0; round < 20; round++) {
        byte[] mutant = mutate(bytes, random);
        if (isValid(mutant, seed)) {
          decoded++;
          assertThat(DagCborWriter.write(CborTree.read(mutant)))
              .as("seed %d, round %d", seed, round)
              .isEqualTo(mutant);
        }
      }
    }
    // Or nothing was compared.
    assertThat(decoded).isGreaterThan(1000);
  }

  @Test
  void whateverIsTruncatedIsRefused() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
      byte[] bytes = DagCborWriter.write(new RandomValues(seed).value());
      for (int end = 0; end < Math.min(bytes.length, 300); end++) {
        byte[] cut = Arrays.copyOf(bytes, end);
        assertThatThrownBy(() -> DagCborReader.validate(cut, 0, cut.length))
            .as("seed %d, cut at %d", seed, end)
            .isInstanceOfSatisfying(
                MalformedDataException.class,
                e -> assertThat(e.kind()).isIn(Kind.TRUNCATED, Kind.BAD_CID));
      }
    }
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutant = bytes.clone();
    int flips = 1 + random.nextInt(2);
    for (int i = 0; i < flips; i++) {
      // Mostly near the start, where the heads are.
      int at = random.nextInt(Math.min(mutant.length, random.nextBoolean() ? 64 : mutant.length));
      mutant[at] = (byte) (mutant[at] ^ 1 << random.nextInt(8));
    }
    return mutant;
  }

  /** Validation and reading agree, but for links of forms that only records of others carry. */
  private static boolean isValid(byte[] bytes, long seed) {
    try {
      DagCborReader.validate(bytes, 0, bytes.length);
    } catch (MalformedDataException e) {
      assertThatThrownBy(() -> CborTree.read(bytes))
          .as("seed %d", seed)
          .isInstanceOf(MalformedDataException.class);
      return false;
    }
    try {
      CborTree.read(bytes);
      return true;
    } catch (MalformedDataException e) {
      assertThat(e.kind()).as("seed %d", seed).isEqualTo(Kind.BAD_CID);
      return false;
    }
  }
}
