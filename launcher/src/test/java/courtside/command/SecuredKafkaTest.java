package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import courtside.atproto.syntax.RecordKey;
import courtside.feedapi.FeedApi;
import courtside.feedapi.FeedApiSettings;
import courtside.ingestor.Ingestor;
import courtside.ingestor.IngestorSettings;
import courtside.pipeline.FeedReader;
import courtside.processor.Processor;
import courtside.processor.ProcessorSettings;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The three services and the command line with a Kafka that asks for TLS and a password. */
@Timeout(180)
final class SecuredKafkaTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What logs, as much as it ever does in service. */
  private static final Map<String, Level> LOGGERS =
      Map.of("courtside", Level.DEBUG, "org.apache.kafka", Level.INFO);

  @TempDir Path directory;

  @Test
  void servesAFeedThroughItAndTellsNoPassword() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    LOGGERS.forEach((name, level) -> listen(name, level, log));
    String settings;
    try {
      settings = serve();
    } finally {
      LOGGERS.keySet().forEach(name -> leave(name, log));
    }
    assertThat(settings).contains("sasl.jaas.config").doesNotContain(SecuredKafka.PASSWORD);
    assertThat(log.list)
        .anyMatch(event -> event.getFormattedMessage().contains("sasl.jaas.config = [hidden]"));
    assertThat(log.list).noneMatch(event -> whole(event).contains(SecuredKafka.PASSWORD));
  }

  private String serve() throws Exception {
    Path definition = directory.resolve("every.yaml");
    Files.writeString(
        definition, "feed: every\nname: Every\nrule: '*:*'\nmax-age: none\nkeep: 28d\n");
    Recording recording = Recording.bundled();
    try (SecuredKafka kafka = new SecuredKafka(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Player player = Player.start(recording, frames, new Pace.AsFastAsPossible())) {
      String file = kafka.properties(SecuredKafka.PASSWORD).toString();
      Map<String, String> environment = environment(kafka, relay, file);
      IngestorSettings ofIngestor = valid(IngestorSettings.read(environment));
      ProcessorSettings ofProcessor = valid(ProcessorSettings.read(environment));
      FeedApiSettings ofFeedApi = valid(FeedApiSettings.read(environment));
      try (FeedApi feedApi = FeedApi.start(ofFeedApi);
          Processor _ = Processor.start(ofProcessor);
          Ingestor ingestor = Ingestor.start(ofIngestor);
          FeedReader reader = new FeedReader(feedApi.port());
          CommittedRecords records = new CommittedRecords(kafka.open())) {
        assertThat(player.awaitEnd(LIMIT)).isTrue();
        await().atMost(LIMIT).until(() -> ingestor.health().ready());
        Typed applied = type(kafka, file, "feeds", "apply", definition.toString());
        assertThat(applied.out()).contains("  is served, and has read the whole history\n");
        assertThat(type(kafka, file, "ingest", "status").out()).contains("  reading  (");
        assertThat(type(kafka, file, "incidents", "list").code()).isZero();
        assertThat(type(kafka, file, "blocks", "list").code()).isZero();
        String feed = feedApi.feedUri(new RecordKey("every"));
        await().atMost(LIMIT).until(() -> !reader.readAll(feed).isEmpty());
        assertThat(LoggedFrames.compare(records, recording.frames()))
            .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
        refusesOthers(kafka);
      }
      return ofIngestor + "\n" + ofProcessor + "\n" + ofFeedApi;
    }
  }

  private static void refusesOthers(SecuredKafka kafka) throws Exception {
    try (Admin admin = Admin.create(new KafkaAddress(kafka.bootstrap()).client())) {
      DescribeClusterOptions soon = new DescribeClusterOptions().timeoutMs(1_000);
      assertThatThrownBy(() -> admin.describeCluster(soon).nodes().get())
          .hasCauseInstanceOf(TimeoutException.class);
    }
    String other = kafka.properties("an0ther").toString();
    Typed refused = type(kafka, other, "ingest", "status");
    assertThat(refused.code()).isEqualTo(70);
    assertThat(refused.out()).contains("Authentication failed").doesNotContain("an0ther");
  }

  private static Typed type(SecuredKafka kafka, String file, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--kafka", kafka.bootstrap(), "--kafka-properties", file));
    return Typed.alone(all.toArray(String[]::new));
  }

  @Test
  void aCommandSaysAllThatIsWrongWithTheFileAndDoesNothing() throws Exception {
    Path file = directory.resolve("kafka.properties");
    Files.writeString(file, "isolation.level=read_uncommitted\n");
    Typed typed =
        Typed.alone(
            "ingest", "status", "--kafka", "nonsense", "--kafka-properties", file.toString());
    assertThat(typed.code()).isEqualTo(2);
    assertThat(typed.out())
        .contains(
            "--kafka must be host:port, or several separated by commas, but is 'nonsense'\n",
            "--kafka-properties must name a file of security.protocol, sasl.… and ssl.… alone, as"
                + " the rest is for Courtside to decide, but '"
                + file
                + "' has isolation.level\n",
            "--kafka-properties must name a file that says security.protocol");
  }

  private Map<String, String> environment(SecuredKafka kafka, Relay relay, String file) {
    return Map.ofEntries(
        Map.entry("COURTSIDE_KAFKA", kafka.bootstrap()),
        Map.entry("COURTSIDE_KAFKA_PROPERTIES", file),
        Map.entry("COURTSIDE_DATA", directory.resolve("data").toString()),
        Map.entry("COURTSIDE_DISK", "1GB"),
        Map.entry("COURTSIDE_INGESTOR_RELAY", "recording=" + relay.uri()),
        Map.entry("COURTSIDE_INGESTOR_START", "oldest-if-new"),
        // The frames are as old as the recording.
        Map.entry("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d"),
        Map.entry("COURTSIDE_INGESTOR_HEALTH_PORT", "0"),
        Map.entry("COURTSIDE_PROCESSOR_HEALTH_PORT", "0"),
        Map.entry("COURTSIDE_PROCESSOR_FEEDS", "none"),
        Map.entry("COURTSIDE_FEED_API_PORT", "0"),
        Map.entry("COURTSIDE_FEED_API_HEALTH_PORT", "0"));
  }

  private static <T> T valid(Reading<T> reading) {
    return switch (reading) {
      case Reading.Valid<T>(var settings, var effective) -> {
        assertThat(effective.toString()).doesNotContain(SecuredKafka.PASSWORD);
        yield settings;
      }
      case Reading.Invalid<T>(var problems) -> throw new AssertionError(problems.toString());
    };
  }

  private static void listen(String name, Level level, ListAppender<ILoggingEvent> log) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    logger.setLevel(level);
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  private static void leave(String name, ListAppender<ILoggingEvent> log) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(Level.ERROR);
  }

  private static String whole(ILoggingEvent event) {
    return event.getFormattedMessage()
        + event.getKeyValuePairs()
        + (event.getThrowableProxy() == null
            ? ""
            : ThrowableProxyUtil.asString(event.getThrowableProxy()));
  }
}
