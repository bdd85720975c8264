package courtside.command;

import courtside.eventlog.control.Wish;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.FeedApi;
import courtside.processor.log.TopicReader;
import courtside.service.Parts;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pipeline's log says is blocked, and how far its feed APIs have read that. Confined to one
 * thread.
 */
final class BlockList implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockList.class);
  private static final int ANSWER_MS = (int) Duration.ofSeconds(10).toMillis();
  private static final String CLIENT = "courtside-blocks";

  /** Statuses are written each second; where there is no newer one, nobody is there. */
  static final Duration SILENCE = Duration.ofSeconds(15);

  private static final Duration LOOK = Duration.ofMillis(100);

  private final KafkaAddress kafka;
  private final Parts parts = new Parts();
  private final SortedMap<String, Wish.Block> blocks = new TreeMap<>();
  private final Map<String, ServiceStatus> replicas = new TreeMap<>();
  private final TopicReader control;
  private final TopicReader status;

  /**
   * Which feed APIs hide what was asked for.
   *
   * @param hiding those that do, by instance
   * @param silent those that run and have not said so, by instance
   */
  record InForce(List<String> hiding, List<String> silent) {
    /** Copies the lists. */
    InForce {
      hiding = List.copyOf(hiding);
      silent = List.copyOf(silent);
    }

    boolean everywhere() {
      return !hiding.isEmpty() && silent.isEmpty();
    }
  }

  /**
   * Opens the list and reads it to its end.
   *
   * @throws KafkaException if Kafka does not answer, or no pipeline was ever there
   */
  BlockList(KafkaAddress kafka) throws InterruptedException {
    this.kafka = kafka;
    Map<String, Object> config = kafka.client();
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
    try (Admin admin = Admin.create(config)) {
      RequiredTopics.require(admin, kafka, List.of(Topics.CONTROL, Topics.SERVICE_STATUS));
    }
    try {
      control =
          parts.add(new TopicReader(kafka, CLIENT + "-control", Topics.CONTROL, this::noteWish));
      status =
          parts.add(
              new TopicReader(kafka, CLIENT + "-status", Topics.SERVICE_STATUS, this::noteStatus));
      control.readToEnd();
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /** What is blocked, by subject. A view. */
  SortedMap<String, Wish.Block> blocks() {
    return Collections.unmodifiableSortedMap(blocks);
  }

  /**
   * Blocks subjects, or blocks them no more where there is no wish.
   *
   * @param changes by subject
   * @return how far {@code control} must be read to know of all of them
   * @throws KafkaException if some could not be written; all may be tried again
   */
  long write(Map<String, Optional<Wish.Block>> changes) throws InterruptedException {
    Map<String, Optional<Wish>> wishes = new TreeMap<>();
    changes.forEach(
        (subject, block) -> wishes.put(Wish.Block.key(subject), block.map(wish -> wish)));
    long end = WishWriter.write(kafka, wishes);
    control.readToEnd();
    return end;
  }

  /**
   * Waits until every feed API that runs has read so far, or for so long.
   *
   * @param offset of {@code control}
   */
  InForce await(long offset, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      status.readToEnd();
      InForce found = inForce(offset, Instant.now());
      if (found.everywhere() || System.nanoTime() - deadline > 0) {
        return found;
      }
      Thread.sleep(LOOK);
    }
  }

  private InForce inForce(long offset, Instant now) {
    List<String> hiding = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (ServiceStatus replica : replicas.values()) {
      Double read = replica.figures().get(FeedApi.CONTROL_OFFSET);
      if (read != null && read >= offset) {
        hiding.add(replica.instance());
      } else if (Duration.between(replica.at(), now).compareTo(SILENCE) <= 0) {
        silent.add(replica.instance());
      }
    }
    return new InForce(hiding, silent);
  }

  private void noteWish(String key, byte @Nullable [] value) {
    if (!key.startsWith(Wish.Block.KEYS)) {
      return;
    }
    if (value == null) {
      blocks.remove(key.substring(Wish.Block.KEYS.length()));
      return;
    }
    try {
      if (Wish.FORMAT.decode(value) instanceof Wish.Block block && block.key().equals(key)) {
        blocks.put(block.subject(), block);
      }
    } catch (SerializationException e) {
      passOver(key, e);
    }
  }

  private void noteStatus(String key, byte @Nullable [] value) {
    if (value == null) {
      replicas.remove(key);
      return;
    }
    try {
      ServiceStatus said = ServiceStatus.FORMAT.decode(value);
      if (said.service().equals(FeedApi.NAME)) {
        replicas.put(key, said);
      }
    } catch (SerializationException e) {
      passOver(key, e);
    }
  }

  private static void passOver(String key, RuntimeException failure) {
    LOG.atWarn()
        .addKeyValue("key", key)
        .addKeyValue("reason", failure.getMessage())
        .log("not readable here, passed over");
  }

  @Override
  public void close() {
    parts.close();
  }
}
