package courtside.service.slot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The place of one instance of a service: the first directory {@code <data>/<service>/slot-N} that
 * no other process holds. It keeps the instance's state, and a random id made once that is the
 * instance's identity: a replacement finds both, replicas that share a volume have one each, and
 * two hosts never clash. Held by a file lock until closed, or until the process ends in whatever
 * way. Thread-safe.
 */
public final class Slot implements AutoCloseable {
  private static final int MOST = 1_000;

  /**
   * Lock files that this process holds. They must not even be opened again: where locks are those
   * of POSIX, closing any channel on a file gives up the process's lock on it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path directory;
  private final String instance;
  private final Path file;
  private final FileChannel lock;

  private Slot(Path directory, String instance, Path file, FileChannel lock) {
    this.directory = directory;
    this.instance = instance;
    this.file = file;
    this.lock = lock;
  }

  /**
   * Claims the first free slot.
   *
   * @throws UncheckedIOException if the data directory cannot be written
   */
  public static Slot claim(Path data, String service) {
    try {
      for (int n = 0; n < MOST; n++) {
        Path directory = data.resolve(service).resolve("slot-" + n);
        Files.createDirectories(directory);
        @Nullable Slot slot = tryClaim(directory, service);
        if (slot != null) {
          return slot;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the data directory " + data + " cannot be used; set COURTSIDE_DATA to one that can", e);
    }
    throw new IllegalStateException("all of " + MOST + " slots in " + data + " are taken");
  }

  private static @Nullable Slot tryClaim(Path directory, String service) throws IOException {
    // One name for the file, whatever links lead to it.
    Path file = directory.toRealPath().resolve("id");
    synchronized (HELD) {
      if (HELD.contains(file)) {
        return null;
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          Slot slot = new Slot(directory, service + "-" + readOrMakeId(channel), file, channel);
          HELD.add(file);
          return slot;
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
      return null;
    }
  }

  private static String readOrMakeId(FileChannel channel) throws IOException {
    ByteBuffer held = ByteBuffer.allocate(64);
    channel.read(held, 0);
    String text = StandardCharsets.US_ASCII.decode(held.flip()).toString();
    try {
      return UUID.fromString(text).toString();
    } catch (IllegalArgumentException e) {
      // New, or torn when it was written: nobody has ever used it.
      String id = UUID.randomUUID().toString();
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(id.getBytes(StandardCharsets.US_ASCII)), 0);
      channel.force(true);
      return id;
    }
  }

  /** Where the instance keeps its state. */
  public Path directory() {
    return directory;
  }

  /** The instance's identity, the same over restarts, different everywhere else. */
  public String instance() {
    return instance;
  }

  /** Gives the slot back. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (!lock.isOpen()) {
        return;
      }
      HELD.remove(file);
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException("the slot " + directory + " could not be given back", e);
      }
    }
  }
}
