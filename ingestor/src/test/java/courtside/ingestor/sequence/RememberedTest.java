package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RememberedTest {
  private static FrameIdentity frame(int number) {
    return FrameIdentity.of(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  @Test
  void knowsTheLastAndNoOthers() {
    Remembered remembered = new Remembered(100);
    for (int i = 0; i < 1_000; i++) {
      remembered.add(frame(i));
      assertThat(remembered.contains(frame(Math.max(0, i - 99)))).isTrue();
      assertThat(remembered.contains(frame(i - 100))).isFalse();
    }
  }

  @Test
  void doesWhatAListOfTheLastWouldDo() {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int kept : new int[] {1, 2, 3, 7, 64, 65}) {
      Remembered remembered = new Remembered(kept);
      List<Integer> last = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        int number = random.nextInt(3 * kept);
        assertThat(remembered.contains(frame(number)))
            .as("%d of %d kept, seed %d", number, kept, seed)
            .isEqualTo(last.contains(number));
        if (random.nextInt(5_000) == 0) {
          remembered.clear();
          last.clear();
        } else if (!last.contains(number)) {
          last.add(number);
          if (last.size() > kept) {
            last.removeFirst();
          }
        }
        if (last.contains(number)) {
          remembered.add(frame(number));
        }
      }
    }
  }

  @Test
  void forgetsAFrameOfWhichOnlyTheHashIsLeftWithTheFirstOne() {
    Remembered remembered = new Remembered(2);
    remembered.add(FrameIdentity.ofHash(frame(0).sha256()));
    remembered.add(frame(1));
    remembered.add(frame(2));
    assertThat(remembered.contains(frame(0))).isTrue();
    remembered.add(frame(3));
    assertThat(remembered.contains(frame(0))).isFalse();
    assertThat(remembered.contains(frame(1))).isFalse();
    assertThat(remembered.contains(frame(2))).isTrue();
  }
}
