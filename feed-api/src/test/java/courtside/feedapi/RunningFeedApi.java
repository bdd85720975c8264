package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.NOTE;
import static courtside.feedapi.FeedApiTest.until;
import static courtside.feedapi.FeedLog.DAY;
import static courtside.feedapi.FeedLog.utf8;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A feed API beside a broker, and what the other services would write. */
public final class RunningFeedApi implements AutoCloseable {
  private final ManualClock clock = new ManualClock(DAY);
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
  public static RunningFeedApi start(Path directory) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    FeedLog log = new FeedLog(broker.bootstrap());
    FeedApiSettings settings =
        FeedApiTest.onPort(FeedApiTest.settings(broker.bootstrap(), directory), freePort());
    RunningFeedApi running = new RunningFeedApi(broker, log, settings);
    running.awaitReady();
    return running;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private FeedApi startApi() {
    return FeedApi.start(settings, clock, System::nanoTime, NOTE);
  }

  private void awaitReady() throws Exception {
    try (Client client = new Client(api)) {
      until(() -> client.health("/health/ready").statusCode() == 200);
    }
  }

  /** The address of its page. */
  public String page() {
    return "http://127.0.0.1:" + api.pagePort() + "/";
  }

  /** What is written to. */
  public FeedLog log() {
    return log;
  }

  /** Ends it, and starts it again at the same port. */
  public void restart() throws Exception {
    api.close();
    api = startApi();
    awaitReady();
  }

  /** Lets time pass, for all that is dated. */
  public void pass(Duration time) {
    clock.advance(time);
  }

  /** What the ingestor that reads says: so many seconds since the last frame. */
  public void beat(double silence, double timeout) {
    beat(silence, timeout, clock.instant());
  }

  /** What it said then. */
  public void beat(double silence, double timeout, Instant at) {
    say(
        "ingestor",
        "reading",
        at,
        Map.of(
            "seconds_since_last_beat",
            silence,
            "heartbeat_timeout_seconds",
            timeout,
            "frames_per_second",
            40.0,
            "lag_seconds",
            0.3));
  }

  /** What a service says. */
  public void say(String service, String state, Map<String, Double> figures) {
    say(service, state, clock.instant(), figures);
  }

  private void say(String service, String state, Instant at, Map<String, Double> figures) {
    ServiceStatus status =
        new ServiceStatus(
            service, service + "-1", at, true, state, List.of(), figures, Optional.empty());
    log.send(Topics.SERVICE_STATUS, null, utf8(status.key()), ServiceStatus.FORMAT.encode(status));
    log.flush();
  }

  @Override
  public void close() {
    api.close();
    log.close();
    broker.close();
  }
}
