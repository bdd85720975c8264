package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import courtside.processor.definition.DefinitionException;
import courtside.processor.definition.DefinitionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

/** What the documents say to type can be typed, and what they say to save can be read. */
final class DocumentsTest {
  private static final Path ROOT = Path.of(System.getProperty("courtside.root"));
  private static final Pattern YAML =
      Pattern.compile("^```yaml\\n(feed: .*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** This program, or its container with what that is given to see. */
  private static final String PROGRAM =
      "(?:\\./courtside|docker compose run --rm(?: -v \\S+)* courtside)";

  /** In a block of lines, or between backticks, over the end of a line too. */
  private static final Pattern TYPED =
      Pattern.compile("^%1$s\\b ?(.*)$|`%1$s\\b\\s?([^`]*)`".formatted(PROGRAM), Pattern.MULTILINE);

  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)#:]+)\\)|(?:src|srcset)=\"([^\":]+)\"");

  @TempDir Path directory;

  @Test
  void everyFeedIsReadWithItsExamples() throws IOException, DefinitionException {
    int read = 0;
    for (Path document : documents()) {
      Matcher yaml = YAML.matcher(Files.readString(document));
      while (yaml.find()) {
        Path file = directory.resolve("feed" + read + ".yaml");
        Files.writeString(file, yaml.group(1));
        DefinitionFile definition = DefinitionFile.read(file);
        assertThat(definition.examples()).as("examples in %s", document).isNotEmpty();
        read++;
      }
    }
    assertThat(read).isGreaterThanOrEqualTo(4);
  }

  @Test
  void everyCommandCanBeTyped() throws IOException {
    List<String> typed = new ArrayList<>();
    for (Path document : documents()) {
      Matcher line = TYPED.matcher(Files.readString(document));
      while (line.find()) {
        String arguments = line.group(1) == null ? line.group(2) : line.group(1);
        // The one word of a usage that stands for a number.
        typed.add(
            arguments
                .replaceFirst(" +# .*", "")
                .replaceFirst("\\bSEQ\\b", "1")
                .replace('\n', ' ')
                .strip());
      }
    }
    assertThat(typed).hasSizeGreaterThan(20);
    assertThat(typed)
        .anyMatch(arguments -> arguments.startsWith("doctor --host "))
        .contains("feeds apply /feeds/nba-now.yaml");
    for (String arguments : typed) {
      try {
        Courtside.commandLine()
            .parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" +", -1));
      } catch (ParameterException e) {
        fail("./courtside %s cannot be typed: %s", arguments, e.getMessage());
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1) == null ? link.group(2) : link.group(1);
        assertThat(document.resolveSibling(target)).as("linked in %s", document).exists();
      }
    }
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> own = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> feeds = Files.walk(ROOT.resolve("feeds"))) {
      return Stream.of(own, docs, feeds)
          .flatMap(found -> found)
          .filter(found -> found.toString().endsWith(".md"))
          .toList();
    }
  }
}
