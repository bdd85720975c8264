package courtside.processor.apply;

import courtside.processor.definition.DefinitionException;
import courtside.processor.definition.DefinitionFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The definitions that come with an installation: {@code *.yaml} in one directory. */
public final class Shipped {
  private static final Logger LOG = LoggerFactory.getLogger(Shipped.class);

  private Shipped() {}

  /**
   * Reads them, by name. One that is wrong is said and left out, as it must not keep the pipeline
   * from running; so is a second one of the same feed.
   *
   * @param directory need not exist
   * @throws UncheckedIOException if it exists and cannot be read
   */
  public static List<DefinitionFile> read(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<DefinitionFile> definitions = new ArrayList<>();
    Map<String, Path> feeds = new HashMap<>();
    try {
      for (Path file : files(directory)) {
        try {
          DefinitionFile definition = DefinitionFile.read(file);
          Path other = feeds.putIfAbsent(definition.feed().value(), file);
          if (other == null) {
            definitions.add(definition);
          } else {
            leftOut(file, "its feed is that of " + other);
          }
        } catch (DefinitionException e) {
          leftOut(file, String.valueOf(e.getMessage()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the definitions in " + directory + " cannot be read", e);
    }
    return definitions;
  }

  private static Iterable<Path> files(Path directory) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory, "*.yaml")) {
      listed.forEach(files::add);
    }
    return files;
  }

  private static void leftOut(Path file, String why) {
    LOG.atError().addKeyValue("path", file).addKeyValue("reason", why).log("definition left out");
  }
}
