package courtside.command;

import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.Topics;
import courtside.inspection.FrameLine;
import courtside.inspection.Newest;
import courtside.inspection.SeenFrame;
import courtside.inspection.TopicLog;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import courtside.service.StopSignal;
import courtside.service.kafka.KafkaAddress;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the newest frames, and those that come. */
@Command(
    name = "tail",
    description = {
      "Prints the newest frames, the oldest of them first, a line each: when it was seen, relay,"
          + " epoch, sequence number, kind, account, and what it says. Then those that come, until"
          + " Ctrl-C."
    },
    footer = "%nWith --json: an object a line, with 'ops' where it is a commit.",
    mixinStandardHelpOptions = true)
final class FramesTailCommand implements Callable<Integer> {
  private static final int MOST = 10_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();
  @Mixin private SinceOption since = new SinceOption();
  @Mixin private JsonOption json = new JsonOption();

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many, 0 to 10000. Default: ${DEFAULT-VALUE}",
      defaultValue = "10")
  private int lines;

  @Option(names = "--repo", paramLabel = "DID", description = "Only those of this account.")
  private @Nullable String repo;

  @Option(names = "--no-follow", description = "End after the newest.")
  private boolean ends;

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    if (lines < 0 || lines > MOST) {
      throw new ParameterException(
          spec.commandLine(), "-n must be from 0 to " + MOST + ", but is " + lines);
    }
    Optional<Did> account = account();
    KafkaAddress address = kafka.address();
    RequiredTopics.require(address, List.of(Topics.FRAMES));
    PrintWriter out = spec.commandLine().getOut();
    try (StopSignal signal = StopSignal.toThisThread();
        TopicLog log = new TopicLog(address, Topics.FRAMES)) {
      try {
        tail(log, account, out);
        return ServiceProcess.EX_OK;
      } catch (InterruptException e) {
        if (!signal.received()) {
          throw e;
        }
        return ServiceProcess.EX_OK;
      }
    }
  }

  private Optional<Did> account() {
    String text = repo;
    if (text == null) {
      return Optional.empty();
    }
    if (!Did.isValid(text)) {
      throw new ParameterException(
          spec.commandLine(), "--repo must be a DID, did:plc:…, but is '" + text + "'");
    }
    return Optional.of(new Did(text));
  }

  private void tail(TopicLog log, Optional<Did> account, PrintWriter out) {
    Optional<byte[]> key = account.map(did -> did.value().getBytes(StandardCharsets.UTF_8));
    Predicate<ConsumerRecord<byte[], byte[]>> wanted =
        record -> key.isEmpty() || Arrays.equals(record.key(), key.get());
    // The ingestor puts all that an account says into one partition.
    List<Integer> partitions =
        key.map(bytes ->
                List.of(BuiltInPartitioner.partitionForKey(bytes, Topics.FRAMES.partitions())))
            .orElseGet(log::partitions);
    TopicLog.Backwards backwards = log.backwards(partitions, since.from(Instant.now()));
    if (lines > 0) {
      Newest<String> newest = new Newest<>(lines, this::line);
      try (Looking looking = Looking.on(spec.commandLine().getErr(), System.getenv())) {
        newest.read(backwards, wanted, () -> looking.at(backwards.percent()));
      }
      newest.inOrder().forEach(out::println);
      out.flush();
    }
    if (!ends) {
      // Who has read enough, as head does, closes what is printed to.
      log.follow(
          backwards.ends(),
          () -> !out.checkError(),
          record -> {
            if (wanted.test(record)) {
              out.println(line(record));
            }
          });
    }
  }

  private String line(ConsumerRecord<byte[], byte[]> record) {
    SeenFrame seen = SeenFrame.of(record);
    return json.wanted() ? VisibleText.line(FrameLine.json(seen).toString()) : FrameLine.text(seen);
  }
}
