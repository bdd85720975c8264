package courtside.processor.incident;

import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topic;
import courtside.processor.streams.Overtaking;
import courtside.processor.streams.Overtaking.Loss;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Writes an incident for each loss, with the first record after it, or where none comes soon,
 * without one. Confined to its task's thread.
 */
final class LossProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final String application;
  private final Topic input;
  private final Overtaking overtaking;

  LossProcessor(String application, Topic input, Overtaking overtaking) {
    this.application = application;
    this.input = input;
    this.overtaking = overtaking;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    overtaking.taskBegins(partition());
    context.schedule(
        PERIOD, PunctuationType.WALL_CLOCK_TIME, _ -> write(overtaking.withoutRecord(partition())));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    write(overtaking.nextRecord(partition()));
  }

  private void write(List<Loss> losses) {
    for (Loss loss : losses) {
      Incident incident =
          incident(application, loss, Instant.ofEpochMilli(context().currentSystemTimeMs()));
      context()
          .forward(
              new Record<>(
                  application.getBytes(StandardCharsets.UTF_8),
                  Incident.FORMAT.encode(incident),
                  incident.at().toEpochMilli()),
              LossNode.INCIDENTS);
    }
  }

  /** What is said of a loss. */
  static Incident incident(String application, Loss loss, Instant at) {
    OptionalLong had =
        loss.expected().isPresent()
            ? OptionalLong.of(loss.expected().getAsLong() - 1)
            : OptionalLong.empty();
    return new Incident(
        Incident.Kind.OVERTAKEN,
        application,
        at,
        had,
        OptionalLong.of(loss.start()),
        found(application, loss),
        "went on at offset " + loss.start() + ", the oldest that there was");
  }

  private static String found(String application, Loss loss) {
    if (loss.expected().isEmpty()) {
      return application
          + " has read "
          + loss.partition()
          + " before, and its group does not know any more how far: it was away for too long, or"
          + " the topic was made anew";
    }
    long expected = loss.expected().getAsLong();
    if (loss.isOfAnotherLog()) {
      return application
          + " was to go on at offset "
          + expected
          + " of "
          + loss.partition()
          + ", which ends before it: the topic was made anew, or has lost its end";
    }
    return "offsets "
        + expected
        + " to "
        + (loss.start() - 1)
        + " of "
        + loss.partition()
        + " were deleted before "
        + application
        + " had read them";
  }

  private TopicPartition partition() {
    return new TopicPartition(input.name(), context().taskId().partition());
  }
}
