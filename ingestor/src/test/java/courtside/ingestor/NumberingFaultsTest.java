package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.Incident;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.StablePort;
import courtside.testkit.relay.CursorRule;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Ledger;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One ingestor that lives through everything that is odd about a relay's numbers and cursors, one
 * after the other, while frames go on. Times are scaled 1:10. Lost is only what the relay had no
 * more, and that is said with both ends.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class NumberingFaultsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String RELAY = "recording";
  private static final RelaySettings QUIET = RelaySettings.DEFAULT.withCursorNotices(false);
  private static final long FAR = 5_000_000_000L;
  private static final long BACK = 300;

  /** More numbers than are read again on suspicion. */
  private static final long NOT_NEAR = 20_000_000;

  private static final int WINDOW = 500;
  private static final long SMALL = 150_000;

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final List<FrameLog> logs = new ArrayList<>();

  @TempDir Path directory;
  private IngestorFixture fixture;
  private Traffic traffic;
  private FaultTable table;
  private FaultRows lived;
  private FrameLog log;
  private Relay relay;

  /** When the oddity under test began. */
  private FaultRows.Moment from;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    log = newLog(FrameLog.DEFAULT_BYTES);
    // It comes back at the same port.
    relay = Relay.start(QUIET.withPort(StablePort.find()), log);
    traffic = Traffic.startKept(RELAY, log, seed);
    table = new FaultTable("numbering");
    lived = new FaultRows(table, fixture, traffic, RELAY);
    from = lived.now();
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    lived.close();
    traffic.close();
    relay.close();
    for (FrameLog each : logs) {
      each.close();
    }
    fixture.close();
  }

  private FrameLog newLog(long keptBytes) throws IOException {
    FrameLog made = FrameLog.open(directory.resolve("relay-" + logs.size()), keptBytes);
    logs.add(made);
    return made;
  }

  @Test
  void loseOnlyWhatTheRelayHadNoMore() throws Exception {
    try (Ingestor ingestor =
        fixture.start(
            fixture.settings(relay, Map.of("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "2s")),
            IngestorFixture.QUICK,
            InstantSource.system())) {
      IngestorFixture.awaitState(ingestor, "reading");
      for (long numbers : List.of(1L, 10L, 1_000_000L)) {
        passesOver(numbers);
      }
      repeatsWhatItHasShown();
      hasOtherFramesUnderOldNumbers();
      beginsAtOneAgain();
      refuses();
      for (CursorRule rule : CursorRule.values()) {
        resumes(rule);
      }
      beginsAtOneAgainWithoutAWord(0);
      beginsAtOneAgainWithoutAWord(5);
      hasTheCursorInItsFuture();
      hasForgotten(false);
      hasForgotten(true);
      goesUp();
      beginsFarFromOneWithoutAWord();
      traffic.end();
      lived.awaitLast();
      assertThat(ingestor.health().live()).isTrue();
    }
    LoggedFrames logged = LoggedFrames.compare(fixture.records(), traffic.frames(RELAY));
    assertThat(logged.doubled()).as("seed %d", seed).isEmpty();
    assertThat(logged.altered()).as("seed %d", seed).isEmpty();
    assertThat(logged.outOfOrder()).as("seed %d", seed).isEmpty();
  }

  private void passesOver(long numbers) throws Exception {
    long before = passOver(numbers);
    long after = before + numbers + 1;
    awaitSaid(Incident.Kind.SKIPPED_NUMBERS, before, after);
    lived.add("numbers passed over: " + numbers, fired(after), from);
  }

  private long passOver(long numbers) throws Exception {
    long[] before = new long[1];
    traffic.meanwhile(() -> {
      from = lived.now();
      before[0] = traffic.passOver(RELAY, numbers);
    });
    return before[0];
  }

  /** As the ledger has it: whether the relay has shown that number, which came after the oddity. */
  private long fired(long number) {
    return stream().lastSeq().orElse(0) >= number ? 1 : 0;
  }

  private Ledger.Stream stream() {
    return relay.ledger().streams().getLast();
  }

  private void repeatsWhatItHasShown() throws Exception {
    await().atMost(LIMIT).until(() -> stream().frames() > WINDOW);
    int incidents = fixture.incidents().size();
    Injection injection = relay.inject(new Fault.RepeatsWindow(WINDOW), Cue.now());
    assertThat(injection.awaitFired(1, LIMIT)).isTrue();
    await().atMost(LIMIT).until(() -> stream().repeated() == WINDOW);
    lived.add("shows its last " + WINDOW + " frames again", injection.fired(), lived.of(injection));
    assertThat(fixture.incidents()).as("nothing to be said, seed %d", seed).hasSize(incidents);
  }

  private void hasOtherFramesUnderOldNumbers() throws Exception {
    long last = goOnIn(newLog(FrameLog.DEFAULT_BYTES), now -> now - BACK);
    awaitSaid(Incident.Kind.EPOCH, last, last - BACK + 1);
    lived.add(
        "goes back by " + BACK + " numbers, with other frames under them",
        fired(last - BACK + 1),
        from);
  }

  private void beginsAtOneAgain() throws Exception {
    long last = goOnIn(newLog(FrameLog.DEFAULT_BYTES), _ -> 0);
    awaitSaid(Incident.Kind.EPOCH, last, 1);
    lived.add("begins at 1 again on a connection", fired(1), from);
  }

  /**
   * The stream goes on in another log, behind everything that it has shown of this one.
   *
   * @param before the number before the first of it, from the last of this one
   * @return the last number of this one
   */
  private long goOnIn(FrameLog next, LongUnaryOperator before) throws Exception {
    long[] last = new long[1];
    traffic.meanwhile(() -> {
      last[0] = traffic.last(RELAY);
      await().atMost(LIMIT).until(() -> stream().lastSeq().orElse(0) == last[0]);
      from = lived.now();
      traffic.moveTo(RELAY, next, before.applyAsLong(last[0]));
      relay.switchTo(next);
    });
    log = next;
    return last[0];
  }

  private void refuses() throws Exception {
    long accepted = relay.ledger().accepted();
    Injection injection = relay.inject(new Fault.Refuses("ConsumerTooSlow"), Cue.afterFrames(5));
    assertThat(injection.awaitFired(1, LIMIT)).isTrue();
    lived.add("says ConsumerTooSlow", injection.fired(), lived.of(injection));
    assertThat(fixture.incidents()).anyMatch(i -> i.kind() == Incident.Kind.SLOW_CONSUMER);
    assertThat(relay.ledger().accepted()).as("dialled once more").isEqualTo(accepted + 1);
  }

  /** Another relay at the same address, with the log that there is. */
  private void restart(RelaySettings settings) throws IOException {
    int port = relay.port();
    relay.close();
    relay = Relay.start(settings.withPort(port), log);
  }

  private void resumes(CursorRule rule) throws Exception {
    from = lived.now();
    restart(QUIET.withCursorRule(rule));
    awaitStream();
    long cursor = stream().cursor().orElseThrow();
    long first = stream().firstSeq().orElseThrow();
    assertThat(first).isEqualTo(rule == CursorRule.INCLUSIVE ? cursor : cursor + 1);
    lived.add("resumes " + (first == cursor ? "with" : "behind") + " the cursor's frame", 1, from);
  }

  private void awaitStream() {
    await()
        .atMost(LIMIT)
        .until(() -> relay.ledger().streams().stream().anyMatch(s -> s.firstSeq().isPresent()));
  }

  /** Nobody reads while it begins anew, and then it goes live: it is asked for what it had. */
  private void beginsAtOneAgainWithoutAWord(int acts) throws Exception {
    long[] ends = goesLiveInAnotherNumbering(0, acts);
    awaitSaid(Incident.Kind.EPOCH, ends[0], 1);
    assertThat(stream().cursor()).hasValue(acts > 0 ? 0 : ends[0]);
    int unsent = Math.toIntExact(ends[1] - 1);
    lived.add(
        "begins at 1 again, and without a word sends all but the first " + unsent,
        fired(ends[1]),
        from);
  }

  /** The same, with so many numbers before that it could have hours of frames for each of them. */
  private void beginsFarFromOneWithoutAWord() throws Exception {
    long[] ends = goesLiveInAnotherNumbering(NOT_NEAR, 5);
    awaitSaid(Incident.Kind.EPOCH, ends[0], ends[1]);
    awaitSaid(Incident.Kind.GAP, ends[0], ends[1]);
    int unsent = Math.toIntExact(ends[1] - 1 - NOT_NEAR);
    lived.add(
        "begins anew at " + NOT_NEAR + ", and without a word sends all but the first " + unsent,
        fired(ends[1]),
        from,
        unsent);
  }

  /**
   * Another numbering begins while nobody reads.
   *
   * @param before the number before its first
   * @param acts what it has when it is dialled, and does not send
   * @return the last number of the old one, and the first that is sent of the new one
   */
  private long[] goesLiveInAnotherNumbering(long before, int acts) throws Exception {
    long[] ends = new long[2];
    FrameLog next = newLog(FrameLog.DEFAULT_BYTES);
    traffic.meanwhile(() -> {
      await().atMost(LIMIT).until(() -> stream().lastSeq().orElse(0) == traffic.last(RELAY));
      ends[0] = traffic.last(RELAY);
      relay.close();
      long begun = System.nanoTime();
      traffic.moveTo(RELAY, next, before);
      traffic.atOnce(acts);
      ends[1] = traffic.last(RELAY) + 1;
      from = lived.of(begun);
      log = next;
      restart(QUIET);
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
    });
    awaitStream();
    Ledger.Stream live = relay.ledger().streams().getFirst();
    assertThat(live.cursor()).hasValue(ends[0]);
    assertThat(live.firstSeq()).hasValue(ends[1]);
    return ends;
  }

  private void hasTheCursorInItsFuture() throws Exception {
    long last = traffic.last(RELAY);
    FrameLog next = newLog(FrameLog.DEFAULT_BYTES);
    traffic.meanwhile(() -> {
      await().atMost(LIMIT).until(() -> stream().lastSeq().orElse(0) == traffic.last(RELAY));
      relay.close();
      from = lived.now();
      traffic.moveTo(RELAY, next, 0);
      // So many that the relay still has when it is asked, and less than the cursor.
      traffic.atOnce(10);
      log = next;
      restart(RelaySettings.DEFAULT);
      await()
          .atMost(LIMIT)
          .until(() ->
              relay.ledger().streams().stream()
                  .anyMatch(s -> s.notices().contains("FutureCursor")));
    });
    await()
        .atMost(LIMIT)
        .until(() -> epochs().stream().anyMatch(i -> i.from().orElse(0) >= last && isFirst(i)));
    long told =
        relay.ledger().streams().stream().filter(s -> s.notices().contains("FutureCursor")).count();
    lived.add("says FutureCursor and closes", told, from);
  }

  private static boolean isFirst(Incident incident) {
    return incident.to().orElse(0) == 1;
  }

  private List<Incident> epochs() {
    return fixture.incidents().stream().filter(i -> i.kind() == Incident.Kind.EPOCH).toList();
  }

  private void hasForgotten(boolean says) throws Exception {
    FrameLog small = newLog(SMALL);
    long last = goOnIn(small, LongUnaryOperator.identity());
    await().atMost(LIMIT).until(() -> fired(last + 1) == 1);
    long begun = System.nanoTime();
    traffic.meanwhile(() -> {
      await().atMost(LIMIT).until(() -> stream().lastSeq().orElse(0) == traffic.last(RELAY));
      relay.close();
      // A relay's window is hours.
      traffic.advance(Duration.ofHours(1));
      traffic.atOnce(300);
      restart(says ? RelaySettings.DEFAULT : QUIET);
      awaitStream();
    });
    Ledger.Stream resumed =
        relay.ledger().streams().stream()
            .filter(s -> s.firstSeq().isPresent())
            .findFirst()
            .orElseThrow();
    long cursor = resumed.cursor().orElseThrow();
    long oldest = resumed.firstSeq().orElseThrow();
    assertThat(resumed.notices().contains("OutdatedCursor")).isEqualTo(says);
    awaitSaid(Incident.Kind.GAP, cursor, oldest);
    lived.add(
        says
            ? "has forgotten frames, and says OutdatedCursor"
            : "has forgotten frames, and says nothing",
        oldest > cursor + 1 ? 1 : 0,
        lived.of(begun),
        Math.toIntExact(oldest - cursor - 1));
    var _ = goOnIn(newLog(FrameLog.DEFAULT_BYTES), LongUnaryOperator.identity());
  }

  private void goesUp() throws Exception {
    long before = passOver(FAR);
    awaitSaid(Incident.Kind.GAP, before, before + FAR + 1);
    lived.add("goes up by " + FAR + " numbers", fired(before + FAR + 1), from);
  }

  private void awaitSaid(Incident.Kind kind, long from, long to) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(fixture.incidents())
                .anyMatch(i ->
                    i.kind() == kind && i.from().orElse(-1) == from && i.to().orElse(-1) == to));
  }
}
