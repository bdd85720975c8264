package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.accounts.Emission;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log stays within {@code COURTSIDE_DISK}, at the least that is accepted, while a relay shows
 * frames as fast as they are taken: it is over by no more than what is written in three seconds,
 * and by nothing soon after. What is kept is the newest, whole. How many bytes of frames are
 * written, as they are stored: the system property {@code courtside.disk.bytes}, more than their
 * share.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class LogSizeTest {
  private static final long BYTES = Long.getLong("courtside.disk.bytes", 500_000_000L);
  private static final long SEED = 11;
  private static final String RELAY = "fast";

  /** As the design has it, not as the code computes it. */
  private static final long BUDGET = 1_000_000_000;

  private static final long FRAMES_SHARE = BUDGET / 100 * 40;
  private static final int PARTITIONS = 12;
  private static final long PARTITION_SHARE = FRAMES_SHARE / PARTITIONS;

  /** How many frames the relay has ready: fewer than it keeps. */
  private static final int READY = 4_000;

  private static final int AT_ONCE = 200;
  private static final int LEAST_KEPT = 2_000;
  private static final long PAUSE = Duration.ofMillis(1).toNanos();

  @TempDir Path directory;

  @Test
  void isWithinItsShareWhileEverybodyWrites() throws Exception {
    try (Flood flood = new Flood(new OldAccounts(SEED).commits(60, 80))) {
      flood.write(BYTES, FRAMES_SHARE);
      flood.print("60 accounts");
      DiskUse.Look most = flood.disk.most();
      assertThat(most.all()).isLessThanOrEqualTo(BUDGET + flood.disk.mostWritten());
      assertThat(most.apparent()).isLessThanOrEqualTo(BUDGET + flood.disk.mostWritten());
      assertThat(most.topic()).isLessThanOrEqualTo(FRAMES_SHARE + flood.disk.mostWritten());
      flood.awaitWithinShares();
      flood.requireTheNewest();
    }
  }

  @Test
  void isWithinATwelfthOfItsShareWhileOneAccountWrites() throws Exception {
    try (Flood flood = new Flood(new OldAccounts(SEED).commits(1, 400))) {
      flood.write(BYTES / 4, PARTITION_SHARE);
      flood.print("one account");
      assertThat(flood.disk.most().partition())
          .isLessThanOrEqualTo(PARTITION_SHARE + flood.disk.mostWritten());
      flood.awaitWithinShares();
      flood.requireTheNewest();
    }
  }

  /** A broker, an ingestor, and a relay that shows the same events again under new numbers. */
  private final class Flood implements AutoCloseable {
    private final List<Emission> emissions;
    private final IngestorFixture fixture;
    private final FrameLog frames;
    private final Relay relay;
    private final Ingestor ingestor;
    private final DiskUse disk;
    private long last;
    private long shownBytes;
    private double seconds;

    Flood(List<Emission> emissions) throws Exception {
      this.emissions = emissions;
      fixture = new IngestorFixture(directory);
      frames = FrameLog.open(directory.resolve("relay"));
      relay = Relay.start(RelaySettings.DEFAULT, frames);
      ingestor = fixture.start(fixture.settings(RELAY + "=" + relay.uri(), Map.of()));
      disk = DiskUse.start(directory.resolve("kafka"), Topics.FRAMES.name());
    }

    private byte[] frame(long seq) {
      return emissions.get((int) (seq % emissions.size())).frame(seq);
    }

    /**
     * Writes at least so many bytes, as they are stored, and so many that they would be too many
     * for this share if none were deleted; waits for all to be committed.
     */
    void write(long bytes, long share) throws IOException {
      long began = System.nanoTime();
      while (disk.written() < Math.max(bytes, share + 2 * disk.mostWritten())) {
        if (last - relay.ledger().shown() > READY) {
          LockSupport.parkNanos(PAUSE);
          continue;
        }
        for (int i = 0; i < AT_ONCE; i++) {
          byte[] frame = frame(last + 1);
          frames.append(last + 1, frame);
          shownBytes += frame.length;
          last++;
        }
      }
      fixture.awaitCursor(RELAY, last);
      seconds = (System.nanoTime() - began) / 1e9;
    }

    void print(String who) {
      DiskUse.Look most = disk.most();
      System.out.printf(
          Locale.ROOT,
          "%s: %d frames of %d bytes, %.0f MB stored as %.0f MB in %.0f s: %.1f MB a second,"
              + " %.1f MB in 3 s at most%n"
              + "  most of %d looks: all %.1f MB (%.1f MB long) of %d, frames %.1f MB of %d, a"
              + " partition %.1f MB of %.1f, about to be deleted %.1f MB%n",
          who,
          last,
          shownBytes / last,
          shownBytes / 1e6,
          disk.written() / 1e6,
          seconds,
          disk.written() / 1e6 / seconds,
          disk.mostWritten() / 1e6,
          disk.looks(),
          most.all() / 1e6,
          most.apparent() / 1e6,
          BUDGET / 1_000_000,
          most.topic() / 1e6,
          FRAMES_SHARE / 1_000_000,
          most.partition() / 1e6,
          PARTITION_SHARE / 1e6,
          most.deleted() / 1e6);
    }

    /**
     * Waits until no partition has more than its share. Each that was given more has let go of its
     * oldest then.
     */
    void awaitWithinShares() throws Exception {
      List<Integer> overfed =
          disk.writtenByPartition().entrySet().stream()
              .filter(written -> written.getValue() > PARTITION_SHARE)
              .map(Map.Entry::getKey)
              .toList();
      assertThat(overfed).as("partitions that were given more than their share").isNotEmpty();
      await()
          .atMost(IngestorFixture.LIMIT)
          .untilAsserted(() ->
              assertThat(disk.keptByPartition().values())
                  .allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(PARTITION_SHARE)));
      Map<Integer, Long> starts = starts();
      assertThat(overfed)
          .allSatisfy(partition -> assertThat(starts.get(partition)).as("start").isPositive());
      System.out.printf(
          Locale.ROOT,
          "  then: frames %.1f MB, a partition %.1f MB at most; %d of %d have let go of their"
              + " oldest%n",
          disk.last().topic() / 1e6,
          disk.last().partition() / 1e6,
          overfed.size(),
          PARTITIONS);
    }

    private Map<Integer, Long> starts() throws Exception {
      Map<TopicPartition, OffsetSpec> earliest =
          IntStream.range(0, PARTITIONS)
              .mapToObj(partition -> new TopicPartition(Topics.FRAMES.name(), partition))
              .collect(Collectors.toMap(p -> p, _ -> OffsetSpec.earliest()));
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", fixture.bootstrap()))) {
        return admin.listOffsets(earliest).all().get().entrySet().stream()
            .collect(
                Collectors.toMap(
                    start -> start.getKey().partition(), start -> start.getValue().offset()));
      }
    }

    /**
     * All that is kept is as it was shown and in order; from the last of the partitions' beginnings
     * on, every frame is there, once.
     */
    void requireTheNewest() {
      BitSet found = new BitSet();
      Map<Integer, Long> oldest = new HashMap<>();
      Map<Integer, Long> newest = new HashMap<>();
      fixture
          .records()
          .read(
              Topics.FRAMES.name(),
              PARTITIONS,
              record -> {
                long seq = FrameHeaders.read(record.headers()).seq();
                assertThat(record.value()).as("frame %d", seq).isEqualTo(frame(seq));
                assertThat(newest.getOrDefault(record.partition(), 0L))
                    .as("before frame %d", seq)
                    .isLessThan(seq);
                oldest.putIfAbsent(record.partition(), seq);
                newest.put(record.partition(), seq);
                found.set(Math.toIntExact(seq));
              });
      int from = Math.toIntExact(Collections.max(oldest.values()));
      int to = Math.toIntExact(last);
      assertThat(to - from).as("frames that every partition still has").isGreaterThan(LEAST_KEPT);
      assertThat(found.nextClearBit(from)).as("the first frame that is lost").isEqualTo(to + 1);
      System.out.printf(
          Locale.ROOT, "  the newest %d frames are all there, in order%n", to - from + 1);
    }

    @Override
    public void close() throws Exception {
      disk.close();
      ingestor.close();
      relay.close();
      frames.close();
      fixture.close();
    }
  }
}
