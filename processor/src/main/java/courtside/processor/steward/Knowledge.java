package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.HighWatermarks;
import courtside.processor.log.TopicReader;
import courtside.service.Parts;
import courtside.service.kafka.KafkaAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the steward decides by, folded from three topics that it reads to their ends: what
 * people want, how far versions are, and the definitions with the feeds' states. Read from the
 * beginning by each steward: who has stood by for long may have missed that something went, and
 * that it did is not kept for ever. Confined to one thread.
 */
final class Knowledge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Knowledge.class);
  private static final String WISHES = "feeds/";

  private final Admin admin;
  private final Catalogue catalogue = new Catalogue();
  private final Map<RecordKey, Wish.OfFeed> wishes = new HashMap<>();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private final Parts readers = new Parts();
  private final TopicReader control;
  private final TopicReader progress;
  private final TopicReader definitions;

  /**
   * Opens the topics; nothing is known yet.
   *
   * @param admin stays the caller's, and must outlive this
   */
  Knowledge(KafkaAddress kafka, String instance, Admin admin) {
    this.admin = admin;
    try {
      String client = instance + "-steward";
      control =
          readers.add(new TopicReader(kafka, client + "-control", Topics.CONTROL, this::noteWish));
      progress =
          readers.add(
              new TopicReader(kafka, client + "-status", Topics.FEED_STATUS, this::noteStatus));
      definitions =
          readers.add(
              new TopicReader(
                  kafka, client + "-definitions", Topics.FEED_DEFINITIONS, catalogue::apply));
    } catch (RuntimeException e) {
      readers.closeAfter(e);
      throw e;
    }
  }

  /**
   * Reads on, to the ends of all three.
   *
   * @throws KafkaException if one cannot be read; what was read stays read
   */
  void read() {
    control.readToEnd();
    progress.readToEnd();
    // The definitions last: then whatever a wish or a status speaks of is known. And to what lies
    // behind open transactions of others: a decision of our own, or of the steward before, that is
    // not seen would be taken a second time.
    definitions.readTo(HighWatermarks.of(admin, Topics.FEED_DEFINITIONS));
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /** The newest wish about each feed, dealt with or not. */
  Map<RecordKey, Wish.OfFeed> wishes() {
    return Collections.unmodifiableMap(wishes);
  }

  /** The newest status of each version and partition, by key. */
  Map<String, FeedStatus> statuses() {
    return Collections.unmodifiableMap(statuses);
  }

  /**
   * Keys of statuses of which there is no definition: a task wrote them before it had heard that
   * its version is gone.
   */
  List<String> strayStatuses() {
    return statuses.keySet().stream()
        .filter(key -> {
          FeedVersion version = FeedVersion.read(key);
          return !catalogue.definitions(version.feed()).containsKey(version);
        })
        .toList();
  }

  private void noteWish(String key, byte @Nullable [] value) {
    if (!key.startsWith(WISHES)) {
      return;
    }
    try {
      RecordKey feed = new RecordKey(key.substring(WISHES.length()));
      // What cannot be read takes the place of the one before all the same.
      wishes.remove(feed);
      if (value != null && Wish.FORMAT.decode(value) instanceof Wish.OfFeed wish) {
        wishes.put(feed, wish);
      }
    } catch (SerializationException | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("key", key)
          .addKeyValue("reason", e.getMessage())
          .log("wish not readable, passed over");
    }
  }

  private void noteStatus(String key, byte @Nullable [] value) {
    // As if it were not there, if it cannot be read: its partition does not count as caught up.
    statuses.remove(key);
    if (value == null) {
      return;
    }
    try {
      FeedVersion.read(key);
      statuses.put(key, FeedStatus.FORMAT.decode(value));
    } catch (SerializationException | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("key", key)
          .addKeyValue("reason", e.getMessage())
          .log("status not readable, passed over");
    }
  }

  @Override
  public void close() {
    readers.close();
  }
}
