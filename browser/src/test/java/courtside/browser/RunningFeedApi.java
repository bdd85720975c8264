package courtside.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.FeedApi;
import courtside.feedapi.FeedApiSettings;
import courtside.pipeline.Ports;
import courtside.service.settings.Reading;
import courtside.testkit.feeds.FeedLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A feed API beside a broker, and what the other services would write. */
final class RunningFeedApi implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final EmbeddedBroker broker;
  private final FeedLog log;
  private final FeedApiSettings settings;
  private FeedApi api;

  private RunningFeedApi(EmbeddedBroker broker, FeedLog log, FeedApiSettings settings) {
    this.broker = broker;
    this.log = log;
    this.settings = settings;
    this.api = startApi();
  }

  /** Starts both. */
  static RunningFeedApi start(Path directory) throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    FeedLog log = new FeedLog(broker.bootstrap());
    return new RunningFeedApi(broker, log, settings(broker.bootstrap(), directory));
  }

  private static FeedApiSettings settings(String bootstrap, Path directory) {
    Reading<FeedApiSettings> reading =
        FeedApiSettings.read(
            Map.of(
                "COURTSIDE_KAFKA",
                bootstrap,
                "COURTSIDE_DATA",
                directory.resolve("data").toString(),
                "COURTSIDE_DISK",
                "1GB",
                "COURTSIDE_FEED_API_PORT",
                Integer.toString(Ports.any()),
                "COURTSIDE_FEED_API_HEALTH_PORT",
                "0"));
    if (reading instanceof Reading.Valid<FeedApiSettings>(FeedApiSettings valid, var _)) {
      return valid;
    }
    throw new AssertionError(reading);
  }

  private FeedApi startApi() {
    FeedApi started = FeedApi.start(settings);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(started.health().reasons()).isEmpty());
    return started;
  }

  /** The address of its page. */
  String page() {
    return "http://127.0.0.1:" + api.pagePort() + "/";
  }

  /** What is written to. */
  FeedLog log() {
    return log;
  }

  /** Ends it, and starts it again at the same port. */
  void restart() {
    api.close();
    api = startApi();
  }

  /** What the ingestor that reads says: so many seconds since the last frame. */
  void beat(double silence, double timeout) {
    beat(silence, timeout, Instant.now());
  }

  /** What it said then. */
  void beat(double silence, double timeout, Instant at) {
    say(
        "ingestor",
        "reading",
        at,
        Map.of(
            "seconds_since_last_frame",
            silence,
            "heartbeat_timeout_seconds",
            timeout,
            "frames_per_second",
            40.0,
            "lag_seconds",
            0.3));
  }

  /** What a service says. */
  void say(String service, String state, Map<String, Double> figures) {
    say(service, state, Instant.now(), figures);
  }

  private void say(String service, String state, Instant at, Map<String, Double> figures) {
    ServiceStatus status =
        new ServiceStatus(
            service, service + "-1", at, true, state, List.of(), figures, Optional.empty());
    log.send(
        Topics.SERVICE_STATUS,
        null,
        status.key().getBytes(StandardCharsets.UTF_8),
        ServiceStatus.FORMAT.encode(status));
    log.flush();
  }

  @Override
  public void close() {
    api.close();
    log.close();
    broker.close();
  }
}
