package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.identity.FetchSettings;
import courtside.inspection.AccountKey;
import courtside.inspection.FrameCheck;
import courtside.inspection.FrameSearch;
import courtside.inspection.FrameSheet;
import courtside.inspection.SeenFrame;
import courtside.inspection.TopicLog;
import courtside.service.ServiceProcess;
import courtside.service.kafka.KafkaAddress;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints one frame, and whether it is what its account signed. */
@Command(
    name = "show",
    description = {
      "Prints a frame with its operations and records, and says whether its proof holds and its"
          + " signature is right. Looks through the log from its end, as there is no index: --since,"
          + " or --relay with --epoch, make that shorter.",
      "Where a number is there more than once, the newest is shown, and which others there are.",
      "The key is asked for in the account's document: at the PLC directory, or at the host of a"
          + " did:web. Where it cannot be had the signature is not checked, and that is said."
    },
    footer = "%nWith --json: one object, with 'ops', 'records' by CID, 'verification', 'others'.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown, and nothing of what could be checked is wrong",
      "2:the command line is wrong",
      "70:not found, or something is wrong with it; with --verify also what could not be checked"
    },
    mixinStandardHelpOptions = true)
final class FramesShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();
  @Mixin private SinceOption since = new SinceOption();
  @Mixin private JsonOption json = new JsonOption();

  @Parameters(paramLabel = "SEQ", description = "The sequence number that a relay gave it.")
  private long seq;

  @Option(names = "--relay", paramLabel = "NAME", description = "The relay that sent it.")
  private @Nullable String relay;

  @Option(
      names = "--epoch",
      paramLabel = "N",
      description = "Which numbering of the relay, where it began anew or was read again.")
  private @Nullable Long epoch;

  @Option(
      names = "--plc",
      paramLabel = "URL",
      description = "The PLC directory. Default: ${DEFAULT-VALUE}",
      defaultValue = "https://plc.directory")
  private URI directory = FetchSettings.DEFAULT.directory();

  @Option(
      names = "--key",
      paramLabel = "did:key:…",
      description = "The key that should have signed; nobody is asked for it then.")
  private @Nullable String key;

  @Option(
      names = "--verify",
      description = "End with 70 unless proof and signature were checked and are right.")
  private boolean verify;

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    if (seq < 1) {
      throw new ParameterException(
          spec.commandLine(), "SEQ must be a number above 0, but is " + seq);
    }
    if (!FetchSettings.isDirectory(directory)) {
      throw new ParameterException(
          spec.commandLine(), "--plc must be an http or https address, but is '" + directory + "'");
    }
    Optional<AccountKey> given = given();
    FrameSearch.Found found = search(kafka.address());
    SeenFrame seen = found.newest();
    FrameCheck check = FrameCheck.of(seen, key(seen, given), Instant.now());
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      ObjectNode document = FrameSheet.json(seen, check);
      ArrayNode others = document.putArray("others");
      found.others().forEach(other -> others.add(other.toJson()));
      JsonPrinter.print(document, out);
    } else {
      FrameSheet.text(seen, check).forEach(out::println);
      found
          .others()
          .forEach(other -> out.println("also there    courtside frames show " + seq + other));
      out.flush();
    }
    return check.isWrong() || !seen.isReadable() || (verify && !check.isWhole())
        ? ServiceProcess.EX_SOFTWARE
        : ServiceProcess.EX_OK;
  }

  private FrameSearch.Found search(KafkaAddress address)
      throws RefusedException, InterruptedException {
    RequiredTopics.require(address, List.of(Topics.FRAMES));
    FrameSearch search =
        new FrameSearch(
            seq,
            Optional.ofNullable(relay),
            epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch));
    try (TopicLog log = new TopicLog(address, Topics.FRAMES);
        Looking looking = Looking.on(spec.commandLine().getErr(), System.getenv())) {
      TopicLog.Backwards backwards = log.backwards(log.partitions(), since.from(Instant.now()));
      while (!backwards.isDone() && !search.isOver()) {
        backwards.read(search::look);
        looking.at(backwards.percent());
      }
    }
    return search.found().orElseThrow(() -> new RefusedException(search.nothing()));
  }

  private Optional<AccountKey> given() {
    String text = key;
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(AccountKey.given(text));
    } catch (MalformedDataException e) {
      throw new ParameterException(spec.commandLine(), "--key: " + e.getMessage(), e);
    }
  }

  private AccountKey key(SeenFrame seen, Optional<AccountKey> given) throws InterruptedException {
    if (given.isPresent()) {
      return given.get();
    }
    Optional<Did> signer = FrameCheck.signer(seen);
    return signer.isPresent()
        ? AccountKey.resolve(signer.get(), directory)
        : new AccountKey.Unknown("nobody signed it");
  }
}
