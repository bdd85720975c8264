package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.Incident;
import courtside.ingestor.process.CommittedFrames;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.Injection;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Makes rows of what one relay's traffic lives through, one fault after the other: each is judged
 * by what is committed once a frame of after it is. Confined to one thread.
 */
final class FaultRows implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FaultTable table;
  private final IngestorFixture fixture;
  private final Traffic traffic;
  private final String relay;
  private final CommittedFrames committed;
  private int lost;
  private int doubled;
  private int said;

  FaultRows(FaultTable table, IngestorFixture fixture, Traffic traffic, String relay) {
    this.table = table;
    this.fixture = fixture;
    this.traffic = traffic;
    this.relay = relay;
    this.committed = CommittedFrames.start(fixture.bootstrap());
  }

  /**
   * When a fault was committed.
   *
   * @param nanos on the monotonic clock
   * @param shown how many frames the traffic had by then; the next is new
   */
  record Moment(long nanos, int shown) {}

  /** Now. */
  Moment now() {
    return of(System.nanoTime());
  }

  /** When it fired first; frames up to now may have been shown before. */
  Moment of(Injection injection) {
    return of(injection.firstFiredNanos().orElseThrow());
  }

  /** That time; frames up to now may have been shown before. */
  Moment of(long nanos) {
    return new Moment(nanos, traffic.frames(relay).size());
  }

  /** Adds a fault in which nothing was lost. */
  void add(String fault, long fired, Moment moment) {
    add(fault, fired, moment, 0);
  }

  /**
   * Adds a fault; the first frame of after it has to be committed, and all before that but those
   * that the relay had no more.
   *
   * @param fired how often
   * @param moment when first
   * @param gone how many the relay had no more
   */
  void add(String fault, long fired, Moment moment, int gone) {
    assertThat(fired).as("%s fired", fault).isPositive();
    await().atMost(LIMIT).until(() -> traffic.frames(relay).size() > moment.shown());
    List<RecordedFrame> shown = traffic.frames(relay).subList(0, moment.shown() + 1);
    long millis =
        TimeUnit.NANOSECONDS.toMillis(committed.await(shown.getLast().bytes()) - moment.nanos());
    // One partition may show a transaction a little later than another.
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    LoggedFrames logged = LoggedFrames.compare(fixture.records(), shown);
    while (logged.lost().size() > lost + gone && System.nanoTime() - deadline < 0) {
      logged = LoggedFrames.compare(fixture.records(), shown);
    }
    int lostHere = logged.lost().size() - lost;
    int doubledHere = logged.doubled().size() - doubled;
    table.add(fault, Math.toIntExact(fired), millis, lostHere, doubledHere, saidSince());
    lost += lostHere;
    doubled += doubledHere;
    assertThat(lostHere).as("lost by: %s", fault).isEqualTo(gone);
    assertThat(doubledHere).as("doubled by: %s", fault).isZero();
  }

  /** Waits until the last frame of the traffic, which has ended, is committed. */
  void awaitLast() {
    var _ = committed.await(traffic.frames(relay).getLast().bytes());
  }

  /** What was said since the row before. */
  private String saidSince() {
    List<Incident> incidents = fixture.incidents();
    String text =
        incidents.stream().skip(said).map(FaultRows::inWords).collect(Collectors.joining(", "));
    said = incidents.size();
    return text;
  }

  /** In few words, with both ends where they matter. */
  static String inWords(Incident incident) {
    return switch (incident.kind()) {
      case GAP, LOSS, OVERTAKEN, EPOCH, SKIPPED_NUMBERS, FAILOVER ->
          incident.kind() + " " + end(incident.from()) + " to " + end(incident.to());
      case STALL, RECONNECT, RESUMED, SLOW_CONSUMER, RELAY_ERROR -> incident.kind().toString();
    };
  }

  private static String end(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "?";
  }

  @Override
  public void close() throws InterruptedException {
    committed.close();
  }
}
