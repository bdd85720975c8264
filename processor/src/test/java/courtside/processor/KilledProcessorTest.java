package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.process.PacedFrames;
import courtside.processor.process.PostTraffic;
import courtside.processor.process.PostsReader;
import courtside.processor.process.ProcessorProcess;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.process.AotCache;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.LogEnds;
import courtside.testkit.process.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processors in processes of their own under three hundred frames a second, one of which is killed
 * in the middle of a transaction. The number of kills and the seed are the system properties {@code
 * courtside.kills} and {@code courtside.seed}.
 *
 * <p>Printed are times from a kill. <em>Readers held</em> is until all of {@code posts} can be
 * read, or is known to be aborted, that was written at the kill. <em>The first new event</em> is
 * the first that a reader was given of a frame that came after the kill; <em>everywhere</em> is
 * until one came in every partition. The store of the one feed is restored meanwhile.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class KilledProcessorTest {
  private final int kills = Integer.getInteger("courtside.kills", 2);
  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<ProcessorProcess> started = new ArrayList<>();

  @TempDir Path directory;
  private BrokerProcess broker;
  private LogEnds ends;
  private PacedFrames traffic;
  private PostsReader reader;

  /** What is printed of kills of one kind. */
  private static final class Times {
    private final Spread held = new Spread();
    private final Spread first = new Spread();
    private final Spread everywhere = new Spread();

    @Override
    public String toString() {
      return "  readers held by an open transaction:  %s%n  to the first new event:               %s%n  to a new event everywhere:            %s%n"
          .formatted(held, first, everywhere);
    }
  }

  @BeforeEach
  void start() throws Exception {
    Path feeds = Files.createDirectories(directory.resolve("feeds"));
    Files.writeString(feeds.resolve("all.yaml"), "feed: all\nname: All\nrule: '*:*'\n");
    broker = BrokerProcess.start(directory.resolve("kafka"));
    KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(20_000_000_000L)).enforce(Topics.ALL);
    }
    ends = new LogEnds(broker.bootstrap(), Topics.POSTS);
    reader = PostsReader.start(broker.bootstrap());
    traffic = PacedFrames.start(kafka, PostTraffic.PER_SECOND, new PostTraffic());
  }

  @AfterEach
  void stop() throws Exception {
    for (ProcessorProcess process : started) {
      process.close();
    }
    traffic.close();
    reader.close();
    ends.close();
    broker.close();
  }

  @Test
  void theOnlyOneComesBackAndEveryEventIsThereOnce() throws Exception {
    Times byCache = new Times();
    Times without = new Times();
    AotCache cache = AotCache.in(directory.resolve("cache"));
    ProcessorProcess learning = start(cache.learning());
    reader.awaitEverywhereAfter(0);
    cache.endOf(learning.jvm());
    ProcessorProcess processor = start(cache.known());
    reader.awaitEverywhereAfter(traffic.last());
    for (int kill = 1; kill <= kills; kill++) {
      processor.awaitState("processing");
      processor.freezeInTransaction(ends, random);
      Map<TopicPartition, Long> written = ends.written();
      long killed = System.nanoTime();
      processor.close();
      long had = traffic.last();
      boolean cached = kill % 2 == 1;
      processor = start(cached ? cache.known() : cache.unknown());
      Times times = cached ? byCache : without;
      times.held.add(ends.awaitReadable(written) - killed);
      times.first.add(reader.awaitAfter(had) - killed);
      times.everywhere.add(reader.awaitEverywhereAfter(had) - killed);
    }
    requireEachOnce();
    System.out.printf(
        "the only processor killed %d times (seed %d), %d events%n"
            + "started by a cache, from the kill%n%s"
            + "started without the cache, from the kill%n%s",
        kills, seed, traffic.last(), byCache, without);
  }

  @Test
  void ofTwoTheOtherGoesOnAndEveryEventIsThereOnce() throws Exception {
    Times times = new Times();
    ProcessorProcess one = start(List.of());
    one.awaitState("processing");
    ProcessorProcess other = start(List.of());
    other.awaitState("processing");
    reader.awaitEverywhereAfter(traffic.last());
    for (int kill = 1; kill <= kills; kill++) {
      one.freezeInTransaction(ends, random);
      Map<TopicPartition, Long> written = ends.written();
      long killed = System.nanoTime();
      one.close();
      long had = traffic.last();
      times.first.add(reader.awaitAfter(had) - killed);
      times.held.add(ends.awaitReadable(written) - killed);
      times.everywhere.add(reader.awaitEverywhereAfter(had) - killed);
      // The next is the one that went on.
      one = other;
      other = start(List.of());
      other.awaitState("processing");
      reader.awaitEverywhereAfter(traffic.last());
    }
    requireEachOnce();
    System.out.printf(
        "one of two processors killed %d times (seed %d), %d events; from the kill%n%s",
        kills, seed, traffic.last(), times);
  }

  private void requireEachOnce() throws InterruptedException {
    traffic.end();
    reader.awaitCount(traffic.last());
    assertThat(reader.doubled()).as("seed %d", seed).isEmpty();
  }

  private ProcessorProcess start(List<String> options) throws IOException {
    ProcessorProcess process =
        ProcessorProcess.start(
            Main.class.getName(),
            options,
            directory.resolve("data"),
            directory.resolve("processor.out"),
            broker.bootstrap(),
            Map.of("COURTSIDE_PROCESSOR_FEEDS", directory.resolve("feeds").toString()));
    started.add(process);
    return process;
  }
}
