package courtside.atproto.cbor;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the JDK's own decoder. */
final class Utf8Test {
  private static final long SEED = 20_261_125L;

  private static final int[] EDGES = {0x00, 0x7f, 0x80, 0x8f, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer characters = CharBuffer.allocate(256);

  @Test
  void agreesOnEverySequenceOfThreeBytesWithAnEdgeAtItsEnd() {
    for (int lead = 0; lead <= 0xff; lead++) {
      for (int second = 0; second <= 0xff; second++) {
        for (int third : EDGES) {
          assertAgrees(new byte[] {(byte) lead, (byte) second, (byte) third});
        }
      }
    }
  }

  @Test
  void agreesOnEverySequenceOfFourBytesWithEdgesAtItsEnd() {
    for (int lead = 0xee; lead <= 0xff; lead++) {
      for (int second = 0; second <= 0xff; second++) {
        for (int third : EDGES) {
          for (int fourth : EDGES) {
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

  private void assertAgrees(byte[] bytes) {
    boolean decodes = decodes(bytes);
    // Assertions of the library cost more than what is looked at here, a million times.
    if (Utf8.isValid(bytes, 0, bytes.length) != decodes) {
      throw new AssertionError(
          HexFormat.of().formatHex(bytes) + (decodes ? " decodes" : " does not decode"));
    }
  }

  private boolean decodes(byte[] bytes) {
    characters.clear();
    decoder.reset();
    return !decoder.decode(ByteBuffer.wrap(bytes), characters, true).isError();
  }
}
