package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.topic.Topics;
import courtside.inspection.Letters;
import courtside.inspection.Newest;
import courtside.inspection.TopicLog;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import courtside.service.kafka.KafkaAddress;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists them. */
@Command(
    name = "list",
    description = {
      "Lists the newest dead letters, the oldest of them first, a line each: where it stands, when,"
          + " which stage could not use it, reason, account, length, where it came from, and what was"
          + " expected and found. Then how many there are, by reason."
    },
    footer = "%nWith --json: an object with 'letters' and 'counts' by reason.",
    mixinStandardHelpOptions = true)
final class DeadLettersListCommand implements Callable<Integer> {
  private static final int MOST = 10_000;

  /** Reasons are of closed sets, but a log may hold anything. */
  private static final int MOST_REASONS = 200;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();
  @Mixin private SinceOption since = new SinceOption();
  @Mixin private JsonOption json = new JsonOption();

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many, 1 to 10000. Default: ${DEFAULT-VALUE}",
      defaultValue = "20")
  private int lines;

  @Option(names = "--reason", paramLabel = "REASON", description = "Only those of this reason.")
  private @Nullable String reason;

  private final Map<String, Long> counts = new TreeMap<>();
  private long unreadable;

  /** A line, or an object. */
  private record Shown(String line, ObjectNode json) {}

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    if (lines < 1 || lines > MOST) {
      throw new ParameterException(
          spec.commandLine(), "-n must be from 1 to " + MOST + ", but is " + lines);
    }
    KafkaAddress address = kafka.address();
    RequiredTopics.require(address, List.of(Topics.DEAD_LETTERS));
    Newest<Shown> newest = new Newest<>(lines, DeadLettersListCommand::shown);
    try (TopicLog log = new TopicLog(address, Topics.DEAD_LETTERS);
        Looking looking = Looking.on(spec.commandLine().getErr(), System.getenv())) {
      TopicLog.Backwards backwards = log.backwards(log.partitions(), since.from(Instant.now()));
      // All of it: how many there are of a reason is what one wants to know first.
      while (!backwards.isDone()) {
        backwards.read(record -> take(record, newest));
        looking.at(backwards.percent());
      }
    }
    print(newest.inOrder());
    return ServiceProcess.EX_OK;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Newest<Shown> newest) {
    Optional<DeadLetter> letter = Letters.read(record);
    if (letter.isEmpty()) {
      unreadable++;
      return;
    }
    String why = letter.get().reason();
    if (counts.size() < MOST_REASONS || counts.containsKey(why)) {
      counts.merge(why, 1L, Long::sum);
    }
    if (reason == null || why.equals(reason)) {
      newest.add(record);
    }
  }

  private static Shown shown(ConsumerRecord<byte[], byte[]> record) {
    // It was read before it was taken.
    DeadLetter letter = Letters.read(record).orElseThrow();
    return new Shown(Letters.line(record, letter), Letters.json(record, letter));
  }

  private void print(List<Shown> letters) {
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      ArrayNode all = document.putArray("letters");
      letters.forEach(letter -> all.add(letter.json()));
      ObjectNode numbers = document.putObject("counts");
      counts.forEach((name, count) -> numbers.put(name, count));
      document.put("unreadable", unreadable);
      JsonPrinter.print(document, out);
      return;
    }
    letters.forEach(letter -> out.println(letter.line()));
    if (counts.isEmpty()) {
      out.println("There are no dead letters.");
    }
    counts.forEach((name, count) ->
        out.println(String.format(Locale.ROOT, "%,10d  %s", count, VisibleText.line(name))));
    if (unreadable > 0) {
      out.println(
          String.format(
              Locale.ROOT,
              "%,10d  of a version that is not known here: a newer courtside reads them",
              unreadable));
    }
    out.flush();
  }
}
