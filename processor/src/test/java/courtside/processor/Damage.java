package courtside.processor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What may happen to files of a processor's state.
 *
 * @param kind what is printed of it
 * @param name of the files
 */
record Damage(String kind, Pattern name, Act act) {
  static final List<Damage> ALL =
      List.of(
          of("wiped", ".*", Files::delete),
          of("tables cut", ".*\\.sst", file -> cut(file, 2)),
          of("tables wrong", ".*\\.sst", Damage::overwrite),
          of("tables gone", ".*\\.sst", Files::delete),
          of("manifest wrong", "MANIFEST-.*", Damage::overwrite),
          of("current empty", "CURRENT", file -> cut(file, Integer.MAX_VALUE)),
          of("process id wrong", "kafka-streams-process-metadata", Damage::overwrite));

  /** What is done to one file. */
  @FunctionalInterface
  interface Act {
    void to(Path file) throws IOException;
  }

  private static Damage of(String kind, String name, Act act) {
    return new Damage(kind, Pattern.compile(name), act);
  }

  private static void cut(Path file, int divisor) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / divisor);
    }
  }

  private static void overwrite(Path file) throws IOException {
    byte[] noise = new byte[Math.toIntExact(Files.size(file))];
    new Random(noise.length).nextBytes(noise);
    Files.write(file, noise);
  }

  /** Does it to each file of that name, and says to how many. */
  int under(Path directory) throws IOException {
    List<Path> found;
    try (Stream<Path> files =
        Files.find(
            directory,
            Integer.MAX_VALUE,
            (file, attributes) ->
                attributes.isRegularFile()
                    && name.matcher(String.valueOf(file.getFileName())).matches())) {
      found = files.toList();
    }
    for (Path file : found) {
      act.to(file);
    }
    return found.size();
  }
}
