package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.pipeline.SettingsException;
import courtside.screen.Screen;
import courtside.service.Parts;
import courtside.service.ServiceProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything in one process, on the live network. */
@Command(
    name = "up",
    description = {
      "Runs the whole pipeline in this process against the live network.",
      "Settings are taken from the environment (COURTSIDE_…). Where the relay cannot be reached it"
          + " says so and goes on trying."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Option(names = "--data", description = "Where everything is kept. Default: ${DEFAULT-VALUE}")
  private Path data = Path.of(".courtside", "up");

  @Option(
      names = "--relay",
      paramLabel = "[NAME=]ADDRESS",
      description = "The relay to read. Default: COURTSIDE_INGESTOR_RELAY, or wss://bsky.network")
  private String relay = "";

  @Option(names = "--port", description = "The page's port. Default: ${DEFAULT-VALUE}")
  private int port = 8080;

  @Option(names = "--kafka-port", description = "The broker's port. Default: ${DEFAULT-VALUE}")
  private int kafkaPort = 9092;

  @Override
  public Integer call() throws Exception {
    Logging.toFile(data);
    Map<String, String> settings = new HashMap<>(System.getenv());
    if (!relay.isEmpty()) {
      settings.put("COURTSIDE_INGESTOR_RELAY", relay);
    }
    settings.putIfAbsent("COURTSIDE_PROCESSOR_FEEDS", Installation.feeds().toString());
    settings.put("COURTSIDE_FEED_API_PORT", Integer.toString(port));
    Screen screen = Screen.ofProcess(System.out, settings);
    screen.line("Courtside: the whole pipeline in this process, on the live network");
    screen.line("");
    screen.entry("data", data.toString());
    Parts parts = new Parts();
    try {
      Pipeline pipeline = parts.add(Pipeline.start(settings, data, kafkaPort, screen));
      Announcement.of(screen, pipeline, port, List.of()).print();
      screen.line("History begins now: a first feed is empty until posts come.");
      Progress progress = new Progress(pipeline);
      return new RunningPipeline(pipeline, parts, screen, progress::line).run();
    } catch (SettingsException e) {
      e.problems().forEach(problem -> System.err.println("courtside: " + problem));
      return ServiceProcess.EX_CONFIG;
    } catch (InterruptedException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }
}
