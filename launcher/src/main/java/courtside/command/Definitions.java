package courtside.command;

import courtside.processor.definition.DefinitionException;
import courtside.processor.definition.DefinitionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads definition files, and directories of them. */
final class Definitions {
  private Definitions() {}

  /**
   * The definitions of these files and of every {@code .yaml} in these directories.
   *
   * @throws DefinitionException if one is wrong
   * @throws IOException if one cannot be read
   */
  static List<DefinitionFile> read(Path... paths) throws IOException, DefinitionException {
    List<DefinitionFile> definitions = new ArrayList<>();
    for (Path path : paths) {
      for (Path file : files(path)) {
        definitions.add(DefinitionFile.read(file));
      }
    }
    return definitions;
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
