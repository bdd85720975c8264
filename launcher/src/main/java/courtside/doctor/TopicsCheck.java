package courtside.doctor;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.TopicMismatchException;
import courtside.eventlog.topic.Topics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Whether the topics are what every service asks for at its start. Makes and changes none. */
final class TopicsCheck implements Check {
  /** Said by all that read them. */
  static final String MISSING = "topics are missing";

  private final Examination examination;

  TopicsCheck(Examination examination) {
    this.examination = examination;
  }

  /** Why the log cannot be read; empty where it can. */
  static Optional<String> obstacle(Chart chart) {
    if (chart.kafka().isEmpty()) {
      return Optional.of(KafkaCheck.AWAY);
    }
    return chart.topicsThere() ? Optional.empty() : Optional.of(MISSING);
  }

  @Override
  public String name() {
    return "topics";
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<Admin> admin = chart.kafka();
    if (admin.isEmpty()) {
      return List.of(Finding.skipped(name(), KafkaCheck.AWAY));
    }
    Set<String> there;
    try {
      there = admin.get().listTopics().names().get();
    } catch (ExecutionException e) {
      throw new KafkaException("the topics are not known", e.getCause());
    }
    List<Topic> missing =
        Topics.ALL.stream().filter(topic -> !there.contains(topic.name())).toList();
    if (missing.isEmpty()) {
      chart.hasTopics();
    }
    List<Topic> found = Topics.ALL.stream().filter(topic -> there.contains(topic.name())).toList();
    String gone = missing.isEmpty() ? "" : "expected " + names(missing) + ", found no such topics";
    try {
      // The budget is of no account where nothing is made.
      new TopicContract(admin.get(), DiskBudget.DEFAULT)
          .check(found, examination.limits().kafka(), () -> {});
    } catch (TopicMismatchException e) {
      return List.of(
          Finding.wrong(
              name(),
              (gone.isEmpty() ? "" : gone + "; ")
                  + String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " "),
              "do what it says in brackets, and restart the services"));
    }
    if (!missing.isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              gone,
              "is this the pipeline's Kafka? Services make their topics when they start: courtside"
                  + " up, or docker compose up"));
    }
    return List.of(
        Finding.ok(
            name(),
            "all "
                + Topics.ALL.size()
                + " are there, with the partitions, clean-up and limits that"
                + " they must have"));
  }

  private static String names(List<Topic> topics) {
    return topics.stream().map(Topic::name).collect(Collectors.joining(", "));
  }
}
