package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.LogEnds;
import courtside.testkit.process.Spread;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two ingestors in processes of their own, of which the one that writes is killed, or frozen, in
 * the middle of a transaction. The number of takeovers of each kind and the seed are the system
 * properties {@code courtside.takeovers} and {@code courtside.seed}. Printed is the time until a
 * reader was given a frame that the other wrote.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class TakeoverTest {
  private static final String FIRST = "first";
  private static final String SECOND = "second";
  private static final long AHEAD = 1_000_000;
  private static final Duration FROZEN = Duration.ofSeconds(15);
  private static final LoggedFrames FLAWLESS =
      new LoggedFrames(List.of(), List.of(), List.of(), List.of());

  private final int takeovers = Integer.getInteger("courtside.takeovers", 1);
  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Spread times = new Spread();
  private final List<IngestorProcess> started = new ArrayList<>();

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private LogEnds ends;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS);
  }

  @AfterEach
  void stop() throws Exception {
    for (IngestorProcess process : started) {
      process.close();
    }
    ends.close();
    broker.close();
  }

  @Test
  void aKilledOneIsReplacedAndStandsByWhenItIsBack() throws Exception {
    try (FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(FIRST, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic)) {
      String relays = FIRST + "=" + relay.uri();
      String owners = "one";
      String others = "two";
      IngestorProcess owner = start(owners, relays, "oldest-if-new");
      reader.awaitAfter(FIRST, 0);
      IngestorProcess other = start(others, relays, "oldest-if-new");
      other.awaitState("standby");
      for (int takeover = 0; takeover < takeovers; takeover++) {
        owner.freezeInTransaction(ends, random);
        long killed = System.nanoTime();
        owner.jvm().kill();
        times.add(reader.awaitAfter(FIRST, traffic.last(FIRST)) - killed);
        // when: it is back
        IngestorProcess back = start(owners, relays, "oldest-if-new");
        back.awaitState("standby");
        reader.awaitAfter(FIRST, traffic.last(FIRST));
        // then
        other.awaitState("reading");
        owner = other;
        other = back;
        String swapped = owners;
        owners = others;
        others = swapped;
      }
      traffic.end();
      reader.awaitAfter(FIRST, traffic.last(FIRST) - 1);
      System.out.printf("killed without a restart, another took over (seed %d): %s%n", seed, times);
      assertThat(reader.compare(FIRST, traffic.last(FIRST)))
          .as("seed %d", seed)
          .isEqualTo(FLAWLESS);
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
      assertThat(owner.activations() + other.activations())
          .as("each took over once for each kill, and nobody in between, seed %d", seed)
          .isEqualTo(1 + takeovers);
    }
  }

  /**
   * Each reads a relay of its own, so that whatever a frozen one still wrote would be seen: a
   * transactional id for each relay would let it.
   */
  @Test
  void aFrozenOneIsReplacedAndWritesNothingWhenItIsWokenOnAnotherRelay() throws Exception {
    try (FrameLog firstFrames = FrameLog.open(directory.resolve("first"));
        FrameLog secondFrames = FrameLog.open(directory.resolve("second"));
        Relay first = Relay.start(RelaySettings.DEFAULT, firstFrames);
        Relay second = Relay.start(RelaySettings.DEFAULT, secondFrames);
        Traffic traffic = Traffic.start(FIRST, firstFrames, SECOND, secondFrames, AHEAD, seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
      String read = FIRST;
      String unread = SECOND;
      IngestorProcess owner = start("one", FIRST + "=" + first.uri(), "oldest");
      reader.awaitAfter(FIRST, 0);
      // What the first has written is of a relay that this one does not know: it begins anew.
      IngestorProcess other = start("two", SECOND + "=" + second.uri(), "oldest");
      other.awaitState("standby");
      for (int takeover = 0; takeover < takeovers; takeover++) {
        long had = reader.last(unread);
        owner.freezeInTransaction(ends, random);
        long frozen = System.nanoTime();
        times.add(reader.awaitAfter(unread, had) - frozen);
        owner.jvm().awaitFrozenFor(FROZEN);
        long left = cursor(records, read);
        // when
        owner.jvm().thaw();
        owner.awaitState("standby");
        reader.awaitAfter(unread, traffic.last(unread));
        // then
        other.awaitState("reading");
        assertThat(cursor(records, read))
            .as("the woken one's cursor, seed %d", seed)
            .isEqualTo(left);
        assertThat(reader.last(read)).as("the woken one's frames, seed %d", seed).isEqualTo(left);
        IngestorProcess woken = owner;
        owner = other;
        other = woken;
        String swapped = read;
        read = unread;
        unread = swapped;
      }
      traffic.end();
      reader.awaitAfter(read, traffic.last(read) - 1);
      System.out.printf(
          "frozen for %d s, another took over on another relay (seed %d): %s%n",
          FROZEN.toSeconds(), seed, times);
      assertThat(reader.compare(read, traffic.last(read))).as("seed %d", seed).isEqualTo(FLAWLESS);
      assertThat(reader.compare(unread, cursor(records, unread)))
          .as("seed %d", seed)
          .isEqualTo(FLAWLESS);
      assertThat(owner.activations() + other.activations())
          .as("each took over once for each freeze, and nobody in between, seed %d", seed)
          .isEqualTo(1 + takeovers);
    }
  }

  private static long cursor(CommittedRecords records, String relay) {
    return records.readAll(Topics.CURSORS.name(), 1).stream()
        .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(relay))
        .mapToLong(record -> Cursor.decode(record.value()).seq())
        .reduce(0, (_, newer) -> newer);
  }

  private IngestorProcess start(String name, String relays, String start) throws IOException {
    IngestorProcess process =
        IngestorProcess.start(directory.resolve(name), broker.bootstrap(), relays, start);
    started.add(process);
    return process;
  }
}
