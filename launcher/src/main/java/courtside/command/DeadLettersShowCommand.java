package courtside.command;

import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.topic.Topics;
import courtside.inspection.Letters;
import courtside.inspection.TopicLog;
import courtside.service.ServiceProcess;
import courtside.service.kafka.KafkaAddress;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints one. */
@Command(
    name = "show",
    description = {
      "Prints a dead letter: all that is said of it, the bytes that were kept, and the values that"
          + " they are, as far as they can be read."
    },
    mixinStandardHelpOptions = true)
final class DeadLettersShowCommand implements Callable<Integer> {
  private static final Pattern PLACE = Pattern.compile("([0-9]{1,4}):([0-9]{1,18})");

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private KafkaOption kafka = new KafkaOption();

  @Parameters(
      paramLabel = "PARTITION:OFFSET",
      description = "Where it stands, as 'dead-letters list' says.")
  private String place = "";

  @Option(
      names = "--bytes",
      paramLabel = "N",
      description = "How many bytes are shown at most. Default: ${DEFAULT-VALUE}",
      defaultValue = "1024")
  private int bytes;

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    Matcher matcher = PLACE.matcher(place);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(1)) >= Topics.DEAD_LETTERS.partitions()) {
      throw new ParameterException(
          spec.commandLine(),
          "expected PARTITION:OFFSET as 'courtside dead-letters list' says it, such as 0:17; found '"
              + place
              + "'");
    }
    if (bytes < 0) {
      throw new ParameterException(
          spec.commandLine(), "--bytes must be a number from 0, but is " + bytes);
    }
    KafkaAddress address = kafka.address();
    RequiredTopics.require(address, List.of(Topics.DEAD_LETTERS));
    Optional<ConsumerRecord<byte[], byte[]>> record;
    try (TopicLog log = new TopicLog(address, Topics.DEAD_LETTERS)) {
      record = log.at(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }
    if (record.isEmpty()) {
      throw new RefusedException(
          "expected a dead letter at "
              + place
              + ", found none, or none any more. What there is: courtside dead-letters list");
    }
    DeadLetter letter =
        Letters.read(record.get())
            .orElseThrow(() ->
                new RefusedException(
                    place + " is of a version that is not known here: a newer courtside reads it"));
    PrintWriter out = spec.commandLine().getOut();
    Letters.sheet(record.get(), letter, bytes).forEach(out::println);
    out.flush();
    return ServiceProcess.EX_OK;
  }
}
