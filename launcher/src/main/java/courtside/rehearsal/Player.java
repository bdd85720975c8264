package courtside.rehearsal;

import courtside.pipeline.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One service in a JVM that learns. Not thread-safe. */
final class Player implements AutoCloseable {
  private static final String CACHE = "service.aot";
  private static final String SAID = "rehearsal.log";
  private static final String ARGUMENTS = "java.args";

  private final String name;
  private final Path cache;
  private final Path said;
  private final int healthPort;
  private final Process process;

  private Player(String name, Path cache, Path said, int healthPort, Process process) {
    this.name = name;
    this.cache = cache;
    this.said = said;
    this.healthPort = healthPort;
    this.process = process;
  }

  /**
   * Starts it; what it says is kept beside its cache.
   *
   * @param directory of the service, by whose name it is called
   * @param all the settings that all have
   * @param own its own beside them
   */
  static Player start(Path directory, Map<String, String> all, Map<String, String> own)
      throws IOException, RehearsalException {
    String name = directory.getFileName().toString();
    Path arguments = directory.resolve(ARGUMENTS);
    if (!Files.isRegularFile(arguments)) {
      throw new RehearsalException(
          "expected the arguments of the JVM of " + name + " in " + arguments + ", found no file");
    }
    Path cache = directory.resolve(CACHE);
    int healthPort = Ports.any();
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCacheOutput=" + cache,
                "@" + arguments));
    Map<String, String> settings = new HashMap<>(all);
    settings.putAll(own);
    settings.put(
        "COURTSIDE_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_HEALTH_PORT",
        Integer.toString(healthPort));
    builder.environment().putAll(settings);
    Path said = directory.resolve(SAID);
    return new Player(
        name,
        cache,
        said,
        healthPort,
        builder.redirectErrorStream(true).redirectOutput(said.toFile()).start());
  }

  /** Returns when it says that it does what it is for. */
  void awaitReady(long deadline) throws InterruptedException, RehearsalException {
    Answer ready = new Answer("http://127.0.0.1:" + healthPort + "/health/ready");
    String last = "";
    while (true) {
      checkLives(deadline, "to be ready, found " + last);
      Answer.Given given = ready.ask();
      if (given.status() == 200) {
        return;
      }
      last = given.text();
    }
  }

  /** Fails if it has ended, or the time has. */
  void checkLives(long deadline, String expected) throws RehearsalException {
    if (!process.isAlive()) {
      throw failure("ended by itself, exit code " + process.exitValue());
    }
    if (System.nanoTime() - deadline > 0) {
      throw failure("was expected in the time given " + expected);
    }
  }

  /** Asks it to stop; returns when it has, and has left its cache. */
  void learn(long deadline) throws IOException, InterruptedException, RehearsalException {
    // Its end takes longer than a service's: it is then that the cache is made.
    process.destroy();
    if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw failure("did not stop in the time given");
    }
    if (!Files.isRegularFile(cache)) {
      throw failure("was expected to leave " + cache + ", found no file");
    }
    System.out.printf(
        Locale.ROOT, "%s: %s, %.1f MB%n", name, cache, Files.size(cache) / 1_000_000.0);
  }

  private RehearsalException failure(String what) {
    return new RehearsalException(name + " " + what + "; " + said + " has what it said");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
