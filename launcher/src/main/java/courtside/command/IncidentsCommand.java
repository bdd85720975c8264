package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.screen.Paint;
import courtside.screen.VisibleText;
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
      footer = "%nWith --json: an array of incidents, with 'lost' where something was.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();
    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      try (Log log = Log.open(kafka.address(), Topics.INCIDENTS)) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
          ArrayNode all = JsonNodeFactory.instance.arrayNode();
          log.incidents().forEach(numbered -> all.add(json(numbered)));
          JsonPrinter.print(all, out);
        } else {
          Paint paint = Paint.ofProcess(System.getenv());
          log.incidents().forEach(numbered -> print(numbered.incident(), paint, out));
        }
      }
      return ServiceProcess.EX_OK;
    }

    private static ObjectNode json(Log.Numbered numbered) {
      Incident incident = numbered.incident();
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("offset", numbered.offset())
              .put("at", incident.at().toString())
              .put("kind", incident.kind().name().toLowerCase(Locale.ROOT))
              .put("subject", incident.subject())
              .put("lost", incident.lost());
      incident.from().ifPresent(from -> json.put("from", from));
      incident.to().ifPresent(to -> json.put("to", to));
      return json.put("found", incident.found()).put("done", incident.done());
    }

    private static void print(Incident incident, Paint paint, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s %s %s  %s  %s..%s  %s; %s%n",
          incident.lost() ? paint.bad("!") : " ",
          incident.at(),
          VisibleText.line(incident.subject()),
          incident.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          end(incident.from()),
          end(incident.to()),
          VisibleText.line(incident.found()),
          VisibleText.line(incident.done()));
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
      try (Log log =
          Log.open(kafka.address(), Topics.INCIDENTS, Topics.CONTROL, Topics.SERVICE_STATUS)) {
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
