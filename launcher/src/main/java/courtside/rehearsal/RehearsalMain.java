package courtside.rehearsal;

import courtside.broker.EmbeddedBroker;
import courtside.demo.DemoRelay;
import courtside.pipeline.Ports;
import courtside.service.Parts;
import courtside.testkit.relay.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Makes the caches by which the services start: a broker, a relay, and each service as it is run
 * later, until the newest post is served; then each is asked to stop, and its JVM writes down the
 * classes it loaded and linked. An image is made with it, on the JRE that it will run on.
 *
 * <p>The first argument is a directory with a directory for each service, {@code ingestor}, {@code
 * processor} and {@code feed-api}; the second is that of the feeds. In each of a service is {@code
 * java.args}: the arguments of its JVM, which name every jar, as a cache holds for one class path.
 * Beside it {@code service.aot} is made. Exits with 1 where a service did not come as far, or left
 * no cache, having said which.
 */
public final class RehearsalMain {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Of the recording, and then of the simulated network: enough for what is hot to be seen. */
  private static final double RATE = 1_000;

  private static final double NETWORK = 100;

  private RehearsalMain() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 2) {
      System.err.println("expected two arguments, the directory of the services and of the feeds");
      System.exit(2);
    }
    try {
      hold(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (RehearsalException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Lets them live once.
   *
   * @param services a directory for each
   * @param feeds what is to match, definitions of which one at least matches the demo's network
   * @throws RehearsalException if one did not live as it should, or left no cache
   */
  static void hold(Path services, Path feeds)
      throws IOException, InterruptedException, RehearsalException {
    Path data = Files.createTempDirectory(services, "rehearsal");
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Parts parts = new Parts()) {
      EmbeddedBroker broker = parts.add(EmbeddedBroker.start(data.resolve("kafka"), Ports.any()));
      DemoRelay relay =
          parts.add(DemoRelay.start(data.resolve("relay"), new Pace.Rate(RATE), NETWORK));
      int page = Ports.any();
      Map<String, String> all =
          Map.of(
              "COURTSIDE_DATA", data.resolve("services").toString(),
              "COURTSIDE_DISK", "1GB",
              "COURTSIDE_KAFKA", broker.bootstrap());
      // In the order in which they end: none is left waiting for what no longer comes.
      List<Player> players =
          List.of(
              parts.add(
                  Player.start(
                      services.resolve("ingestor"),
                      all,
                      Map.of(
                          "COURTSIDE_INGESTOR_RELAY",
                          DemoRelay.NAME + "=" + relay.uri(),
                          "COURTSIDE_INGESTOR_START",
                          "oldest-if-new",
                          // Recorded frames are as old as the recording.
                          "COURTSIDE_INGESTOR_LAG_LIMIT",
                          "36500d"))),
              parts.add(
                  Player.start(
                      services.resolve("processor"),
                      all,
                      Map.of("COURTSIDE_PROCESSOR_FEEDS", feeds.toAbsolutePath().toString()))),
              parts.add(
                  Player.start(
                      services.resolve("feed-api"),
                      all,
                      Map.of("COURTSIDE_FEED_API_PORT", Integer.toString(page)))));
      for (Player player : players) {
        player.awaitReady(deadline);
      }
      new Page(page).awaitPost(players, deadline);
      for (Player player : players) {
        player.learn(deadline);
      }
    }
  }
}
