package courtside.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import courtside.demo.DemoRelay;
import courtside.eventlog.control.Wish;
import courtside.eventlog.topic.Topics;
import courtside.monitoring.Selector.Series;
import courtside.pipeline.FeedReader;
import courtside.pipeline.Pipeline;
import courtside.pipeline.Ports;
import courtside.screen.Screen;
import courtside.testkit.relay.Pace;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every alert and every panel asks for something that a pipeline that runs does export. */
@Timeout(300)
final class MonitoringTest {
  private static final Path DEPLOY = Path.of(System.getProperty("courtside.root"), "deploy");
  private static final Path OPERATIONS =
      Path.of(System.getProperty("courtside.root"), "docs", "operations.md");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final double NETWORK = 50;

  private final int ingestorPort = Ports.any();
  private final int processorPort = Ports.any();
  private final int feedApiPort = Ports.any();

  @TempDir Path directory;

  @Test
  void whatIsAskedForIsExported() throws Exception {
    Set<Selector> missing = new LinkedHashSet<>();
    expressions().forEach(expression -> missing.addAll(Selector.of(expression)));
    assertThat(missing).hasSizeGreaterThan(30);
    try (DemoRelay relay =
            DemoRelay.start(directory.resolve("relay"), new Pace.AsFastAsPossible(), NETWORK);
        Pipeline pipeline = pipeline(relay);
        FeedReader reader = new FeedReader(pipeline.feedApi().port());
        HttpClient client = HttpClient.newHttpClient()) {
      await().atMost(LIMIT).until(() -> pipeline.ingestor().health().state().equals("reading"));
      await().atMost(LIMIT).until(() -> pipeline.processor().health().ready());
      assertThat(reader.get("xrpc/app.bsky.feed.describeFeedGenerator").statusCode())
          .isEqualTo(200);
      // Some is said only once it has happened.
      System.gc();
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(withoutPause(strike(missing, client)))
                  .as("asked for, and exported by nobody")
                  .isEmpty());
      pause(pipeline);
      await().atMost(LIMIT).until(() -> pipeline.ingestor().health().state().equals("paused"));
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            assertThat(strike(missing, client)).as("exported by nobody, paused or not").isEmpty();
          });
    }
  }

  @Test
  void everyAlertIsExplained() throws IOException {
    String operations = Files.readString(OPERATIONS);
    for (JsonNode rule : rules()) {
      assertThat(operations).contains("`" + rule.path("alert").asText() + "`");
      assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
    }
  }

  /** Strikes off what is exported now; returns what is missing still. */
  private Set<Selector> strike(Set<Selector> missing, HttpClient client) throws Exception {
    List<Series> series = new ArrayList<>();
    for (int port : List.of(ingestorPort, processorPort, feedApiPort)) {
      series.addAll(
          Series.of(
              client
                  .send(
                      HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body()));
    }
    missing.removeIf(selector -> series.stream().anyMatch(selector::finds));
    return missing;
  }

  /** Those that a pause does not bring. */
  private static List<Selector> withoutPause(Set<Selector> missing) {
    return missing.stream()
        .filter(selector -> !selector.equal().containsValue("seconds_until_relay_forgets"))
        .filter(selector -> !selector.equal().containsValue("paused"))
        .toList();
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    new ObjectMapper(new YAMLFactory())
        .readTree(DEPLOY.resolve("prometheus").resolve("alerts.yml").toFile())
        .path("groups")
        .forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }

  private static List<String> expressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    rules().forEach(rule -> expressions.add(rule.path("expr").asText()));
    JsonNode dashboard =
        new ObjectMapper().readTree(DEPLOY.resolve("grafana/dashboards/courtside.json").toFile());
    dashboard
        .path("panels")
        .forEach(panel ->
            panel.path("targets").forEach(target -> expressions.add(target.path("expr").asText())));
    return expressions;
  }

  private static void pause(Pipeline pipeline) throws Exception {
    Wish pause = new Wish.Ingesting("pause", Instant.now(), true);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", pipeline.broker().bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.CONTROL.name(), pause.key(), Wish.FORMAT.encode(pause)))
          .get();
    }
  }

  private Pipeline pipeline(DemoRelay relay) throws InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_DISK", "1GB");
    settings.put("COURTSIDE_INGESTOR_RELAY", DemoRelay.NAME + "=" + relay.uri());
    settings.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    settings.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    settings.put("COURTSIDE_INGESTOR_HEALTH_PORT", Integer.toString(ingestorPort));
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", Integer.toString(processorPort));
    settings.put(
        "COURTSIDE_PROCESSOR_FEEDS",
        Path.of(System.getProperty("courtside.root"), "feeds").toString());
    settings.put("COURTSIDE_FEED_API_PORT", "0");
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", Integer.toString(feedApiPort));
    settings.put("COURTSIDE_DATA", directory.resolve("data").toString());
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Pipeline.start(Pipeline.read(settings, Ports.any()), new Screen(nowhere, false, 80));
  }
}
