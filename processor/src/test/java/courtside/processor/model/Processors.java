package courtside.processor.model;

import courtside.eventlog.topic.Topics;
import courtside.processor.process.ProcessorProcess;
import courtside.testkit.history.Pace;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.LogEnds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Processors that share a data directory, and what becomes of them. Which one something happens to
 * is drawn. Confined to one thread.
 */
final class Processors implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(90);
  private static final Duration NOW = Duration.ofMillis(1);

  private static final Duration RECOVERY = Duration.ofMinutes(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Path directory;
  private final String bootstrap;
  private final Map<String, String> settings;
  private final Random random;

  /** Statuses are written each second, whatever comes. */
  private final LogEnds ends;

  private final List<ProcessorProcess> running = new ArrayList<>();
  private final List<ProcessorProcess> frozen = new ArrayList<>();
  private final List<ProcessorProcess> ending = new ArrayList<>();
  private int started;

  Processors(Path directory, String bootstrap, Pace pace, Random random) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.bootstrap = bootstrap;
    this.settings = settings(pace);
    this.random = random;
    this.ends = new LogEnds(bootstrap, Topics.POSTS, Topics.FEED_ITEMS, Topics.FEED_STATUS);
  }

  private static Map<String, String> settings(Pace pace) {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_PROCESSOR_FUTURE_ALLOWED", millis(pace.futureAllowed()));
    settings.put("COURTSIDE_PROCESSOR_REMEMBER", millis(pace.revisions()));
    settings.put("COURTSIDE_PROCESSOR_REMEMBER_INACTIVE", millis(pace.inactiveAccounts()));
    settings.put("COURTSIDE_PROCESSOR_REMEMBER_DELETED", millis(pace.deletedAccounts()));
    // One writes here, so that what has ended goes at once.
    settings.put("COURTSIDE_PROCESSOR_CLOCK_SKEW", "0s");
    settings.put("COURTSIDE_PROCESSOR_STEADY", "1s");
    return settings;
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + "ms";
  }

  /** One more. */
  void add() throws IOException {
    started++;
    running.add(
        ProcessorProcess.start(
            directory.resolve("data"), directory.resolve(started + ".out"), bootstrap, settings));
  }

  /** SIGKILL of any, whether it starts, works or is frozen. */
  void kill() throws InterruptedException {
    List<ProcessorProcess> all = Stream.of(running, frozen).flatMap(List::stream).toList();
    kill(all.get(random.nextInt(all.size())));
  }

  /**
   * SIGKILL of one that works, when something is written that is not committed.
   *
   * @return whether there was one that works within two minutes; otherwise nothing is done
   * @throws AssertionError if what it writes is always committed
   */
  boolean killAtWork() throws IOException, InterruptedException {
    int first = random.nextInt(running.size());
    long deadline = System.nanoTime() + RECOVERY.toNanos();
    for (int i = first; System.nanoTime() - deadline < 0; i++) {
      ProcessorProcess one = running.get(i % running.size());
      if (one.state().filter("processing"::equals).isPresent()) {
        one.freezeInTransaction(ends, random);
        kill(one);
        return true;
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    return false;
  }

  private void kill(ProcessorProcess killed) throws InterruptedException {
    running.remove(killed);
    frozen.remove(killed);
    killed.close();
  }

  /** SIGSTOP. */
  void freeze() throws IOException, InterruptedException {
    ProcessorProcess one = running.remove(random.nextInt(running.size()));
    one.jvm().freeze();
    frozen.add(one);
  }

  /** SIGCONT, of the one that has been frozen longest. */
  void thaw() throws IOException, InterruptedException {
    ProcessorProcess one = frozen.removeFirst();
    one.jvm().thaw();
    running.add(one);
  }

  /** SIGTERM; returns at once. */
  void remove() throws IOException, InterruptedException {
    ProcessorProcess one = running.remove(random.nextInt(running.size()));
    one.jvm().terminate();
    ending.add(one);
  }

  /** Lets everything go on: nobody is frozen, and somebody is there. */
  void letGoOn() throws IOException, InterruptedException {
    while (!frozen.isEmpty()) {
      thaw();
    }
    if (running.isEmpty()) {
      add();
    }
    for (ProcessorProcess one : ending) {
      if (!one.jvm().awaitEnd(END)) {
        throw new AssertionError("expected one that was asked to end to do so within " + END);
      }
      one.close();
    }
    ending.clear();
  }

  int running() {
    return running.size();
  }

  int frozen() {
    return frozen.size();
  }

  int present() {
    return running.size() + frozen.size();
  }

  /** Throws if one has ended that nobody has ended. */
  void requireAlive() throws IOException, InterruptedException {
    for (ProcessorProcess one : running) {
      ChildJvm jvm = one.jvm();
      if (jvm.awaitEnd(NOW)) {
        throw new AssertionError("a processor has ended by itself\n" + errors());
      }
    }
  }

  /**
   * What they have said that is an error. That a store is not what was committed, and is made anew,
   * is how Streams begins after a kill.
   */
  String errors() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int number = 1; number <= started; number++) {
      Path output = directory.resolve(number + ".out");
      for (String line : Files.readAllLines(output)) {
        if (line.contains(" ERROR ") && !line.contains("TaskCorruptedException")) {
          text.append("processor ").append(number).append(": ").append(line).append('\n');
        }
      }
    }
    return text.toString();
  }

  /** Copies what they have said to where it outlives the test. */
  Path keepOutput(Path target) throws IOException {
    Files.createDirectories(target);
    for (int number = 1; number <= started; number++) {
      String name = number + ".out";
      Files.copy(
          directory.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    return target.toAbsolutePath();
  }

  @Override
  public void close() throws InterruptedException {
    for (ProcessorProcess one : Stream.of(running, frozen, ending).flatMap(List::stream).toList()) {
      one.close();
    }
    ends.close();
  }
}
