package courtside.testkit.network;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text file of {@code [sections]} with one entry a line, in UTF-8. A line that is "#" or begins
 * with "# " is a comment. Immutable.
 */
final class SectionFile {
  private static final String DIRECTORY = "/courtside/testkit/network/";

  private static final Pattern HEADING = Pattern.compile("\\[[a-z][a-z0-9-]*\\]");

  private final String name;
  private final Map<String, List<Entry>> sections;

  private SectionFile(String name, Map<String, List<Entry>> sections) {
    this.name = name;
    this.sections = Collections.unmodifiableMap(sections);
  }

  /**
   * Reads a file that comes with Courtside.
   *
   * @throws UncheckedIOException if this build lacks it, or it is not UTF-8
   * @throws IllegalArgumentException if it is no such file; says in which line
   */
  static SectionFile bundled(String name) {
    try (InputStream in = SectionFile.class.getResourceAsStream(DIRECTORY + name)) {
      if (in == null) {
        throw new FileNotFoundException(
            "no " + DIRECTORY + name + " on the class path: rebuild testkit");
      }
      // A fresh decoder reports what is not UTF-8; a reader would replace it.
      String content =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in.readAllBytes())).toString();
      return parse(name, content);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /**
   * Reads such a text.
   *
   * @param name for messages
   * @throws IllegalArgumentException if it is not that; says in which line
   */
  static SectionFile parse(String name, String content) {
    Map<String, List<Entry>> sections = new LinkedHashMap<>();
    List<Entry> open = null;
    int number = 0;
    for (String line : (Iterable<String>) content.lines()::iterator) {
      number++;
      String text = line.strip();
      String place = name + ":" + number;
      if (text.isEmpty() || text.equals("#") || text.startsWith("# ")) {
        continue;
      }
      if (text.startsWith("[")) {
        if (!HEADING.matcher(text).matches()) {
          throw new IllegalArgumentException(place + ": expected [section], found " + text);
        }
        String heading = text.substring(1, text.length() - 1);
        open = new ArrayList<>();
        if (sections.put(heading, open) != null) {
          throw new IllegalArgumentException(place + ": section [" + heading + "] comes twice");
        }
      } else if (open == null) {
        throw new IllegalArgumentException(
            place + ": expected a [section] before the first entry, found " + text);
      } else {
        if (open.stream().anyMatch(entry -> entry.text().equals(text))) {
          throw new IllegalArgumentException(place + ": this stands twice in its section: " + text);
        }
        open.add(new Entry(text, place));
      }
    }
    sections.forEach((heading, entries) -> {
      if (entries.isEmpty()) {
        throw new IllegalArgumentException(name + ": section [" + heading + "] is empty");
      }
    });
    return new SectionFile(name, sections);
  }

  String name() {
    return name;
  }

  Map<String, List<Entry>> sections() {
    return sections;
  }

  /**
   * The entries of a section.
   *
   * @throws IllegalArgumentException if there is no such section
   */
  List<Entry> section(String heading) {
    List<Entry> entries = sections.get(heading);
    if (entries == null) {
      throw new IllegalArgumentException(
          name + ": expected a section [" + heading + "], found only " + sections.keySet());
    }
    return entries;
  }

  /**
   * One line.
   *
   * @param place file and line, for messages
   */
  record Entry(String text, String place) {}
}
