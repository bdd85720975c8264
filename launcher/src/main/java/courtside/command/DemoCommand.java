package courtside.command;

import courtside.demo.DemoRelay;
import courtside.demo.NetworkOption;
import courtside.demo.PaceOption;
import courtside.pipeline.Pipeline;
import courtside.pipeline.Ports;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.relay.Pace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything in one process, on recorded and simulated input: no network, no Docker. */
@Command(
    name = "demo",
    description = {
      "Runs the whole pipeline in this process: a Kafka broker, a relay, the ingestor, the"
          + " processor and the feed API. The relay plays real frames that were recorded, and then"
          + " goes on with a simulated network.",
      "Nothing leaves this machine. Ctrl-C ends it; started again it goes on where it was."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  /** The recording is from a fixed day, so nothing of the demo may depend on today's. */
  private static final Duration KEEP = Duration.ofDays(28);

  /** Where silence is what is right. */
  private static final String NO_TIMEOUT = "1d";

  private static final String NO_LAG_LIMIT = "36500d";

  @Option(
      names = "--data",
      description = "Where everything is kept; delete it to begin anew. Default: ${DEFAULT-VALUE}")
  private Path data = Path.of(".courtside", "demo");

  @Option(
      names = "--port",
      description = "The page's port; another one where it is taken. Default: ${DEFAULT-VALUE}")
  private int port = 8080;

  @Option(
      names = "--pace",
      converter = PaceOption.class,
      paramLabel = "PACE",
      description =
          "How fast the recording plays: recorded, max, or frames a second such as 200. Default:"
              + " recorded")
  private Pace pace = new Pace.AsRecorded();

  @Option(
      names = "--network",
      converter = NetworkOption.class,
      paramLabel = "RATE",
      description =
          "What the simulated network does a second, once the recording has ended: posts, two in"
              + " three times, likes, edits, deletions; 0 for silence. Default: ${DEFAULT-VALUE}")
  private double network = 3;

  @Option(
      names = "--feeds",
      description = "The definitions to apply. Default: the directory feeds of this installation")
  private Path feeds = Installation.feeds();

  @Override
  public Integer call() throws Exception {
    Path log = Logging.toFile(data);
    Map<String, String> environment = System.getenv();
    int page = Ports.freeOr(port);
    int kafka = Ports.freeOr(9092);
    // Before anything is started, whatever is wrong: where the relay will listen, nobody knows yet.
    Pipeline.AllSettings _ =
        Pipeline.read(settings(environment, URI.create("ws://127.0.0.1"), page), kafka);
    List<DefinitionFile> definitions =
        Definitions.read(feeds).stream()
            .map(file -> file.withMaxAge(Optional.empty()).withKeep(KEEP))
            .toList();
    Screen screen = Screen.ofProcess(System.out, environment);
    return new Foreground(screen, log)
        .run(parts -> {
          screen.line("Courtside demo: the whole pipeline in this process");
          screen.line("");
          screen.entry("data", data + "  (delete it to begin anew)");
          DemoRelay relay = parts.add(DemoRelay.start(data.resolve("relay"), pace, network));
          screen.entry("relay", relay.uri() + ", " + relay.plan());
          Pipeline pipeline =
              parts.add(
                  Pipeline.start(
                      Pipeline.read(settings(environment, relay.uri(), page), kafka), screen));
          Apply.apply(
              new KafkaAddress(pipeline.broker().bootstrap()),
              definitions,
              false,
              Apply.setIds(RandomGenerator.getDefault()));
          Announcement.of(pipeline, definitions).print(screen);
          Progress progress = new Progress(pipeline);
          return new Foreground.Running(
              pipeline,
              () ->
                  // First, as the line may be cut.
                  (relay.failed() ? "the relay cannot play on; " + log + " says why · " : "")
                      + progress.line()
                      + " · "
                      + relay.stage());
        });
  }

  private Map<String, String> settings(Map<String, String> environment, URI relay, int page) {
    Map<String, String> settings = new HashMap<>(environment);
    settings.put("COURTSIDE_DATA", data.toString());
    settings.put("COURTSIDE_DISK", "1GB");
    settings.put("COURTSIDE_INGESTOR_RELAY", DemoRelay.NAME + "=" + relay);
    settings.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    // Recorded frames are as old as the recording.
    settings.put("COURTSIDE_INGESTOR_LAG_LIMIT", NO_LAG_LIMIT);
    if (isSilentAtTimes()) {
      settings.put("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", NO_TIMEOUT);
    }
    settings.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_FEEDS", "none");
    settings.put("COURTSIDE_FEED_API_PORT", Integer.toString(page));
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", "0");
    return settings;
  }

  /**
   * Otherwise something always comes well within a heartbeat, and silence means what it does live.
   */
  private boolean isSilentAtTimes() {
    return network < 1 || (pace instanceof Pace.Rate(double rate) && rate < 1);
  }
}
