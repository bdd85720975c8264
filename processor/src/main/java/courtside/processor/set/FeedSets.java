package courtside.processor.set;

import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import courtside.processor.streams.Application;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every set that {@code feed.definitions} names: follows the topic on a thread of its own,
 * starts an application for a set that appears, stops matching a version that is removed or whose
 * definition goes, ends for good an application whose set is empty, and deletes its state here. A
 * set that cannot run does not keep the others from it. Thread-safe.
 */
public final class FeedSets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedSets.class);
  private static final Duration PERIOD = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final FeedSetsSettings settings;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("feed-sets").unstarted(this::run);
  private final RunningSets<FeedSet> sets;
  private final LocalState state;
  private final FeedGauges gauges;
  private volatile boolean read;

  // Confined to the thread.
  private final Catalogue catalogue = new Catalogue();
  private boolean changed = true;

  private FeedSets(FeedSetsSettings settings) {
    this.settings = settings;
    this.state = new LocalState(settings.streams());
    this.gauges = new FeedGauges(settings.registry());
    this.sets = new RunningSets<>((id, members) -> FeedSet.start(id, members, settings));
  }

  /** Starts to follow the topic. */
  public static FeedSets start(FeedSetsSettings settings) {
    FeedSets sets = new FeedSets(settings);
    sets.thread.start();
    return sets;
  }

  /** Whether the definitions have been read to their end. */
  public boolean isRead() {
    return read;
  }

  /** The applications that run here. */
  public List<Application> applications() {
    return sets.running().stream().map(FeedSet::application).toList();
  }

  /** What each set that runs here does now; one that has failed here is among them. */
  public List<SetStage> now() {
    return sets.running().stream().map(FeedSet::now).toList();
  }

  /** Why sets do not run here, a sentence for each. */
  public List<String> refused() {
    return sets.refused();
  }

  private void run() {
    try (TopicReader reader =
        new TopicReader(
            settings.streams().kafka(),
            settings.streams().instance() + "-feed-sets",
            Topics.FEED_DEFINITIONS,
            this::apply)) {
      Duration pause = PERIOD;
      do {
        pause = follow(reader);
      } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The boundary of the thread: said once, and the process ends.
      LOG.atError().setCause(e).log("following feed sets failed");
      settings.onFailure().run();
    }
  }

  /** Noted here, as a read that fails half way has changed what is wanted all the same. */
  private void apply(String key, byte @Nullable [] value) {
    catalogue.apply(key, value);
    changed = true;
  }

  private Duration follow(TopicReader reader) {
    try {
      // To the end before anything is done: a set is written in one transaction, and half of one
      // must never start.
      reader.readToEnd();
      if (changed) {
        changed = !reconcile();
        read = true;
      }
      return changed ? PAUSE : PERIOD;
    } catch (KafkaException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("definitions cannot be read, trying again");
      return PAUSE;
    }
  }

  private boolean reconcile() {
    Map<String, Members> wanted = Members.of(catalogue);
    boolean all = sets.reconcile(wanted);
    gauges.show(sets.running());
    if (!catalogue.isWhole()) {
      // A set may have a definition that cannot be read here.
      return all;
    }
    Set<String> kept = new HashSet<>(wanted.keySet());
    kept.addAll(sets.ids());
    boolean gone = state.keepOnly(kept);
    return all && gone;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gauges.show(List.of());
    // At once rather than one after another: each may wait for its last transaction.
    List<Thread> endings =
        sets.ids().stream()
            .map(id -> Thread.ofVirtual().name("end-" + id).start(() -> sets.close(id)))
            .toList();
    try {
      for (Thread ending : endings) {
        ending.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
