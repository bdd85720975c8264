package courtside.processor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** What may happen to files of a processor's state, by their names. */
enum Damage {
  WIPED(".*") {
    @Override
    void to(Path file) throws IOException {
      Files.delete(file);
    }
  },
  TABLES_CUT(".*\\.sst") {
    @Override
    void to(Path file) throws IOException {
      cut(file, 2);
    }
  },
  TABLES_WRONG(".*\\.sst") {
    @Override
    void to(Path file) throws IOException {
      overwrite(file);
    }
  },
  TABLES_GONE(".*\\.sst") {
    @Override
    void to(Path file) throws IOException {
      Files.delete(file);
    }
  },
  MANIFEST_WRONG("MANIFEST-.*") {
    @Override
    void to(Path file) throws IOException {
      overwrite(file);
    }
  },
  CURRENT_EMPTY("CURRENT") {
    @Override
    void to(Path file) throws IOException {
      cut(file, Integer.MAX_VALUE);
    }
  },
  PROCESS_ID_WRONG("kafka-streams-process-metadata") {
    @Override
    void to(Path file) throws IOException {
      overwrite(file);
    }
  };

  private final Pattern name;

  Damage(String name) {
    this.name = Pattern.compile(name);
  }

  abstract void to(Path file) throws IOException;

  private static void cut(Path file, int divisor) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / divisor);
    }
  }

  private static void overwrite(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] noise = new byte[Math.toIntExact(channel.size())];
      new Random(noise.length).nextBytes(noise);
      channel.write(ByteBuffer.wrap(noise));
    }
  }

  /** Does it to each file of that name, and says to how many. */
  int under(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (name.matcher(String.valueOf(file.getFileName())).matches()) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path file : found) {
      to(file);
    }
    return found.size();
  }
}
