package courtside.testkit.relay;

import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.fault.PlannedFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The relay as a process of its own. Reads {@code COURTSIDE_RELAY_HOST} (default 127.0.0.1, an
 * address to listen on), {@code COURTSIDE_RELAY_PORT} (default 0, any), {@code
 * COURTSIDE_RELAY_DIRECTORY} (required), {@code COURTSIDE_RELAY_RECORDING} ({@code bundled}, the
 * default, or a file), {@code COURTSIDE_RELAY_PACE} ({@code recorded}, the default, {@code fast},
 * or frames per second), {@code COURTSIDE_RELAY_NETWORK} (after the recording a simulated network
 * goes on with so many acts per second, of which seven in ten are posts; default 0, silence),
 * {@code COURTSIDE_RELAY_SEED} (default 1, what that network's accounts are made of, together with
 * how often the directory was opened) and {@code COURTSIDE_RELAY_FAULT} (default none; what it is
 * to do wrong, such as {@code falls-silent:after=500}, see {@link PlannedFault}). Prints its
 * address as the first line; runs until it is killed.
 */
public final class RelayMain {
  private static final String PREFIX = "COURTSIDE_RELAY_";
  private static final String BUNDLED = "bundled";
  private static final String RATE = "[0-9]{1,7}(\\.[0-9]{1,3})?";
  private static final long STOP_SECONDS = 5;
  private static final Set<String> NAMES =
      Set.of("HOST", "PORT", "DIRECTORY", "RECORDING", "PACE", "NETWORK", "SEED", "FAULT");

  private RelayMain() {}

  /** Runs it; exits with 2 where the environment is not right, with every problem named. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    Settings settings = Settings.read(System.getenv(), problems);
    if (!problems.isEmpty()) {
      problems.forEach(problem -> System.err.println("relay: " + problem));
      System.exit(2);
    }
    run(settings);
  }

  private static void run(Settings settings) throws IOException, InterruptedException {
    Recording recording =
        settings.recording().isPresent()
            ? Recording.open(settings.recording().get())
            : Recording.bundled();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("relay-stop")
                .unstarted(() -> {
                  stop.countDown();
                  await(stopped);
                }));
    try (FrameLog log = FrameLog.open(settings.directory());
        Relay relay = Relay.start(RelaySettings.DEFAULT.withListener(settings.listener()), log);
        Player player = Player.start(programmes(settings, recording, log), log, System::nanoTime)) {
      settings.faults().forEach(planned -> relay.inject(planned.fault(), planned.cue()));
      System.out.println(relay.uri());
      stop.await();
      System.out.println(
          player
              .failure()
              .map(failure -> "stopped; not everything was played: " + failure.getMessage())
              .orElse(player.ended() ? "stopped; all was played" : "stopped"));
    } finally {
      stopped.countDown();
    }
  }

  private static List<Programme> programmes(Settings settings, Recording recording, FrameLog log) {
    List<Programme> programmes = new ArrayList<>();
    programmes.add(new RecordedProgramme(recording, log.lastSeq(), settings.pace()));
    if (settings.network() > 0) {
      Identities identities = new Identities(settings.seed(), log.starts());
      programmes.add(
          new LiveProgramme(
              new SimulatedNetwork(identities), settings.network(), InstantSource.system()));
    }
    return programmes;
  }

  /** Lets the resources be closed before the process ends; a kill needs none of it. */
  private static void await(CountDownLatch stopped) {
    try {
      if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("relay: not closed within " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What the environment says.
   *
   * @param recording empty for the bundled one
   * @param network acts per second; 0 for no network
   */
  record Settings(
      InetSocketAddress listener,
      Path directory,
      Optional<Path> recording,
      Pace pace,
      double network,
      long seed,
      List<PlannedFault> faults) {

    /** Reads it, and adds whatever is wrong to the problems. */
    static Settings read(Map<String, String> environment, List<String> problems) {
      for (String name : new TreeSet<>(environment.keySet())) {
        if (name.startsWith(PREFIX) && !NAMES.contains(name.substring(PREFIX.length()))) {
          problems.add(name + " is not a setting of the relay");
        }
      }
      String directory = environment.getOrDefault(PREFIX + "DIRECTORY", "");
      if (directory.isEmpty()) {
        problems.add(PREFIX + "DIRECTORY is required");
      }
      String recording = environment.getOrDefault(PREFIX + "RECORDING", BUNDLED);
      return new Settings(
          listener(environment, problems),
          path("DIRECTORY", directory, problems),
          recording.equals(BUNDLED)
              ? Optional.empty()
              : Optional.of(path("RECORDING", recording, problems)),
          pace(environment.getOrDefault(PREFIX + "PACE", "recorded"), problems),
          network(environment.getOrDefault(PREFIX + "NETWORK", "0"), problems),
          seed(environment.getOrDefault(PREFIX + "SEED", "1"), problems),
          faults(environment.getOrDefault(PREFIX + "FAULT", ""), problems));
    }

    private static List<PlannedFault> faults(String text, List<String> problems) {
      List<String> wrong = new ArrayList<>();
      List<PlannedFault> faults = PlannedFault.parse(text, wrong);
      wrong.forEach(problem -> problems.add(PREFIX + "FAULT " + problem));
      return faults;
    }

    private static Path path(String name, String text, List<String> problems) {
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        problems.add(PREFIX + name + " must be a path, but is '" + text + "'");
        return Path.of("");
      }
    }

    private static InetSocketAddress listener(
        Map<String, String> environment, List<String> problems) {
      String host = environment.getOrDefault(PREFIX + "HOST", "127.0.0.1");
      int port = port(environment.getOrDefault(PREFIX + "PORT", "0"), problems);
      try {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
      } catch (IllegalArgumentException e) {
        problems.add(PREFIX + "HOST must be an address such as 0.0.0.0, but is '" + host + "'");
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      }
    }

    private static int port(String text, List<String> problems) {
      if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
        problems.add(PREFIX + "PORT must be a port of 0 to 65535, but is '" + text + "'");
        return 0;
      }
      return Integer.parseInt(text);
    }

    private static double network(String text, List<String> problems) {
      if (text.matches(RATE) && Double.parseDouble(text) <= LiveProgramme.MAX_RATE) {
        return Double.parseDouble(text);
      }
      problems.add(
          PREFIX
              + "NETWORK must be acts per second, at most "
              + LiveProgramme.MAX_RATE
              + ", but is '"
              + text
              + "'");
      return 0;
    }

    private static long seed(String text, List<String> problems) {
      if (text.matches("[0-9]{1,18}")) {
        return Long.parseLong(text);
      }
      problems.add(PREFIX + "SEED must be a number of 1 to 18 digits, but is '" + text + "'");
      return 1;
    }

    private static Pace pace(String text, List<String> problems) {
      return switch (text) {
        case "recorded" -> new Pace.AsRecorded();
        case "fast" -> new Pace.AsFastAsPossible();
        default -> {
          if (text.matches(RATE) && Double.parseDouble(text) > 0) {
            yield new Pace.Rate(Double.parseDouble(text));
          }
          problems.add(
              PREFIX
                  + "PACE must be recorded, fast, or frames per second above 0, but is '"
                  + text
                  + "'");
          yield new Pace.AsRecorded();
        }
      };
    }
  }
}
