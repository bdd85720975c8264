package courtside.doctor;

import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Whether each service is there and does its work. An instance is there if it is heard to speak:
 * what it wrote before tells only by clocks that may be wrong. By how long what is heard was under
 * way, their clocks are known too.
 */
final class ServicesCheck implements Check {
  private static final List<String> SERVICES = List.of("ingestor", "processor", "feed-api");

  /** What an ingestor calls itself that reads, or tries to: each instance but one stands by. */
  private static final Set<String> READS =
      Set.of("reading", "lagging", "silent", "connecting", "disconnected", "blocked");

  private static final String PAUSED = "paused";
  private static final String RESUME = "paused: courtside ingest resume";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int WAIT_MS = 20;

  private final Examination examination;
  private final InstantSource clock;

  ServicesCheck(Examination examination, InstantSource clock) {
    this.examination = examination;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "services";
  }

  @Override
  public List<Finding> look(Chart chart) {
    Optional<String> obstacle = TopicsCheck.obstacle(chart);
    if (obstacle.isPresent()) {
      List<Finding> skipped = new ArrayList<>();
      SERVICES.forEach(service -> skipped.add(Finding.skipped(service, obstacle.get())));
      skipped.add(Finding.skipped("losses", obstacle.get()));
      return skipped;
    }
    List<ServiceStatus> speaking = listen(chart);
    chart.hear(speaking);
    List<Finding> findings = new ArrayList<>();
    for (String service : SERVICES) {
      findings.add(
          judge(
              service,
              speaking.stream().filter(status -> status.service().equals(service)).toList()));
    }
    findings.add(losses(speaking));
    return findings;
  }

  /** Reads what was written, and then waits for those who wrote it to speak again. */
  private List<ServiceStatus> listen(Chart chart) {
    TopicPartition partition = new TopicPartition(Topics.SERVICE_STATUS.name(), 0);
    Map<String, Object> config = examination.kafka().client();
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "courtside-doctor-status");
    config.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
        (int) examination.limits().kafka().toMillis());
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, WAIT_MS);
    Map<String, ServiceStatus> before = new TreeMap<>();
    Map<String, ServiceStatus> heard = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long reading = System.nanoTime() + examination.limits().kafka().toNanos();
      while (consumer.position(partition) < end) {
        if (System.nanoTime() - reading > 0) {
          throw new KafkaException("service.status could not be read in time");
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.value() == null && record.key() != null) {
            before.remove(record.key());
          }
          before.putAll(read(record));
        }
      }
      // From here on: what is read was written while somebody listened.
      consumer.seekToEnd(List.of(partition));
      long _ = consumer.position(partition);
      long listening = System.nanoTime() + examination.limits().spoken().toNanos();
      while (System.nanoTime() - listening < 0
          && !(heard.keySet().containsAll(before.keySet()) && isEachService(heard))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          Map<String, ServiceStatus> said = read(record);
          Instant now = clock.instant();
          said.forEach((key, status) -> chart.saw(key, Duration.between(now, status.at())));
          heard.putAll(said);
        }
      }
    }
    return List.copyOf(heard.values());
  }

  /** One that has never spoken before may speak yet. */
  private static boolean isEachService(Map<String, ServiceStatus> heard) {
    return heard.values().stream()
        .map(ServiceStatus::service)
        .collect(Collectors.toSet())
        .containsAll(SERVICES);
  }

  private static Map<String, ServiceStatus> read(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null || record.key() == null) {
      return Map.of();
    }
    try {
      return Map.of(record.key(), ServiceStatus.FORMAT.decode(record.value()));
    } catch (SerializationException e) {
      // Of a version that is not known here: whoever writes such a thing is no help.
      return Map.of();
    }
  }

  private Finding judge(String service, List<ServiceStatus> speaking) {
    if (speaking.isEmpty()) {
      return Finding.wrong(
          service,
          "expected a word of it each second, found none for "
              + Words.of(examination.limits().spoken()),
          "does it run, and with this Kafka? docker compose ps; docker compose logs " + service);
    }
    List<ServiceStatus> unready = speaking.stream().filter(status -> !status.ready()).toList();
    boolean paused = speaking.stream().anyMatch(status -> status.state().equals(PAUSED));
    if (unready.isEmpty()
        && service.equals("ingestor")
        && speaking.stream().map(ServiceStatus::state).noneMatch(READS::contains)) {
      // Each is ready for what it is told to do.
      return Finding.wrong(
          service,
          "expected one to read, found "
              + speaking.stream().map(ServiceStatus::state).collect(Collectors.joining(", ")),
          paused
              ? RESUME
              : "no instance reads: does the one that writes still hold its place? docker compose"
                  + " logs ingestor");
    }
    if (unready.isEmpty()) {
      return Finding.ok(
          service,
          Words.of(speaking.size(), "instance", "instances")
              + ": "
              + speaking.stream().map(ServiceStatus::state).collect(Collectors.joining(", ")));
    }
    return Finding.wrong(
        service,
        unready.stream()
            .map(status ->
                "expected "
                    + status.instance()
                    + " to be ready, found that it is "
                    + status.state()
                    + (status.reasons().isEmpty()
                        ? ""
                        : ": " + String.join("; ", status.reasons())))
            .collect(Collectors.joining("; ")),
        (paused ? RESUME + "; " : "")
            + "docs/operations.md, Alerts; docker compose logs "
            + service);
  }

  private static Finding losses(List<ServiceStatus> speaking) {
    Set<Double> figures = new HashSet<>();
    for (ServiceStatus status : speaking) {
      Double losses = status.figures().get("unacknowledged_losses");
      if (losses != null) {
        figures.add(losses);
      }
    }
    if (figures.isEmpty()) {
      return Finding.skipped("losses", "neither an ingestor nor a processor speaks");
    }
    long most = figures.stream().mapToLong(Double::longValue).max().orElse(0);
    return most == 0
        ? Finding.ok("losses", "none that nobody knows of")
        : Finding.wrong(
            "losses",
            "expected none, found "
                + Words.of(most, "incident", "incidents")
                + " in which something was lost and that nobody has acknowledged",
            "courtside incidents list says from where to where; then courtside incidents"
                + " acknowledge");
  }
}
