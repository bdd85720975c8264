package courtside.inspection;

import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader;
import courtside.screen.VisibleText;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that should be DAG-CBOR values, one after another, as far as they can be read: for what is
 * cut off, or wrong. At most {@link #MOST_LINES} lines. Confined to one thread.
 */
final class CborOutline {
  /** Most lines. */
  static final int MOST_LINES = 200;

  private static final int MOST_ENTRIES = 40;
  private static final int MOST_DEPTH = 5;
  private static final int MOST_TEXT = 160;

  private final DagCborReader reader;
  private final int length;
  private final List<String> lines = new ArrayList<>();

  private CborOutline(byte[] bytes) {
    this.reader = new DagCborReader(bytes);
    this.length = bytes.length;
  }

  /** The outline; its last line says where it breaks off and why, where it does. */
  static List<String> of(byte[] bytes) {
    CborOutline outline = new CborOutline(bytes);
    try {
      while (outline.reader.position() < outline.length && outline.lines.size() < MOST_LINES) {
        outline.value("", 0);
      }
    } catch (MalformedDataException e) {
      outline.lines.add(
          VisibleText.line(
              "! breaks off at byte "
                  + outline.reader.position()
                  + " of "
                  + outline.length
                  + ": "
                  + e.getMessage()));
    }
    return List.copyOf(outline.lines);
  }

  private void value(String name, int depth) throws MalformedDataException {
    switch (reader.peek()) {
      case MAP -> map(name, depth);
      case ARRAY -> array(name, depth);
      case TEXT -> line(depth, name + "\"" + reader.readText() + "\"");
      case INTEGER -> line(depth, name + reader.readInteger());
      case BOOLEAN -> line(depth, name + reader.readBoolean());
      case LINK -> line(depth, name + reader.readLink());
      case BYTES -> line(depth, name + reader.readBytes().length() + " bytes");
      case NULL -> {
        boolean _ = reader.readNull();
        line(depth, name + "null");
      }
    }
  }

  private void map(String name, int depth) throws MalformedDataException {
    int at = reader.position();
    int entries = reader.readMap();
    line(depth, name + "{" + entries + "}");
    if (tooMuch(entries, depth, at)) {
      return;
    }
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      value(keys.next() + ": ", depth + 1);
    }
  }

  private void array(String name, int depth) throws MalformedDataException {
    int at = reader.position();
    int items = reader.readArray();
    line(depth, name + "[" + items + "]");
    if (tooMuch(items, depth, at)) {
      return;
    }
    for (int i = 0; i < items; i++) {
      value("- ", depth + 1);
    }
  }

  /** Passes over what is too large to be shown. */
  private boolean tooMuch(int entries, int depth, int at) throws MalformedDataException {
    if (entries <= MOST_ENTRIES && depth < MOST_DEPTH && lines.size() < MOST_LINES) {
      return false;
    }
    reader.rewind(at);
    reader.skip();
    return true;
  }

  private void line(int depth, String text) {
    if (lines.size() < MOST_LINES) {
      lines.add(VisibleText.line("  ".repeat(depth) + text, MOST_TEXT));
    }
  }
}
