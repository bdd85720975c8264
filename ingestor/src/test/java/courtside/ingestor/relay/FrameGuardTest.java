package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.relay.Ending.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameGuardTest {
  private static final int MAX = 1_000;

  private final FrameGuard guard = new FrameGuard(MAX);

  /** The header that announces so much, in the shortest form. */
  private static byte[] header(int first, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (length < 126) {
      out.write(length);
    } else {
      out.write(126);
      out.write(length >> 8);
      out.write(length);
    }
    return out.toByteArray();
  }

  private static byte[] frame(int first, int length) {
    byte[] header = header(first, length);
    byte[] frame = Arrays.copyOf(header, header.length + length);
    // Payload that would be no header at all.
    Arrays.fill(frame, header.length, frame.length, (byte) 0xFF);
    return frame;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private int pass(byte[] bytes) {
    return guard.pass(bytes, 0, bytes.length);
  }

  private Reason reason() {
    return guard.violation().orElseThrow().reason();
  }

  @ParameterizedTest
  @CsvSource({
    // Reserved bits, a mask, reserved opcodes.
    "C201, PROTOCOL",
    "A201, PROTOCOL",
    "9201, PROTOCOL",
    "828100000000, PROTOCOL",
    "8301, PROTOCOL",
    "8701, PROTOCOL",
    "8B00, PROTOCOL",
    "8F00, PROTOCOL",
    // Of which the rest never comes.
    "FFFFFF, PROTOCOL",
    "82FF, PROTOCOL",
    "89FE, PROTOCOL",
    // Control frames that are in parts or too long.
    "0900, PROTOCOL",
    "897E007E, PROTOCOL",
    "887F8000000000000000, PROTOCOL",
    // A continuation of nothing; another message in one that is not over.
    "8000, PROTOCOL",
    "02000200, PROTOCOL",
    "01008200, PROTOCOL",
    // Too much: by one, by 2 GiB, by 2^63 and by all that can be said; together with what came.
    "827E03E9, TOO_LARGE",
    "827F0000000080000000, TOO_LARGE",
    "827F8000000000000000, TOO_LARGE",
    "827FFFFFFFFFFFFFFFFF, TOO_LARGE",
    "817E03E9, TOO_LARGE",
  })
  void letsNoHeaderThroughThatIsWrong(String hex, Reason reason) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    byte[] good = frame(0x82, 300);
    int passed = pass(concat(good, bytes));
    // What came before it is handed on, and nothing that completes it.
    assertThat(passed).isBetween(good.length, good.length + bytes.length - 1);
    assertThat(reason()).isEqualTo(reason);
  }

  @Test
  void saysWhatWasAnnouncedAndWhatIsTaken() {
    pass(HexFormat.of().parseHex("827FFFFFFFFFFFFFFFFF"));
    assertThat(guard.violation().orElseThrow().detail())
        .isEqualTo(
            "the relay announced a frame of 18446744073709551615 bytes; more than 1000 are not"
                + " taken");
  }

  @Test
  void letsThroughWhateverIsRight() {
    byte[] all =
        concat(
            frame(0x82, MAX),
            frame(0x81, 0),
            frame(0x02, 400),
            // Between fragments there may be control frames.
            frame(0x89, 125),
            frame(0x00, 0),
            frame(0x8A, 0),
            frame(0x80, MAX - 400),
            frame(0x82, MAX),
            frame(0x88, 2));
    assertThat(pass(all)).isEqualTo(all.length);
    assertThat(guard.violation()).isEmpty();
    assertThat(guard.unfinished()).isZero();
  }

  @Test
  void addsUpTheFragmentsOfAMessage() {
    byte[] right = concat(frame(0x02, 600), frame(0x00, 400), frame(0x00, 0));
    assertThat(pass(right)).isEqualTo(right.length);
    assertThat(pass(header(0x00, 1))).isZero();
    assertThat(reason()).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void countsFragmentsThoughTheyAreEmpty() {
    assertThat(pass(frame(0x02, 0))).isEqualTo(2);
    for (int i = 1; i < FrameGuard.MAX_FRAGMENTS; i++) {
      assertThat(pass(frame(0x00, 0))).isEqualTo(2);
    }
    assertThat(pass(frame(0x00, 0))).isZero();
    assertThat(reason()).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void countsPayloadOfBinaryMessagesThatAreNotFinished() {
    byte[] message = concat(frame(0x02, 200), frame(0x89, 100), frame(0x80, 300));
    assertThat(guard.pass(message, 0, 4 + 50)).isEqualTo(54);
    assertThat(guard.unfinished()).isEqualTo(50);
    // The ping counts for nothing.
    int toPing = 4 + 200 + 2 + 100;
    guard.pass(message, 54, toPing - 54);
    assertThat(guard.unfinished()).isEqualTo(150);
    guard.pass(message, toPing, 10);
    assertThat(guard.unfinished()).isEqualTo(6);
    guard.pass(message, toPing + 10, message.length - toPing - 10);
    assertThat(guard.unfinished()).isZero();
    // Nor does a text.
    pass(Arrays.copyOf(frame(0x81, 100), 60));
    assertThat(guard.unfinished()).isZero();
  }

  @RepeatedTest(20)
  void cutsMakeNoDifference() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good = new byte[0];
    for (int i = 0; i < 30; i++) {
      good =
          concat(
              good,
              random.nextBoolean()
                  ? frame(0x82, random.nextInt(MAX + 1))
                  : concat(frame(0x02, random.nextInt(500)), frame(0x80, random.nextInt(500))));
    }
    byte[] all = concat(good, HexFormat.of().parseHex("827F0000000080000000"), frame(0x82, 5));
    int at = 0;
    while (at < all.length) {
      int count = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 900));
      int passed = guard.pass(all, at, count);
      at += passed;
      if (passed < count) {
        break;
      }
    }
    assertThat(at).as("seed %d", seed).isBetween(good.length, good.length + 9);
    assertThat(reason()).as("seed %d", seed).isEqualTo(Reason.TOO_LARGE);
  }
}
