package courtside.processor.set;

import courtside.processor.feed.FeedTopology;
import courtside.processor.streams.StreamsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What sets have kept on this instance's disk. That of a set which ended while this instance was
 * away is found by its directory. Confined to one thread.
 */
final class LocalState {
  private static final Logger LOG = LoggerFactory.getLogger(LocalState.class);

  private final Path directory;

  LocalState(StreamsSettings settings) {
    this.directory = settings.state();
  }

  /**
   * Deletes what all other sets have kept here. None of those may be running.
   *
   * @return whether all of it is gone; if not, to be asked again
   */
  boolean keepOnly(Set<String> sets) {
    Set<String> kept =
        sets.stream().map(FeedTopology::application).collect(Collectors.toUnmodifiableSet());
    if (!Files.isDirectory(directory)) {
      return true;
    }
    boolean all = true;
    try (DirectoryStream<Path> applications =
        Files.newDirectoryStream(directory, FeedTopology.application("*"))) {
      for (Path application : applications) {
        if (!kept.contains(String.valueOf(application.getFileName()))) {
          all &= delete(application);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + directory + " cannot be read", e);
    }
    return all;
  }

  private static boolean delete(Path application) {
    try {
      Files.walkFileTree(application, new Deletion());
      LOG.atInfo().addKeyValue("directory", application).log("state of an ended set deleted");
      return true;
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("directory", application)
          .addKeyValue("reason", e.toString())
          .log("state of an ended set cannot be deleted, trying again");
      return false;
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
