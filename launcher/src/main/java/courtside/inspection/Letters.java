package courtside.inspection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.firehose.DeadLetter;
import courtside.screen.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Dead letters in words, and as JSON. */
public final class Letters {
  private static final int MOST_LINE = 400;
  private static final int MOST_VALUE = 1_000;

  private Letters() {}

  /** The letter of a record; empty where it is of a version that is not known here. */
  public static Optional<DeadLetter> read(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DeadLetter.FORMAT.decode(value));
    } catch (SerializationException e) {
      return Optional.empty();
    }
  }

  /** What {@code dead-letters show} takes to find it again. */
  private static String place(ConsumerRecord<byte[], byte[]> record) {
    return record.partition() + ":" + record.offset();
  }

  private static String subject(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    return key == null ? "-" : new String(key, StandardCharsets.UTF_8);
  }

  /** One letter in a line: place, time, stage, reason, subject, length, source, detail. */
  public static String line(ConsumerRecord<byte[], byte[]> record, DeadLetter letter) {
    return VisibleText.line(
        String.format(
            Locale.ROOT,
            "%-10s %s  %s  %s  %s  %,d bytes  %s  %s",
            place(record),
            FrameLine.time(letter.at()),
            letter.stage(),
            letter.reason(),
            subject(record),
            letter.length(),
            letter.source(),
            letter.detail()),
        MOST_LINE);
  }

  /** The same as JSON. */
  public static ObjectNode json(ConsumerRecord<byte[], byte[]> record, DeadLetter letter) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("partition", record.partition());
    json.put("offset", record.offset());
    json.put("at", letter.at().toString());
    json.put("stage", letter.stage());
    json.put("reason", letter.reason());
    json.put("detail", letter.detail());
    if (record.key() != null) {
      json.put("subject", subject(record));
    }
    json.put("length", letter.length());
    json.put("kept", letter.content().length());
    json.put("source", letter.source());
    json.put("sha256", hex(letter));
    return json;
  }

  private static String hex(DeadLetter letter) {
    return HexFormat.of().formatHex(letter.sha256().toArray());
  }

  /**
   * All of a letter: its fields, its bytes, and the values that they are as far as they can be
   * read.
   *
   * @param most how many bytes are shown at most
   */
  public static List<String> sheet(
      ConsumerRecord<byte[], byte[]> record, DeadLetter letter, int most) {
    List<String> lines = new ArrayList<>();
    byte[] kept = letter.content().toArray();
    entry(lines, "letter", place(record));
    entry(lines, "at", letter.at().toString());
    entry(lines, "stage", letter.stage());
    entry(lines, "reason", letter.reason());
    entry(lines, "detail", letter.detail());
    entry(lines, "subject", subject(record));
    entry(lines, "source", letter.source());
    entry(lines, "length", String.format(Locale.ROOT, "%,d bytes", letter.length()));
    entry(lines, "sha256", hex(letter));
    entry(
        lines,
        "kept",
        kept.length == letter.length()
            ? "all of it"
            : String.format(Locale.ROOT, "the first %,d bytes", kept.length));
    HexDump.of(kept, most).forEach(line -> lines.add("  " + line));
    if (kept.length > most) {
      lines.add(
          String.format(
              Locale.ROOT, "  … and %,d bytes more; --bytes N shows more", kept.length - most));
    }
    if (kept.length > 0) {
      entry(lines, "read as a frame, as far as that goes", "");
      CborOutline.of(kept).forEach(line -> lines.add("  " + line));
    }
    return lines;
  }

  private static void entry(List<String> lines, String name, String text) {
    lines.add(VisibleText.line(String.format("%-12s %s", name, text), MOST_VALUE).stripTrailing());
  }
}
