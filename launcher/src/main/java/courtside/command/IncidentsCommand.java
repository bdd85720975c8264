package courtside.command;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What there is to do with incidents. */
@Command(
    name = "incidents",
    description = "Incidents: what went wrong, and what was done.",
    subcommands = {IncidentsCommand.ListCommand.class, IncidentsCommand.AcknowledgeCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class IncidentsCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Lists them. */
  @Command(
      name = "list",
      description = "Lists incidents, the oldest first; with ! those in which something was lost.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() {
      Logging.quiet();
      try (Log log = new Log(kafka.address())) {
        PrintWriter out = spec.commandLine().getOut();
        log.incidents().forEach(numbered -> print(numbered.incident(), out));
      }
      return ServiceProcess.EX_OK;
    }

    private static void print(Incident incident, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s %s %s  %s  %s..%s  %s; %s%n",
          incident.lost() ? "!" : " ",
          incident.at(),
          incident.subject(),
          incident.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          end(incident.from()),
          end(incident.to()),
          incident.found(),
          incident.done());
    }

    private static String end(OptionalLong end) {
      return end.isPresent() ? Long.toString(end.getAsLong()) : "?";
    }
  }

  /** Says that somebody knows. */
  @Command(
      name = "acknowledge",
      description = "Says that you know of all incidents so far: services are well again.",
      mixinStandardHelpOptions = true)
  static final class AcknowledgeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      try (Log log = new Log(kafka.address())) {
        List<Log.Numbered> incidents = log.incidents();
        if (incidents.isEmpty()) {
          spec.commandLine().getOut().println("there are no incidents");
          return ServiceProcess.EX_OK;
        }
        Wish wish =
            new Wish.Acknowledged(
                UUID.randomUUID().toString(), Instant.now(), incidents.getLast().offset() + 1);
        if (log.ask(wish, PATIENCE).isPresent()) {
          spec.commandLine().getOut().println("acknowledged");
          return ServiceProcess.EX_OK;
        }
        spec.commandLine()
            .getErr()
            .println(
                "courtside: written, but no service has answered within "
                    + PATIENCE.toSeconds()
                    + " s. It holds as soon as one runs.");
        return ServiceProcess.EX_SOFTWARE;
      }
    }
  }
}
