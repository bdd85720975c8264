package courtside.ingestor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a broker's directory takes of the disk, whatever the broker says of it: looked at every 100
 * ms, with every file in it, those that are about to be deleted too. Needs {@code du}, as Java does
 * not tell what a sparse file takes. Thread-safe.
 */
final class DiskUse implements AutoCloseable {
  /** For how long what is written may still be there beside what is kept. */
  static final Duration GRACE = Duration.ofSeconds(3);

  private static final long EVERY_MILLIS = 100;
  private static final int DU_UNIT = 1024;
  private static final String ALL = "";
  private static final String SEGMENT = ".log";
  private static final String DELETED = ".deleted";

  private final Path directory;
  private final String topic;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread;

  // Guarded by this: the bytes of every segment of the topic that ever was, by its file.
  private final Map<String, Long> segments = new HashMap<>();
  private Map<Integer, Long> kept = Map.of();
  private final Deque<Written> lately = new ArrayDeque<>();
  private Look last = new Look(0, 0, 0, 0, 0);
  private Look most = last;
  private long mostWritten;
  private int looks;

  /** How much of the topic was written by then. */
  private record Written(long nanos, long bytes) {}

  /**
   * What was seen, in bytes.
   *
   * @param all what the directory takes
   * @param apparent how long all files in it are
   * @param topic what the topic takes, with its indexes
   * @param partition what the largest partition of it takes
   * @param deleted how long those files are that are about to be deleted
   */
  record Look(long all, long apparent, long topic, long partition, long deleted) {
    private Look max(Look other) {
      return new Look(
          Math.max(all, other.all),
          Math.max(apparent, other.apparent),
          Math.max(topic, other.topic),
          Math.max(partition, other.partition),
          Math.max(deleted, other.deleted));
    }
  }

  private DiskUse(Path directory, String topic) {
    this.directory = directory;
    this.topic = topic;
    this.thread = Thread.ofPlatform().name("disk-use").unstarted(this::run);
  }

  /** Starts to look at a broker's directory, and at one topic in it. */
  static DiskUse start(Path directory, String topic) {
    DiskUse use = new DiskUse(directory, topic);
    use.thread.start();
    return use;
  }

  /** How many bytes were ever written to each partition, as stored, by its number. */
  synchronized Map<Integer, Long> writtenByPartition() {
    requireRunning();
    return byPartition(segments);
  }

  /** How many bytes of records are in each partition, to be deleted or not, by its number. */
  synchronized Map<Integer, Long> keptByPartition() {
    requireRunning();
    return kept;
  }

  /** The same of the whole topic. */
  synchronized long written() {
    requireRunning();
    return sum();
  }

  /** The most that was written to the topic within {@link #GRACE}. */
  synchronized long mostWritten() {
    requireRunning();
    return mostWritten;
  }

  /** The last look. */
  synchronized Look last() {
    requireRunning();
    return last;
  }

  /** The most of each, whenever it was seen. */
  synchronized Look most() {
    requireRunning();
    return most;
  }

  /** How often it has looked. */
  synchronized int looks() {
    requireRunning();
    return looks;
  }

  private void requireRunning() {
    if (end.isCompletedExceptionally()) {
      throw new IllegalStateException("nobody looks at the disk any more", end.exceptionNow());
    }
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
      end.complete(null);
    } catch (IOException | InterruptedException | RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  private void look() throws IOException, InterruptedException {
    Map<String, Long> taken = taken();
    Map<String, Long> files = files();
    long apparent = files.values().stream().mapToLong(bytes -> bytes).sum();
    long deleted =
        files.entrySet().stream()
            .filter(file -> file.getKey().endsWith(DELETED))
            .mapToLong(Map.Entry::getValue)
            .sum();
    Map<String, Long> found = new HashMap<>();
    files.forEach((file, bytes) -> {
      String name =
          file.endsWith(DELETED) ? file.substring(0, file.length() - DELETED.length()) : file;
      if (isOfTopic(name) && name.endsWith(SEGMENT)) {
        found.merge(name, bytes, Math::max);
      }
    });
    synchronized (this) {
      found.forEach((file, bytes) -> segments.merge(file, bytes, Math::max));
      kept = byPartition(found);
      long all = taken.getOrDefault(ALL, 0L);
      last =
          new Look(
              all, apparent, partitions(taken).sum(), partitions(taken).max().orElse(0), deleted);
      most = most.max(last);
      looks++;
      noteWritten(System.nanoTime());
    }
  }

  private void noteWritten(long now) {
    lately.addLast(new Written(now, sum()));
    while (now - lately.getFirst().nanos() > GRACE.toNanos()) {
      lately.removeFirst();
    }
    mostWritten = Math.max(mostWritten, lately.getLast().bytes() - lately.getFirst().bytes());
  }

  private long sum() {
    return segments.values().stream().mapToLong(bytes -> bytes).sum();
  }

  private Map<Integer, Long> byPartition(Map<String, Long> files) {
    Map<Integer, Long> partitions = new HashMap<>();
    files.forEach((file, bytes) ->
        partitions.merge(
            Integer.parseInt(file, topic.length() + 1, file.indexOf('/'), 10), bytes, Long::sum));
    return partitions;
  }

  private boolean isOfTopic(String name) {
    return name.startsWith(topic + "-");
  }

  private LongStream partitions(Map<String, Long> taken) {
    return taken.entrySet().stream()
        .filter(entry -> isOfTopic(entry.getKey()))
        .mapToLong(Map.Entry::getValue);
  }

  /** What the directory and those in it take, by their names. */
  private Map<String, Long> taken() throws IOException, InterruptedException {
    Process du =
        new ProcessBuilder("du", "-k", directory.toString())
            // It complains of files that go while it looks.
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = du.waitFor();
    Map<String, Long> taken = new HashMap<>();
    for (String line : said.lines().toList()) {
      int tab = line.indexOf('\t');
      String name = directory.relativize(Path.of(line.substring(tab + 1))).toString();
      taken.put(name, DU_UNIT * Long.parseLong(line, 0, tab, 10));
    }
    if (!taken.containsKey(ALL)) {
      throw new IOException(
          "expected du to say what " + directory + " takes, found status " + status + ": " + said);
    }
    return taken;
  }

  /** How long each file is, by its path; those that go meanwhile are left out. */
  private Map<String, Long> files() throws IOException {
    Map<String, Long> files = new HashMap<>();
    for (Path inside : list(directory)) {
      for (Path file : Files.isDirectory(inside) ? list(inside) : List.of(inside)) {
        try {
          files.put(directory.relativize(file).toString(), Files.size(file));
        } catch (NoSuchFileException e) {
          // Renamed or deleted since it was listed; the next look has it, if it is still there.
        }
      }
    }
    return files;
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing.countDown();
    thread.join();
  }
}
