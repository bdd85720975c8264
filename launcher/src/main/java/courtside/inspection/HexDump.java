package courtside.inspection;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Bytes as people read them: offset, sixteen bytes, and those of them that are ASCII. */
final class HexDump {
  private static final int WIDTH = 16;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private HexDump() {}

  /**
   * The lines.
   *
   * @param most how many bytes are shown at most
   */
  static List<String> of(byte[] bytes, int most) {
    List<String> lines = new ArrayList<>();
    int shown = Math.min(bytes.length, most);
    for (int at = 0; at < shown; at += WIDTH) {
      int end = Math.min(at + WIDTH, shown);
      StringBuilder text = new StringBuilder(WIDTH);
      for (int i = at; i < end; i++) {
        text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      lines.add(String.format("%08x  %-47s  |%s|", at, HEX.formatHex(bytes, at, end), text));
    }
    return lines;
  }
}
