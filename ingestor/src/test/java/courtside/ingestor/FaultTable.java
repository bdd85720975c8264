package courtside.ingestor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was lived through, a row for each fault. Printed and written to {@code
 * target/faults/NAME.txt} when it is closed, with the rows that there are by then: so it tells of a
 * test that failed half-way too. Confined to one thread.
 */
public final class FaultTable implements AutoCloseable {
  private static final Path DIRECTORY = Path.of("target", "faults");

  private final String name;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String fault, int fired, long millis, int lost, int doubled, String said) {}

  /**
   * An empty one.
   *
   * @param name the file's, without what follows the dot
   */
  public FaultTable(String name) {
    this.name = name;
  }

  /**
   * Adds a row.
   *
   * @param fault in plain words
   * @param fired how often, by the count of who injected it
   * @param millis from the fault to the first new frame that was committed, in milliseconds
   * @param lost frames that are not committed
   * @param doubled frames that are committed twice with the same relay, epoch and sequence
   * @param said what was said of it, incidents above all; empty where nothing was to be said
   */
  public void add(String fault, int fired, long millis, int lost, int doubled, String said) {
    rows.add(new Row(fault, fired, millis, lost, doubled, said));
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    append(text, "fault", "fired", "ms", "lost", "doubled", "said");
    for (Row row : rows) {
      append(text, row.fault, row.fired, row.millis, row.lost, row.doubled, row.said);
    }
    append(
        text,
        rows.size() + " faults",
        rows.stream().mapToInt(Row::fired).sum(),
        "",
        rows.stream().mapToInt(Row::lost).sum(),
        rows.stream().mapToInt(Row::doubled).sum(),
        "");
    return text.toString();
  }

  private void append(
      StringBuilder text,
      String fault,
      Object fired,
      Object millis,
      Object lost,
      Object doubled,
      String said) {
    int width = rows.stream().mapToInt(row -> row.fault.length()).max().orElse(0);
    String cells =
        String.format(Locale.ROOT, " %6s %7s %5s %8s  %s", fired, millis, lost, doubled, said);
    text.append(fault)
        .repeat(' ', Math.max(0, width - fault.length()))
        .append(cells.stripTrailing())
        .append('\n');
  }

  /** Prints it and writes it. */
  @Override
  public void close() throws IOException {
    String text = text();
    System.out.print(name + "\n" + text);
    Files.createDirectories(DIRECTORY);
    Files.writeString(DIRECTORY.resolve(name + ".txt"), text);
  }
}
