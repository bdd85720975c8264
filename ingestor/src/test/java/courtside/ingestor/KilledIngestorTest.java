package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.AotCache;
import courtside.testkit.process.LogEnds;
import courtside.testkit.process.Spread;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingestor in a process of its own, killed again and again at any moment while frames come, and
 * started again at once: most often when it has just recovered, now and then before it has. It
 * starts by a cache of an earlier life, and every other time without, for the ratio. The number of
 * kills and the seed are the system properties {@code courtside.kills} and {@code courtside.seed}.
 *
 * <p>Printed are two times from a kill after which it recovered. <em>The first new frame</em> is
 * the first that a reader was given of those that came into being after the kill: only the next
 * process can have written it. <em>Readers held</em> is until all can be read, or is known to be
 * aborted, that was written at the kill, where a transaction was open then: for that long nobody
 * can read anything that others wrote behind it.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class KilledIngestorTest {
  private static final String RELAY = "recording";
  private static final LoggedFrames FLAWLESS =
      new LoggedFrames(List.of(), List.of(), List.of(), List.of());

  /** One kill in so many does not wait until it has recovered. */
  private static final int EARLY_EVERY = 6;

  @TempDir Path directory;

  /** What is printed of starts of one kind. */
  private static final class Times {
    private final Spread firstFrame = new Spread();
    private final Spread held = new Spread();

    @Override
    public String toString() {
      return "  to the first new frame:               %s%n  readers held by an open transaction:  %s%n"
          .formatted(firstFrame, held);
    }
  }

  @Test
  void everyFrameIsInTheLogExactlyOnceAfterKillsInTheMiddle() throws Exception {
    int kills = Integer.getInteger("courtside.kills", 10);
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Random random = new Random(seed);
    Times byCache = new Times();
    Times without = new Times();
    Times afterEarly = new Times();
    boolean early = false;
    AotCache cache = AotCache.in(directory.resolve("cache"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, Recordings.longest().frames(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        LogEnds ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS)) {
      try (IngestorProcess learning = start(cache.learning(), broker, relay)) {
        reader.awaitAfter(RELAY, 0);
        cache.endOf(learning.jvm());
      }
      long before = traffic.last(RELAY);
      IngestorProcess ingestor = start(cache.known(), broker, relay);
      try {
        reader.awaitAfter(RELAY, before);
        for (int kill = 1; kill <= kills; kill++) {
          live(ingestor, random.nextInt(400), seed);
          long killed = System.nanoTime();
          ingestor.close();
          boolean cached = kill % 2 == 1;
          ingestor = start(cached ? cache.known() : cache.unknown(), broker, relay);
          long had = traffic.last(RELAY);
          Map<TopicPartition, Long> readable = ends.readable();
          Map<TopicPartition, Long> written = ends.written();
          if (kill < kills && random.nextInt(EARLY_EVERY) == 0) {
            early = true;
            // It is killed again while it starts: its times would be those of two.
            live(ingestor, random.nextInt(1_000), seed);
            continue;
          }
          Times times = early ? afterEarly : cached ? byCache : without;
          if (!readable.equals(written)) {
            times.held.add(ends.awaitReadable(written) - killed);
          }
          times.firstFrame.add(reader.awaitAfter(RELAY, had) - killed);
          early = false;
        }
        traffic.end();
        reader.awaitAfter(RELAY, traffic.last(RELAY) - 1);
      } finally {
        ingestor.close();
      }
      System.out.printf(
          "%d frames, killed %d times (seed %d)%n"
              + "started by the cache, from the kill%n%s"
              + "started without the cache, from the kill%n%s"
              + "killed before it had recovered from the kill before, from the last kill%n%s",
          reader.count(), kills, seed, byCache, without, afterEarly);
      assertThat(reader.compare(RELAY, traffic.last(RELAY)))
          .as("%d kills, seed %d", kills, seed)
          .isEqualTo(FLAWLESS);
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isEqualTo(1);
      assertThat(byCache.held.count() + without.held.count() + afterEarly.held.count())
          .as("kills in a transaction, seed %d", seed)
          .isPositive();
    }
  }

  /** A moment of any length up to several transactions: it is no wait for anything. */
  private static void live(IngestorProcess ingestor, int millis, long seed)
      throws InterruptedException {
    assertThat(ingestor.jvm().awaitEnd(Duration.ofMillis(millis)))
        .as("ended before it was killed, seed %d", seed)
        .isFalse();
  }

  private IngestorProcess start(List<String> options, EmbeddedBroker broker, Relay relay)
      throws IOException {
    return IngestorProcess.start(
        Main.class.getName(),
        options,
        directory.resolve("ingestor"),
        broker.bootstrap(),
        RELAY + "=" + relay.uri(),
        "oldest-if-new");
  }
}
