package courtside.feedapi.seen;

import courtside.atproto.syntax.Did;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which posts each viewer has seen, as they reported it: the last ones, for some days. A report is
 * known here within a second where the log is read to its end. What is on disk is used whether or
 * not Kafka is there. Nothing is thrown for a store that is not there, is damaged or cannot be
 * written: then nothing was seen. Thread-safe.
 *
 * <p>On disk: 12 bytes for each address, 12 KB for a viewer with 1,000, and what RocksDB has not
 * compacted yet, at most about as much again; so 600 MB and as much again for 50,000 viewers who
 * all have 1,000. Outside of the heap 24 MB.
 */
public final class SeenPosts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SeenPosts.class);

  private final SeenStore store;
  private final SeenFeeder feeder;
  private final Limits limits;
  private final InstantSource clock;
  private final Counter unreadable;

  /**
   * What is kept.
   *
   * @param urisPerViewer the last addresses of each viewer, 1 to 10,000
   * @param keep how long since they were seen
   * @param viewers how many are remembered; of more, those go that have reported nothing for long
   * @param check how often it is looked at whether the topic is still the same
   */
  public record Limits(int urisPerViewer, Duration keep, int viewers, Duration check) {
    private static final int MOST_URIS = 10_000;

    /** Takes limits that leave something. */
    public Limits {
      if (urisPerViewer < 1
          || urisPerViewer > MOST_URIS
          || viewers < 1
          || !keep.isPositive()
          || !check.isPositive()) {
        throw new IllegalArgumentException(
            "expected 1 to %d addresses, 1 viewer and some time, found %d, %d, %s and %s"
                .formatted(MOST_URIS, urisPerViewer, viewers, keep, check));
      }
    }
  }

  private SeenPosts(
      Path directory,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.limits = limits;
    this.clock = clock;
    this.store = new SeenStore(directory, SeenDatabase.WRITE_BUFFER_BYTES);
    this.feeder = new SeenFeeder(store, limits, clock, nanoTime, metrics);
    this.unreadable =
        Counter.builder("courtside.feed.api.seen.unreadable")
            .description("pages for which what was seen could not be read")
            .register(metrics);
    Gauge.builder("courtside.feed.api.seen.viewers", store, SeenStore::viewers)
        .description("viewers of whom is known what they have seen")
        .register(metrics);
  }

  /**
   * Opens what is on disk. Where that cannot be, it is tried again once the log is followed.
   *
   * @param directory the store's own, made where it does not exist
   * @param clock tells how long ago something was seen
   * @param nanoTime monotonic
   */
  public static SeenPosts open(
      Path directory,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    SeenPosts posts = new SeenPosts(directory, limits, clock, nanoTime, metrics);
    posts.feeder.open();
    return posts;
  }

  /**
   * Starts to follow the log, once the topics are there; goes on whatever Kafka and the disk do.
   */
  public void follow(KafkaAddress kafka) {
    feeder.follow(kafka);
  }

  /**
   * Tells which posts a viewer has seen, by their addresses: as of now, whenever it is asked. Reads
   * the disk once and does not wait; what it returns is thread-safe and reads nothing.
   */
  public Predicate<String> seenBy(Did viewer) {
    try {
      return store.entries(viewer).after(clock.instant().minus(limits.keep()).getEpochSecond());
    } catch (SeenStoreException e) {
      unreadable.increment();
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("what was seen cannot be read");
      return uri -> false;
    }
  }

  /** How many viewers are remembered. */
  public long viewers() {
    return store.viewers();
  }

  /** What keeps this from being filled, a sentence; empty for nothing. */
  public String trouble() {
    return feeder.trouble();
  }

  /** What is filled. For tests. */
  SeenStore store() {
    return store;
  }

  /** Lets the thread end, without waiting for it. What was seen can still be read. */
  public void stopFollowing() {
    feeder.stopFollowing();
  }

  /** Ends the thread and closes the store; from then on nothing was seen. */
  @Override
  public void close() {
    feeder.close();
    store.close();
  }
}
