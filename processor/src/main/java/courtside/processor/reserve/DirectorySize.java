package courtside.processor.reserve;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How long the files under a directory are, while others write and delete them. */
final class DirectorySize implements FileVisitor<Path> {
  private final LongSupplier nanoTime;
  private final long deadline;
  private long bytes;
  private boolean late;

  private DirectorySize(LongSupplier nanoTime, Duration patience) {
    this.nanoTime = nanoTime;
    this.deadline = nanoTime.getAsLong() + patience.toNanos();
  }

  /**
   * Walks the directory. What goes meanwhile is left out.
   *
   * @param patience how long that may take
   * @return bytes; nothing where it takes longer
   * @throws IOException if something that is there cannot be looked at
   */
  static OptionalLong of(Path directory, Duration patience, LongSupplier nanoTime)
      throws IOException {
    DirectorySize size = new DirectorySize(nanoTime, patience);
    Files.walkFileTree(directory, size);
    return size.late ? OptionalLong.empty() : OptionalLong.of(size.bytes);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    return inTime();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    bytes += attributes.size();
    return inTime();
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    return goneOr(failure);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
      throws IOException {
    return failure == null ? FileVisitResult.CONTINUE : goneOr(failure);
  }

  private static FileVisitResult goneOr(IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }

  private FileVisitResult inTime() {
    late = nanoTime.getAsLong() - deadline > 0;
    return late ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
  }
}
