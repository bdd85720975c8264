package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.processor.apply.Shipped;
import courtside.screen.Screen;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything in one process, on the live network. */
@Command(
    name = "up",
    description = {
      "Runs the whole pipeline in this process against the live network.",
      "Settings are taken from the environment (COURTSIDE_…); an option comes before its variable."
          + " Where the relay cannot be reached it says so and goes on trying."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "Where everything is kept. Default: COURTSIDE_DATA, or .courtside/up")
  private @Nullable String data;

  @Option(
      names = "--relay",
      paramLabel = "[NAME=]ADDRESS[,…]",
      description =
          "The relay to read, or several separated by commas, the preferred one first. Default: COURTSIDE_INGESTOR_RELAY, or wss://bsky.network")
  private @Nullable String relay;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The page's port. Default: COURTSIDE_FEED_API_PORT, or 8080")
  private @Nullable String port;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "The port of the broker that this runs. Default: ${DEFAULT-VALUE}")
  private int kafkaPort = 9092;

  @Override
  public Integer call() throws Exception {
    Map<String, String> settings = new HashMap<>(System.getenv());
    settings.putIfAbsent("COURTSIDE_DATA", Path.of(".courtside", "up").toString());
    settings.putIfAbsent("COURTSIDE_PROCESSOR_FEEDS", Installation.feeds().toString());
    set(settings, "COURTSIDE_DATA", data);
    set(settings, "COURTSIDE_INGESTOR_RELAY", relay);
    set(settings, "COURTSIDE_FEED_API_PORT", port);
    String directory = settings.getOrDefault("COURTSIDE_DATA", "");
    Path log = Logging.toFile(Path.of(directory));
    Pipeline.AllSettings all = Pipeline.read(settings, kafkaPort);
    Screen screen = Screen.ofProcess(System.out, settings);
    return new Foreground(screen, log)
        .run(parts -> {
          screen.line("Courtside: the whole pipeline in this process, on the live network");
          screen.line("");
          screen.entry("data", directory);
          Pipeline pipeline = parts.add(Pipeline.start(all, screen));
          Announcement.of(pipeline, all.processor().feeds().map(Shipped::read).orElse(List.of()))
              .print(screen);
          screen.line("History begins with the first start: a new feed is empty until posts come.");
          return new Foreground.Running(pipeline, new Progress(pipeline)::line);
        });
  }

  private static void set(Map<String, String> settings, String name, @Nullable String option) {
    if (option != null) {
      settings.put(name, option);
    }
  }
}
