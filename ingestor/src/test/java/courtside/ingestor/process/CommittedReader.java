package courtside.ingestor.process;

import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.CommittedStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the frames as any {@code read_committed} reader does, while they are written, on a thread
 * of its own; keeps when each was read and whether it is what the relay has shown. Thread-safe.
 */
public final class CommittedReader implements AutoCloseable {
  /** Less than the timeout of a transaction: what only that ends was not ended by a successor. */
  private static final Duration LIMIT = Duration.ofSeconds(45);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Traffic traffic;

  // Guarded by this.
  private final Map<String, TreeMap<Long, Long>> newest = new HashMap<>();
  private final Map<FrameHeaders, Integer> seen = new HashMap<>();
  private final Map<String, FrameHeaders> newestOfAccount = new HashMap<>();
  private final List<FrameHeaders> doubled = new ArrayList<>();
  private final List<Long> altered = new ArrayList<>();
  private final List<FrameHeaders> outOfOrder = new ArrayList<>();

  private final CommittedStream stream;

  private CommittedReader(String bootstrap, Traffic traffic) {
    this.traffic = traffic;
    this.stream =
        CommittedStream.start(
            bootstrap, Topics.FRAMES.name(), Topics.FRAMES.partitions(), this::note);
  }

  /** Starts to read from the beginning; waits for neither topic nor broker. */
  public static CommittedReader start(String bootstrap, Traffic traffic) {
    return new CommittedReader(bootstrap, traffic);
  }

  private synchronized void note(ConsumerRecord<byte[], byte[]> record, long now) {
    FrameHeaders place = FrameHeaders.read(record.headers());
    if (seen.merge(place, 1, Integer::sum) > 1) {
      doubled.add(place);
    }
    if (!Objects.equals(
        traffic.checksum(place.relay(), place.seq()).orElse(null),
        Traffic.checksum(record.value()))) {
      altered.add(place.seq());
    }
    String account = place.relay() + " " + new String(record.key(), StandardCharsets.UTF_8);
    FrameHeaders before = newestOfAccount.get(account);
    if (before != null && before.epoch() == place.epoch() && before.seq() > place.seq()) {
      outOfOrder.add(place);
    } else {
      newestOfAccount.put(account, place);
    }
    TreeMap<Long, Long> times = newest.computeIfAbsent(place.relay(), _ -> new TreeMap<>());
    if (times.isEmpty() || times.lastKey() < place.seq()) {
      times.put(place.seq(), now);
    }
  }

  /** The highest number of a relay that was read; 0 if none was. */
  public synchronized long last(String relay) {
    TreeMap<Long, Long> times = newest.get(relay);
    return times == null ? 0 : times.lastKey();
  }

  /** How many frames were read. */
  public synchronized int count() {
    return seen.size();
  }

  /**
   * Returns when a frame with a number above this was read.
   *
   * @return when that was, on the monotonic clock
   */
  public long awaitAfter(String relay, long seq) {
    return await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> after(relay, seq), OptionalLong::isPresent)
        .getAsLong();
  }

  private synchronized OptionalLong after(String relay, long seq) {
    stream.requireRunning();
    TreeMap<Long, Long> times = newest.get(relay);
    Map.Entry<Long, Long> first = times == null ? null : times.higherEntry(seq);
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.getValue());
  }

  /**
   * What was read, against all that a relay has shown up to a number. What is not read yet has a
   * while to come: one partition may be behind another.
   */
  public LoggedFrames compare(String relay, long upTo) {
    Set<Long> lost = lost(relay, upTo);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!lost.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL.toNanos());
      lost = lost(relay, upTo);
    }
    synchronized (this) {
      return new LoggedFrames(
          List.copyOf(lost), List.copyOf(doubled), List.copyOf(altered), List.copyOf(outOfOrder));
    }
  }

  private Set<Long> lost(String relay, long upTo) {
    Set<Long> lost = new TreeSet<>(traffic.numbers(relay));
    lost.removeIf(seq -> seq > upTo);
    synchronized (this) {
      seen.keySet().stream()
          .filter(place -> place.relay().equals(relay))
          .forEach(place -> lost.remove(place.seq()));
    }
    return lost;
  }

  @Override
  public void close() throws InterruptedException {
    stream.close();
  }
}
