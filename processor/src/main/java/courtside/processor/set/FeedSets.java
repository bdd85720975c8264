package courtside.processor.set;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.RuleException;
import courtside.processor.streams.Application;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every set that {@code feed.definitions} names: follows the topic on a thread of its own,
 * starts an application for a set that appears, stops matching a definition that goes, ends an
 * application whose set is empty. A set that cannot run does not keep the others from it.
 * Thread-safe.
 */
public final class FeedSets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedSets.class);
  private static final Duration PERIOD = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final FeedSetsSettings settings;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("feed-sets").unstarted(this::run);
  private final Map<String, FeedSet> running = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private volatile boolean read;

  // Confined to the thread.
  private final Catalogue catalogue = new Catalogue();
  private final Map<String, Map<FeedVersion, FeedDefinition>> tried = new HashMap<>();

  private FeedSets(FeedSetsSettings settings) {
    this.settings = settings;
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
    return running.values().stream().map(FeedSet::application).toList();
  }

  /** Why sets do not run here, a sentence for each. */
  public List<String> refused() {
    return List.copyOf(refused.values());
  }

  private void run() {
    try (TopicReader reader =
        new TopicReader(
            settings.streams().kafka(),
            settings.streams().instance() + "-feed-sets",
            Topics.FEED_DEFINITIONS,
            catalogue::apply)) {
      Duration pause = PERIOD;
      do {
        pause = follow(reader);
      } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The boundary of the thread: said once, and the process ends.
      LOG.atError().setCause(e).log("following feed sets failed");
      settings.onFailure().run();
    }
  }

  private Duration follow(TopicReader reader) {
    try {
      // To the end before anything is done: a set is written in one transaction, and half of one
      // must never start.
      if (reader.readToEnd() > 0 || !read) {
        reconcile();
        read = true;
      }
      return PERIOD;
    } catch (KafkaException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("definitions cannot be read, trying again");
      return PAUSE;
    }
  }

  private void reconcile() {
    Map<String, ? extends Map<FeedVersion, FeedDefinition>> wanted = catalogue.sets();
    for (String id : new ArrayList<>(running.keySet())) {
      if (!wanted.containsKey(id)) {
        end(id);
      }
    }
    tried.keySet().retainAll(wanted.keySet());
    refused.keySet().retainAll(wanted.keySet());
    wanted.forEach((id, definitions) -> {
      if (!definitions.equals(tried.get(id))) {
        tried.put(id, Map.copyOf(definitions));
        refused.remove(id);
        bring(id, definitions);
      }
    });
  }

  private void bring(String id, Map<FeedVersion, FeedDefinition> definitions) {
    int matcher = definitions.values().stream().mapToInt(FeedDefinition::matcher).max().orElse(0);
    if (matcher > Matcher.VERSION) {
      refuse(
          id,
          "the set "
              + id
              + " needs matcher "
              + matcher
              + ", this version has "
              + Matcher.VERSION
              + ": upgrade it");
      return;
    }
    try {
      FeedSet set = running.get(id);
      if (set == null) {
        running.put(id, FeedSet.start(id, definitions, settings));
      } else {
        set.replace(definitions);
      }
    } catch (RuleException | KafkaException e) {
      refuse(id, "the set " + id + " cannot run: " + e.getMessage());
    }
  }

  private void refuse(String id, String why) {
    refused.put(id, why);
    LOG.atError().addKeyValue("set", id).addKeyValue("reason", why).log("set does not run");
  }

  private void end(String id) {
    FeedSet set = running.remove(id);
    if (set != null) {
      set.close();
      LOG.atInfo().addKeyValue("set", id).log("set ended");
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // At once rather than one after another: each may wait for its last transaction.
    List<Thread> endings =
        running.keySet().stream()
            .map(id -> Thread.ofVirtual().name("end-" + id).start(() -> end(id)))
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
