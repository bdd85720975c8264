package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.screen.Screen;
import courtside.service.ServiceProcess;
import courtside.service.StopSignal;
import java.time.InstantSource;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says how far they are. */
@Command(
    name = "status",
    description = {
      "Says which versions of feeds replay: a line each with how far it is, how fast, and how long"
          + " the rest takes."
    },
    footer =
        "%nWith --json: an array of versions with feed, role and progress; empty where nothing"
            + " replays.",
    mixinStandardHelpOptions = true)
final class ReplayStatusCommand extends FeedsLogCommand {
  @Option(
      names = "--watch",
      description = "On a terminal: rewrite the lines until nothing replays, or Ctrl-C.")
  private boolean watch;

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    Screen screen = screen();
    try (FeedsLog log = open()) {
      Replays replays = new Replays(log, InstantSource.system());
      if (json.wanted()) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        replays
            .now()
            .forEach(one -> {
              ObjectNode version = one.toJson();
              all.add(version.put("feed", one.version().feed().value()));
            });
        JsonPrinter.print(all, spec().commandLine().getOut());
        return ServiceProcess.EX_OK;
      }
      if (watch && screen.isTerminal()) {
        watch(replays, screen);
      } else {
        replays.lines().forEach(screen::line);
      }
      if (replays.now().isEmpty()) {
        screen.line("Nothing replays. What is served: courtside feeds list");
      }
    }
    return ServiceProcess.EX_OK;
  }

  private static void watch(Replays replays, Screen screen) throws InterruptedException {
    try (StopSignal signal = StopSignal.toThisThread()) {
      try {
        replays.watch(screen);
      } catch (InterruptedException | InterruptException e) {
        if (!signal.received()) {
          throw e;
        }
        screen.endStatus();
      }
    }
  }
}
