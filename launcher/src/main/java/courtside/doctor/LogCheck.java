package courtside.doctor;

import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.processor.log.LogSizes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** How much of what the log may fill it does fill, where Kafka says so. */
final class LogCheck implements Check {
  private static final Set<String> OURS =
      Topics.ALL.stream().map(Topic::name).collect(Collectors.toUnmodifiableSet());

  private final Examination examination;

  LogCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "log";
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<Admin> admin = chart.kafka();
    if (admin.isEmpty()) {
      return List.of(Finding.skipped(name(), KafkaCheck.AWAY));
    }
    Map<TopicPartition, Long> sizes;
    try {
      sizes = LogSizes.ask(admin.get(), partition -> OURS.contains(partition.topic()));
    } catch (ExecutionException e) {
      return List.of(
          Finding.skipped(name(), "Kafka does not say how large its topics are: " + Words.of(e)));
    }
    long bytes = sizes.values().stream().mapToLong(size -> size).sum();
    long budget = examination.disk();
    if (bytes > budget) {
      return List.of(
          Finding.wrong(
              name(),
              "expected at most the "
                  + Words.ofBytes(budget)
                  + " of COURTSIDE_DISK, found "
                  + Words.ofBytes(bytes),
              "is that the services' COURTSIDE_DISK (--disk)? They apply it when they start; a"
                  + " Kafka of your own has to look often (log.retention.check.interval.ms)"));
    }
    return List.of(
        Finding.ok(
            name(),
            "%s of the %s of COURTSIDE_DISK (%d %%)"
                .formatted(Words.ofBytes(bytes), Words.ofBytes(budget), 100 * bytes / budget)));
  }
}
