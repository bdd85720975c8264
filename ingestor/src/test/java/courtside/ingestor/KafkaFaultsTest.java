package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.Traffic;
import courtside.ingestor.relay.RelaySettings;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What may go wrong on the way to Kafka and with Kafka itself, while frames go on. Nothing is lost
 * and nothing doubled, and the relay is not made to pay for it; how long it took from the end of
 * each fault until a frame that came into being after it was committed is printed, and no matter of
 * the test.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class KafkaFaultsTest {
  private static final String RELAY = "recording";
  private static final LoggedFrames FLAWLESS =
      new LoggedFrames(List.of(), List.of(), List.of(), List.of());
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(20);

  /** Of a broker that is away, and of how a relay is read meanwhile: 90 s are 9 s. */
  private static final double SCALE = 0.1;

  private static final Duration AWAY = Duration.ofSeconds(9);
  private static final int MOST_DIALS = 5;

  private static final String NO_ANSWER = "none";

  private static FaultTable table;

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @TempDir Path directory;

  @BeforeAll
  static void openTable() {
    table = new FaultTable("kafka");
  }

  @AfterAll
  static void closeTable() throws IOException {
    table.close();
  }

  /**
   * One kind of fault of the connection.
   *
   * @param lasting how long; until a frame is committed all the same, where that is zero
   */
  private record Row(String name, LinkFault fault, Duration lasting) {
    static Row lasting(String name, long seconds, LinkFault fault) {
      return new Row(name + " for " + seconds + " s", fault, Duration.ofSeconds(seconds));
    }

    static Row once(String name, LinkFault.Fate fate) {
      return new Row(name, new LinkFault.AtRequest(LinkFault.END_TXN, fate), Duration.ZERO);
    }
  }

  private static List<Row> rows() {
    return List.of(
        Row.lasting("latency of 300 ms", 3, new LinkFault.Latency(Duration.ofMillis(300))),
        Row.lasting("latency of 3 s", 6, new LinkFault.Latency(Duration.ofSeconds(3))),
        Row.lasting("pieces of 100 bytes", 2, new LinkFault.Slicer(100, Duration.ofMillis(1))),
        Row.lasting("every connection reset", 3, new LinkFault.Reset()),
        Row.lasting("nothing passes", 3, new LinkFault.Hold()),
        Row.lasting("nothing passes", 8, new LinkFault.Hold()),
        Row.lasting("cut in a request", 3, new LinkFault.CutAfter(20_000)),
        Row.once("commit lost, reset", LinkFault.Fate.LOST_AND_RESET),
        Row.once("commit done, answer lost, reset", LinkFault.Fate.ANSWER_LOST_AND_RESET),
        Row.once("commit lost, mute", LinkFault.Fate.LOST_AND_MUTE),
        Row.once("commit done, answer lost, mute", LinkFault.Fate.ANSWER_LOST_AND_MUTE),
        Row.once("commit late, after the next writer's", LinkFault.Fate.LATE_AND_MUTE));
  }

  @Test
  void aBadConnectionLosesAndDoublesNothing() throws Exception {
    try (BrokerProxy proxy = BrokerProxy.start();
        EmbeddedBroker broker = startBehind(proxy);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        SaidLines said = new SaidLines();
        Ingestor ingestor = start(proxy.bootstrap(), relay, RelaySettings.DEFAULT)) {
      IngestorFixture.awaitState(ingestor, "reading");
      for (Row row : rows()) {
        reader.awaitAfter(RELAY, traffic.last(RELAY));
        said.take();
        long dialled = relay.ledger().opened();
        Set<String> states = new LinkedHashSet<>();
        String answer = "";
        Impairment impairment = proxy.impair(row.fault());
        long from;
        long last;
        try (impairment) {
          assertThat(impairment.awaitFired(1, LIMIT)).as("%s, seed %d", row, seed).isTrue();
          from = System.nanoTime();
          last = traffic.last(RELAY);
          awaitWhile(row, from, last, reader, ingestor, states);
        }
        if (!row.lasting().isZero()) {
          from = System.nanoTime();
          last = traffic.last(RELAY);
        }
        long millis = millis(reader.awaitAfter(RELAY, last) - from);
        IngestorFixture.awaitState(ingestor, "reading");
        if (row.fault() instanceof LinkFault.AtRequest(short _, LinkFault.Fate fate)) {
          Set<String> expected = expected(fate);
          answer =
              impairment
                  .awaitAnswer(expected.contains(NO_ANSWER) ? LOOK : LIMIT)
                  .map(Errors::name)
                  .orElse(NO_ANSWER);
          assertThat(answer).as("of the broker, seed %d", seed).isIn(expected);
          answer = "the broker: " + answer + "; ";
        }
        LoggedFrames logged = reader.compare(RELAY, traffic.last(RELAY));
        long dials = relay.ledger().opened() - dialled;
        table.add(
            row.name(),
            impairment.fired(),
            millis,
            logged.lost().size(),
            logged.doubled().size(),
            answer + states + ", " + dials + " dials " + said.takeInShort());
        assertThat(logged).as("%s, seed %d", row, seed).isEqualTo(FLAWLESS);
        assertThat(dials).as("%s, seed %d", row, seed).isLessThanOrEqualTo(MOST_DIALS);
      }
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
      traffic.end();
    }
  }

  /** What shows which way it went. */
  private static Set<String> expected(LinkFault.Fate fate) {
    return switch (fate) {
      case LOST_AND_RESET, LOST_AND_MUTE -> Set.of(NO_ANSWER);
      case ANSWER_LOST_AND_RESET, ANSWER_LOST_AND_MUTE -> Set.of(Errors.NONE.name());
      // Refused for the producer, or before that because the next one's transaction ends just now.
      case LATE_AND_MUTE ->
          Set.of(Errors.PRODUCER_FENCED.name(), Errors.CONCURRENT_TRANSACTIONS.name());
    };
  }

  /** As long as the row says, or until something is committed; notes what health says meanwhile. */
  private static void awaitWhile(
      Row row,
      long from,
      long last,
      CommittedReader reader,
      Ingestor ingestor,
      Set<String> states) {
    await()
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .until(() -> {
          states.add(ingestor.health().state());
          return row.lasting().isZero()
              ? reader.last(RELAY) > last
              : System.nanoTime() - from > row.lasting().toNanos();
        });
  }

  /**
   * All that the relay has comes at once, and Kafka takes a part of it in the time that a commit
   * may have: what waits is bounded, the relay is held back, and all of it is written in the end.
   */
  @Test
  void aBrokerThatTakesLittleHoldsTheRelayBack() throws Exception {
    int queue = 6_000_000;
    List<RecordedFrame> recording = Recordings.longest().frames();
    List<RecordedFrame> atOnce = recording.subList(0, recording.size() - 100);
    try (BrokerProxy proxy = BrokerProxy.start();
        EmbeddedBroker broker = startBehind(proxy);
        CommittedRecords records = new CommittedRecords(broker.bootstrap());
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames);
        SaidLines said = new SaidLines();
        Ingestor ingestor = start(proxy.bootstrap(), relay, RelaySettings.DEFAULT)) {
      append(frames, recording.subList(0, 1));
      IngestorFixture.awaitState(ingestor, "reading");
      long millis;
      double most = 0;
      Impairment impairment = proxy.impair(new LinkFault.Bandwidth(100_000));
      try (impairment) {
        append(frames, atOnce.subList(1, atOnce.size()));
        IngestorFixture.awaitState(ingestor, "blocked");
        // then: it goes on, several transactions that are as large as they may be
        for (int step = 1; step <= 4; step++) {
          long had = ingestor.health().figures().getOrDefault("frames_total", 0.0).longValue();
          await()
              .atMost(LIMIT)
              .until(
                  () -> ingestor.health().figures().getOrDefault("frames_total", 0.0) > had + 30);
          most = Math.max(most, ingestor.health().figures().getOrDefault("queue_bytes", 0.0));
        }
      }
      long from = System.nanoTime();
      append(frames, recording.subList(atOnce.size(), recording.size()));
      long last = recording.getLast().seq();
      await().atMost(LIMIT).until(() -> cursor(records) >= last);
      millis = millis(System.nanoTime() - from);
      LoggedFrames logged = LoggedFrames.compare(records, recording);
      table.add(
          "100 KB/s, all frames",
          impairment.fired(),
          millis,
          logged.lost().size(),
          logged.doubled().size(),
          "[blocked], queue at most %.0f bytes, %d dials %s"
              .formatted(most, relay.ledger().opened(), said.take()));
      assertThat(logged).isEqualTo(FLAWLESS);
      // One frame more than its size is taken when it is otherwise empty.
      assertThat(most).isBetween(queue / 2.0, queue + 5_000_000.0);
      assertThat(relay.ledger().opened()).isLessThanOrEqualTo(MOST_DIALS);
    }
  }

  @Test
  void aBrokerThatIsAwayMakesNoStorm() throws Exception {
    Path log = directory.resolve("kafka");
    EmbeddedBroker broker = EmbeddedBroker.start(log, 0);
    int port = Integer.parseInt(broker.bootstrap().substring(broker.bootstrap().indexOf(':') + 1));
    try (FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        SaidLines said = new SaidLines();
        Ingestor ingestor = start(broker.bootstrap(), relay, RelaySettings.DEFAULT.scaled(SCALE))) {
      IngestorFixture.awaitState(ingestor, "reading");
      reader.awaitAfter(RELAY, 0);
      long dialled = relay.ledger().opened();
      broker.close();
      long gone = System.nanoTime();
      Set<String> states = new LinkedHashSet<>();
      await()
          .atMost(LIMIT)
          .pollInterval(LOOK)
          .until(() -> {
            states.add(ingestor.health().state());
            return System.nanoTime() - gone > AWAY.toNanos();
          });
      assertThat(ingestor.health().state()).isEqualTo("blocked");
      long from = System.nanoTime();
      broker = EmbeddedBroker.start(log, port);
      long millis = millis(reader.awaitAfter(RELAY, traffic.last(RELAY)) - from);
      IngestorFixture.awaitState(ingestor, "reading");
      LoggedFrames logged = reader.compare(RELAY, traffic.last(RELAY));
      long dials = relay.ledger().opened() - dialled;
      table.add(
          "broker stopped, 90 s at 1:10",
          1,
          millis,
          logged.lost().size(),
          logged.doubled().size(),
          states + ", " + dials + " dials " + said.takeInShort());
      assertThat(logged).as("seed %d", seed).isEqualTo(FLAWLESS);
      assertThat(dials).as("seed %d", seed).isLessThanOrEqualTo(MOST_DIALS);
      assertThat(relay.ledger().maxOpen()).isOne();
      traffic.end();
    } finally {
      broker.close();
    }
  }

  private static long cursor(CommittedRecords records) {
    return records.readAll("firehose.cursors", 1).stream()
        .mapToLong(record -> Cursor.decode(record.value()).seq())
        .reduce(0, (_, newer) -> newer);
  }

  private static void append(FrameLog log, List<RecordedFrame> part) throws IOException {
    for (RecordedFrame frame : part) {
      log.append(frame.seq(), frame.bytes().toArray());
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private EmbeddedBroker startBehind(BrokerProxy proxy) {
    EmbeddedBroker broker =
        EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    return broker;
  }

  private Ingestor start(String kafka, Relay relay, RelaySettings pace)
      throws InterruptedException {
    return Ingestor.start(
        IngestorFixture.settings(
            directory, kafka, RELAY + "=" + relay.uri(), Map.of("COURTSIDE_INGESTOR_QUEUE", "6MB")),
        pace,
        InstantSource.system(),
        () -> {
          throw new AssertionError("the pump hung");
        });
  }
}
