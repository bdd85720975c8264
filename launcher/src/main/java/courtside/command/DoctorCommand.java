package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.doctor.Doctor;
import courtside.doctor.Examination;
import courtside.doctor.Finding;
import courtside.doctor.Limits;
import courtside.eventlog.topic.DiskBudget;
import courtside.ingestor.relay.RelayAddress;
import courtside.publish.FeedHost;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks at everything that usually goes wrong. */
@Command(
    name = "doctor",
    description = {
      "Looks at everything that usually goes wrong with a feed, from outside, and says of each"
          + " matter whether it is well, what is wrong and what to do, or why it was not looked at.",
      "Changes nothing, and logs in nowhere. Ends with 0 where all is well."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Where the feed API is for others. Default: COURTSIDE_FEED_API_HOSTNAME, or nobody outside"
              + " is asked")
  private String host;

  @Option(
      names = "--service-did",
      paramLabel = "DID",
      description =
          "The feed API's own DID. Default: COURTSIDE_FEED_API_SERVICE_DID, or did:web: and the host")
  private String service;

  @Option(
      names = "--publisher",
      paramLabel = "DID",
      description =
          "The account whose records describe the feeds. Default: COURTSIDE_FEED_API_PUBLISHER, or"
              + " the feed API's own DID")
  private String publisher;

  @Option(
      names = "--plc-directory",
      paramLabel = "ADDRESS",
      description =
          "Where did:plc: is looked up. Default: COURTSIDE_FEED_API_PLC_DIRECTORY, or"
              + " https://plc.directory")
  private String directory;

  @Option(
      names = "--relay",
      paramLabel = "[NAME=]ADDRESS[,…]",
      description =
          "What is read; dialled even if the log knows other relays alone. Default:"
              + " COURTSIDE_INGESTOR_RELAY, or wss://bsky.network")
  private @Nullable String relays;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "Where instances keep their state. Default: COURTSIDE_DATA, or .courtside")
  private Path data;

  @Option(
      names = "--disk",
      paramLabel = "SIZE",
      description = "What the log may fill. Default: COURTSIDE_DISK, or 20GB")
  private String disk;

  @Option(
      names = "--lag-limit",
      paramLabel = "TIME",
      description =
          "How old frames may be when they come, such as 10m. Default:"
              + " COURTSIDE_INGESTOR_LAG_LIMIT, or what the ingestor has")
  private String lagLimit;

  @Option(
      names = "--feed",
      paramLabel = "NAME",
      description = "The feed to look at; may be given again. Default: all that are served")
  private List<String> feeds = new ArrayList<>();

  @Option(
      names = "--slow",
      paramLabel = "MS",
      description =
          "How long a page may take, in milliseconds. The AppView gives up after 10000. Default:"
              + " ${DEFAULT-VALUE}")
  private long slow = Limits.DEFAULT.slow().toMillis();

  @Option(names = "--json", description = "Prints one JSON document, once all is looked at.")
  private boolean json;

  /** One that takes what is not typed from the environment of this process. */
  DoctorCommand() {
    this(System.getenv());
  }

  /** One that takes it from there; it is looked at when all is typed. */
  DoctorCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    host = set("COURTSIDE_FEED_API_HOSTNAME", "");
    service = set("COURTSIDE_FEED_API_SERVICE_DID", "");
    publisher = set("COURTSIDE_FEED_API_PUBLISHER", "");
    directory = set("COURTSIDE_FEED_API_PLC_DIRECTORY", "https://plc.directory");
    data = Path.of(set("COURTSIDE_DATA", ".courtside"));
    disk = set("COURTSIDE_DISK", "20GB");
    lagLimit = set("COURTSIDE_INGESTOR_LAG_LIMIT", "");
  }

  private String set(String variable, String otherwise) {
    return environment.getOrDefault(variable, otherwise);
  }

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    Examination examination = examination();
    PrintWriter out = spec.commandLine().getOut();
    Instant at = Instant.now();
    List<Finding> findings =
        new Doctor(examination, InstantSource.system())
            .examine(json ? _ -> {} : finding -> print(finding, out));
    long wrong = count(findings, Finding.State.WRONG);
    if (json) {
      JsonPrinter.print(document(at, findings), out);
    } else {
      out.printf(
          Locale.ROOT,
          "%n%s: %d ok, %d wrong, %d not looked at%n",
          wrong == 0 ? "well, as far as was looked" : "not well",
          count(findings, Finding.State.OK),
          wrong,
          count(findings, Finding.State.NOT_LOOKED_AT));
    }
    return wrong == 0 ? ServiceProcess.EX_OK : ServiceProcess.EX_SOFTWARE;
  }

  private static long count(List<Finding> findings, Finding.State state) {
    return findings.stream().filter(finding -> finding.state() == state).count();
  }

  private static void print(Finding finding, PrintWriter out) {
    String said =
        switch (finding.state()) {
          case OK -> visible(finding.said());
          case WRONG ->
              visible(finding.said())
                  + (finding.todo().isEmpty() ? "" : ". To do: " + visible(finding.todo()));
          case NOT_LOOKED_AT -> "because " + visible(finding.said());
        };
    out.printf(Locale.ROOT, "%-14s %-20s %s%n", state(finding), visible(finding.name()), said);
    out.flush();
  }

  /** Part of it was said by strangers. */
  private static String visible(String text) {
    return VisibleText.line(text, Finding.LONGEST);
  }

  private static String state(Finding finding) {
    return finding.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static ObjectNode document(Instant at, List<Finding> findings) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("well", count(findings, Finding.State.WRONG) == 0);
    document.put("at", at.toString());
    ArrayNode list = document.putArray("findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("name", finding.name())
          .put("state", state(finding))
          .put("said", finding.said())
          .put("todo", finding.todo());
    }
    return document;
  }

  private Examination examination() {
    // Names are one whatever the case, and a DID that is one is written in lower case.
    Optional<String> asked =
        Optional.of(host.strip().toLowerCase(Locale.ROOT)).filter(name -> !name.isEmpty());
    Optional<Did> own =
        service.isBlank()
            ? asked.map(name ->
                FeedHost.did(name)
                    .orElseThrow(() ->
                        wrong("--host", "a host name, with a port where that is not 443", name)))
            : Optional.of(did("--service-did", service));
    String read = relays == null ? set("COURTSIDE_INGESTOR_RELAY", "wss://bsky.network") : relays;
    Optional<Did> account = publisher.isBlank() ? own : Optional.of(did("--publisher", publisher));
    return new Examination(
        asked,
        own,
        account,
        kafka.address(),
        RelayAddress.parseList(read)
            .orElseThrow(() -> wrong("--relay", RelayAddress.EXPECTED_LIST, read)),
        relays != null,
        data,
        bytes(),
        directory(),
        feeds.stream().map(this::feed).toList(),
        Limits.DEFAULT.withSlow(Duration.ofMillis(slow)).withLate(late()));
  }

  /** As the ingestor reads it; absent where nobody has said it here. */
  private Optional<Duration> late() {
    if (lagLimit.isBlank()) {
      return Optional.empty();
    }
    Settings settings =
        new Settings("ingestor", Map.of("COURTSIDE_INGESTOR_LAG_LIMIT", lagLimit.strip()));
    Duration late = settings.duration(settings.own("LAG_LIMIT"), "10m");
    return switch (settings.finish(() -> late)) {
      case Reading.Valid<Duration>(Duration value, var _) -> Optional.of(value);
      case Reading.Invalid<Duration> _ ->
          throw wrong("--lag-limit", "a duration such as 20s, 10m or 3h", lagLimit);
    };
  }

  /** As the feed API reads it. */
  private URI directory() {
    Settings settings =
        new Settings("feed-api", Map.of("COURTSIDE_FEED_API_PLC_DIRECTORY", directory));
    List<URI> addresses =
        settings.uris(
            settings.own("PLC_DIRECTORY"), "https://plc.directory", Set.of("http", "https"));
    Reading<List<URI>> reading = settings.finish(() -> addresses);
    return switch (reading) {
      case Reading.Valid<List<URI>>(List<URI> value, var _) when value.size() == 1 ->
          value.getFirst();
      default ->
          throw wrong("--plc-directory", "an address such as https://plc.directory", directory);
    };
  }

  private Did did(String option, String text) {
    if (!Did.isValid(text.strip())) {
      throw wrong(option, "a DID", text);
    }
    return new Did(text.strip());
  }

  private RecordKey feed(String text) {
    if (!RecordKey.isValid(text)) {
      throw wrong("--feed", "the name of a feed", text);
    }
    return new RecordKey(text);
  }

  /** As the services read it. */
  private long bytes() {
    Settings settings = new Settings("doctor", Map.of("COURTSIDE_DISK", disk));
    long bytes = settings.bytes("DISK", "20GB", DiskBudget.LEAST);
    return switch (settings.finish(() -> bytes)) {
      case Reading.Valid<Long>(Long value, var _) -> value;
      case Reading.Invalid<Long>(var problems) ->
          throw new ParameterException(
              spec.commandLine(), "--disk: " + String.join("; ", problems));
    };
  }

  private ParameterException wrong(String option, String expected, String found) {
    return new ParameterException(
        spec.commandLine(), option + " must be " + expected + ", but is '" + found + "'");
  }
}
