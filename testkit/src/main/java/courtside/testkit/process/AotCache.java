package courtside.testkit.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What a JVM learned in one life, for those after it to start sooner by: its classes as they were
 * loaded and linked, and what was called most. Its options are of a service, not of a test: both
 * compilers are there. Immutable.
 */
public final class AotCache {
  /** It ends first, and then another process makes the cache of what it has written down. */
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final Path file;
  private final String classPath;

  private AotCache(Path file, String classPath) {
    this.file = file;
    this.classPath = classPath;
  }

  /**
   * Prepares one: a cache knows jars only, so what is a directory in this JVM's class path is
   * packed into one.
   *
   * @param directory where jars and cache are put, which is made
   */
  public static AotCache in(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new AotCache(directory.resolve("courtside.aot"), jars(directory));
  }

  /** The class path of this JVM, what is a directory in it packed into a jar in the one given. */
  public static String jars(Path directory) throws IOException {
    List<String> jars = new ArrayList<>();
    List<String> entries =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .toList();
    for (String entry : entries) {
      if (Files.isDirectory(Path.of(entry))) {
        Path jar = directory.resolve(jars.size() + ".jar");
        pack(Path.of(entry), jar);
        jars.add(jar.toString());
      } else {
        jars.add(entry);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> found = Files.walk(classes)) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(
            new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  /** Options of a JVM that learns and is to be ended by {@link #endOf}. */
  public List<String> learning() {
    return with("-XX:AOTCacheOutput=" + file);
  }

  /** Asks it to stop; returns when it has, and the cache is there. */
  public void endOf(ChildJvm learned) throws IOException, InterruptedException {
    learned.terminate();
    if (!learned.awaitEnd(LIMIT)) {
      throw new AssertionError("expected it to end, and to leave a cache, within " + LIMIT);
    }
    if (!Files.exists(file) || Files.size(file) == 0) {
      throw new AssertionError("expected a cache in " + file + ", found none: see what it says");
    }
  }

  /**
   * Options of a JVM that starts by the cache, and not at all if that cannot be used. It does not
   * look whether the jars are still those that the cache was made of.
   */
  public List<String> known() {
    return with("-XX:AOTCache=" + file, "-XX:AOTMode=on");
  }

  /** Options of a JVM that starts like the others, but without the cache. */
  public List<String> unknown() {
    return with();
  }

  private List<String> with(String... more) {
    List<String> options = new ArrayList<>(List.of("-cp", classPath, "-XX:TieredStopAtLevel=4"));
    options.addAll(List.of(more));
    return List.copyOf(options);
  }
}
