package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import courtside.screen.Paint;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What there is to do with the firehose's reading. */
@Command(
    name = "ingest",
    description = "The firehose: whether and where it is read.",
    subcommands = {
      IngestCommand.StatusCommand.class,
      IngestCommand.PauseCommand.class,
      IngestCommand.ResumeCommand.class,
      IngestCommand.RewindCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class IngestCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_OF_NAME = 255;

  /** Beyond it a figure may have been rounded. */
  private static final double MOST_WHOLE = 1L << 53;

  /** Writes a wish and says what came of it. */
  private static int ask(CommandSpec spec, KafkaOption kafka, Wish wish, String done)
      throws InterruptedException {
    Logging.quiet();
    try (Log log = Log.open(kafka.address(), Topics.CONTROL, Topics.SERVICE_STATUS)) {
      Optional<ServiceStatus> answer = log.ask(wish, PATIENCE);
      if (answer.isPresent()) {
        spec.commandLine().getOut().println(done);
        printWindow(answer.get(), spec.commandLine().getOut());
        return ServiceProcess.EX_OK;
      }
      spec.commandLine()
          .getErr()
          .println(
              "courtside: written, but no ingestor has answered within "
                  + PATIENCE.toSeconds()
                  + " s. It will be carried out as soon as one runs: courtside ingest status");
      return ServiceProcess.EX_SOFTWARE;
    }
  }

  /** Until when reading has to go on, where it is paused. */
  private static void printWindow(ServiceStatus status, PrintWriter out) {
    Double seconds = status.figures().get("seconds_until_relay_forgets");
    if (seconds != null && seconds > 0) {
      Duration left = Duration.ofSeconds((long) Math.floor(seconds));
      out.printf(
          "  resume before %s (in %d h %d min): relays keep no more than that%n",
          status.at().plus(left).truncatedTo(ChronoUnit.MINUTES),
          left.toHours(),
          left.toMinutesPart());
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  /** Says how the ingestors are. */
  @Command(
      name = "status",
      description = {
        "Says how the ingestors are: which of them reads, how far it is and how far behind; and by"
            + " which name the relay is known that was read last."
      },
      footer =
          "%nWith --json: an array of ingestors, with state, reasons, 'figures' by name, and the"
              + " 'relay' that was read last.",
      mixinStandardHelpOptions = true)
  static final class StatusCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();
    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      List<ServiceStatus> ingestors;
      Optional<Cursor> cursor;
      try (Log log = Log.open(kafka.address(), Topics.SERVICE_STATUS, Topics.CURSORS)) {
        cursor = log.cursor();
        ingestors =
            log.statuses().values().stream()
                .filter(status -> status.service().equals("ingestor"))
                .toList();
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json.wanted()) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        ingestors.forEach(status -> all.add(json(status, cursor)));
        JsonPrinter.print(all, out);
        return ServiceProcess.EX_OK;
      }
      if (ingestors.isEmpty()) {
        out.println("No ingestor has ever run here. Start one: courtside up");
      }
      Paint paint = Paint.ofProcess(System.getenv());
      ingestors.forEach(status -> print(status, paint, out));
      cursor.ifPresent(last -> print(last, out));
      return ServiceProcess.EX_OK;
    }

    private static void print(Cursor cursor, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "read last: %s, epoch %d, seq %d, committed at %s%n",
          VisibleText.line(cursor.relay(), MOST_OF_NAME),
          cursor.epoch(),
          cursor.seq(),
          cursor.committedAt().truncatedTo(ChronoUnit.SECONDS));
    }

    private static ObjectNode json(ServiceStatus status, Optional<Cursor> cursor) {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("instance", status.instance())
              .put("at", status.at().toString())
              .put("state", status.state())
              .put("ready", status.ready());
      cursor.ifPresent(last -> json.put("relay", last.relay()));
      ArrayNode reasons = json.putArray("reasons");
      status.reasons().forEach(reasons::add);
      ObjectNode figures = json.putObject("figures");
      status
          .figures()
          .forEach((name, figure) -> {
            // Most are counts, and numbers of the stream, which nobody should round.
            if (figure == Math.rint(figure) && Math.abs(figure) < MOST_WHOLE) {
              figures.put(name, figure.longValue());
            } else {
              figures.put(name, figure);
            }
          });
      return json;
    }

    private static void print(ServiceStatus status, Paint paint, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "%s  %s%s  (%d s ago)%n",
          VisibleText.line(status.instance(), MOST_OF_NAME),
          status.ready() ? paint.good(status.state()) : paint.bad(status.state()),
          status.ready() ? "" : ", not ready",
          Duration.between(status.at(), Instant.now()).toSeconds());
      if (!status.state().equals("standby")) {
        place(status.figures()).ifPresent(place -> out.println("  " + place));
      }
      status.reasons().forEach(reason -> out.println("  " + VisibleText.line(reason)));
      printWindow(status, out);
    }

    /** Where it is in the relay's numbering, and how late that is; empty where it reads nothing. */
    private static Optional<String> place(Map<String, Double> figures) {
      Double epoch = figures.get("epoch");
      Double seq = figures.get("seq");
      if (epoch == null || seq == null) {
        return Optional.empty();
      }
      Double lag = figures.get("lag_seconds");
      return Optional.of(
          String.format(Locale.ROOT, "epoch %.0f, seq %.0f", epoch, seq)
              + (lag == null ? "" : ", " + behind(Math.max(0, lag)) + " behind"));
    }

    private static String behind(double seconds) {
      return seconds < 60
          ? String.format(Locale.ROOT, "%.1f s", seconds)
          : VersionProgress.inWords(Duration.ofSeconds((long) seconds));
    }
  }

  /** Stops reading. */
  @Command(
      name = "pause",
      description = {
        "Stops reading, until resumed and over every restart. What a relay does not keep for that"
            + " long is lost then, and said to be."
      },
      mixinStandardHelpOptions = true)
  static final class PauseCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() throws Exception {
      return ask(spec, kafka, new Wish.Ingesting(newId(), Instant.now(), true), "paused");
    }
  }

  /** Reads again. */
  @Command(
      name = "resume",
      description = "Reads again, from the cursor.",
      mixinStandardHelpOptions = true)
  static final class ResumeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() throws Exception {
      return ask(spec, kafka, new Wish.Ingesting(newId(), Instant.now(), false), "reading");
    }
  }

  /** Reads a part again. */
  @Command(
      name = "rewind",
      description = {
        "Reads a relay again from an earlier sequence number, once. What is read again is in the"
            + " log twice; feeds do not change by it."
      },
      mixinStandardHelpOptions = true)
  static final class RewindCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Option(
        names = "--relay",
        paramLabel = "NAME",
        required = true,
        description = "The relay's name, as in COURTSIDE_INGESTOR_RELAY; its host, unless given.")
    private String relay = "";

    @Option(
        names = "--after",
        paramLabel = "SEQ",
        required = true,
        description = "What follows this number is read; 0 for all that the relay has.")
    private long after;

    @Override
    public Integer call() throws Exception {
      return ask(
          spec,
          kafka,
          new Wish.Rewind(newId(), Instant.now(), relay, after),
          "reads " + relay + " after " + after);
    }
  }
}
