package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FrameIdentityTest {
  private static final int LENGTH = 700;

  private final byte[] frame = new byte[LENGTH];

  FrameIdentityTest() {
    new Random(20261126).nextBytes(frame);
  }

  @Test
  void tellsFramesApartThatDifferInOneBit() {
    Set<Long> fingerprints = new HashSet<>();
    fingerprints.add(FrameIdentity.of(frame).fingerprint());
    for (int bit = 0; bit < LENGTH * Byte.SIZE; bit++) {
      byte[] other = frame.clone();
      other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      FrameIdentity identity = FrameIdentity.of(other);
      assertThat(identity.isSameAs(FrameIdentity.of(frame))).isFalse();
      fingerprints.add(identity.fingerprint());
    }
    assertThat(fingerprints).hasSize(LENGTH * Byte.SIZE + 1);
  }

  @Test
  void knowsTheSameBytesAgain() {
    assertThat(FrameIdentity.of(frame).isSameAs(FrameIdentity.of(frame.clone()))).isTrue();
  }

  @Test
  void knowsBytesAgainOfWhichOnlyTheHashIsLeft() {
    FrameIdentity cursor = FrameIdentity.ofHash(FrameIdentity.of(frame).sha256());
    assertThat(cursor.isSameAs(FrameIdentity.of(frame))).isTrue();
    assertThat(FrameIdentity.of(frame).isSameAs(cursor)).isTrue();
    assertThat(cursor.isSameAs(FrameIdentity.of(new byte[LENGTH]))).isFalse();
  }
}
