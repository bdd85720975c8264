package courtside.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A JVM with the class path of this one, which takes signals. What it says goes to a file. Killed
 * when it is closed, frozen or not. Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {
  private static final Duration SIGNAL = Duration.ofSeconds(10);

  private static final String RESIDENT = "VmRSS:";

  private final Process process;
  private final long startedNanos;
  private final Path output;
  private volatile long frozenNanos;

  private ChildJvm(Process process, long startedNanos, Path output) {
    this.process = process;
    this.startedNanos = startedNanos;
    this.output = output;
  }

  /**
   * Starts one; returns at once.
   *
   * @param main its main class
   * @param options of the JVM: they override those that all have, the class path included
   * @param environment what it has beside this process's own, of which nothing of Courtside's goes
   *     to it
   * @param output where it writes to, appending
   */
  public static ChildJvm start(
      String main,
      List<String> options,
      List<String> arguments,
      Map<String, String> environment,
      Path output)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    // These live for seconds: the better compiler would not pay.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("COURTSIDE_"));
    builder.environment().putAll(environment);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    long now = System.nanoTime();
    return new ChildJvm(builder.start(), now, output);
  }

  /** When it was started, on this JVM's monotonic clock. */
  public long startedNanos() {
    return startedNanos;
  }

  /** How much of the processors' time it has had. */
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Bytes of memory that it holds now; empty where the system does not say, as Linux does. */
  public OptionalLong resident() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(RESIDENT))
        .mapToLong(line -> 1_024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst();
  }

  /** Whether it is there, frozen or not. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end, that long at most; says whether it has ended. */
  public boolean awaitEnd(Duration most) throws InterruptedException {
    return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** SIGTERM; returns at once. */
  public void terminate() throws IOException, InterruptedException {
    signal("TERM");
  }

  /** SIGKILL; returns when it has ended. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: none of its threads runs from now on, and the kernel goes on for it. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
    frozenNanos = System.nanoTime();
  }

  /** Returns when it has been frozen for that long. */
  public void awaitFrozenFor(Duration time) throws InterruptedException {
    long left = frozenNanos + time.toNanos() - System.nanoTime();
    if (left > 0) {
      // What is waited for is this time itself: nobody tells that it has passed.
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (!kill.waitFor(SIGNAL.toMillis(), TimeUnit.MILLISECONDS) || kill.exitValue() != 0) {
      throw new IOException("SIG" + name + " could not be sent to process " + process.pid());
    }
  }

  /** How many lines it has written that hold this text. */
  public long linesWith(String text) throws IOException {
    return Files.readAllLines(output).stream().filter(line -> line.contains(text)).count();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
