package courtside.atproto.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the JDK's own decoder. */
final class Utf8Test {
  private static final long SEED = 20_261_125L;

  @Test
  void agreesOnEverySequenceOfUpToThreeBytes() {
    for (int sequence = 0; sequence < 1 << 24; sequence++) {
      byte[] bytes = {(byte) (sequence >> 16), (byte) (sequence >> 8), (byte) sequence};
      if (bytes[0] >= 0) {
        // Begins anew at its second byte.
        sequence |= 0xffff;
        continue;
      }
      assertAgrees(bytes);
    }
  }

  @Test
  void agreesOnEverySequenceOfFourBytesWithEdgesAtItsEnd() {
    int[] edges = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
    for (int lead = 0xee; lead <= 0xff; lead++) {
      for (int second = 0; second <= 0xff; second++) {
        for (int third : edges) {
          for (int fourth : edges) {
            assertAgrees(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth});
          }
        }
      }
    }
  }

  @Test
  void agreesOnTextsOfAnyLengthWithADefectAnywhere() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200_000; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++) {
        text.appendCodePoint(
            random.nextInt(4) > 0 ? 'a' : new int[] {0xe9, 0x4e2d, 0x1f3c0}[random.nextInt(3)]);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertAgrees(bytes);
    }
  }

  private static void assertAgrees(byte[] bytes) {
    // Assertions of the library cost more than what is looked at here, millions of times.
    if (Utf8.isValid(bytes, 0, bytes.length) != decodes(bytes)) {
      assertThat(Utf8.isValid(bytes, 0, bytes.length))
          .as(java.util.HexFormat.of().formatHex(bytes))
          .isEqualTo(decodes(bytes));
    }
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
