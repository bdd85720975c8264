package courtside.processor.steward;

import courtside.processor.feed.FeedTopology;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What sets leave behind on the broker once they have no version any more: the group of their
 * application, and its internal topics. The group goes first, as the broker refuses that while an
 * instance still runs the set; then nobody uses the topics. What is refused is tried again.
 * Confined to one thread.
 */
final class EndedSets {
  private static final Logger LOG = LoggerFactory.getLogger(EndedSets.class);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final int TIMEOUT_MS = 5_000;

  /** An application, or what belongs to one. */
  private static final Pattern NAME =
      Pattern.compile(Pattern.quote(FeedTopology.application("")) + "([0-9a-z]+)(-.+)?");

  private final Admin admin;
  private final LongSupplier nanoTime;
  private final Step.Observer observer;
  private final Set<String> withGroup = new TreeSet<>();
  private final Set<String> withoutGroup = new TreeSet<>();
  private final Map<String, String> said = new HashMap<>();
  private long triedAt;

  EndedSets(Admin admin, LongSupplier nanoTime, Step.Observer observer) {
    this.admin = admin;
    this.nanoTime = nanoTime;
    this.observer = observer;
    this.triedAt = nanoTime.getAsLong() - BETWEEN_TRIES.toNanos();
  }

  /**
   * The ids of all sets of which there is a group or a topic, whether they have ended or not.
   *
   * @throws KafkaException if the broker does not say
   */
  Set<String> found() {
    Collection<GroupListing> groups =
        answer(admin.listGroups(new ListGroupsOptions().timeoutMs(TIMEOUT_MS)).all());
    Set<String> found = new TreeSet<>();
    Stream.concat(groups.stream().map(GroupListing::groupId), topics().stream())
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .forEach(matcher -> found.add(matcher.group(1)));
    return found;
  }

  /** These have ended, for good: no id is drawn twice. */
  void add(Collection<String> sets) {
    for (String set : sets) {
      if (!withoutGroup.contains(set) && withGroup.add(set)) {
        LOG.atInfo().addKeyValue("set", set).log("set has ended");
      }
    }
  }

  /**
   * Deletes what can be deleted now, once a second at most.
   *
   * @throws KafkaException if the broker does not answer
   */
  void work() {
    long now = nanoTime.getAsLong();
    if ((withGroup.isEmpty() && withoutGroup.isEmpty())
        || now - triedAt < BETWEEN_TRIES.toNanos()) {
      return;
    }
    triedAt = now;
    deleteGroups();
    deleteTopics();
  }

  private void deleteGroups() {
    if (withGroup.isEmpty()) {
      return;
    }
    List<String> groups = withGroup.stream().map(FeedTopology::application).toList();
    Map<String, KafkaFuture<Void>> deletions =
        admin
            .deleteConsumerGroups(groups, new DeleteConsumerGroupsOptions().timeoutMs(TIMEOUT_MS))
            .deletedGroups();
    for (String set : List.copyOf(withGroup)) {
      String group = FeedTopology.application(set);
      if (isGone(set, group, deletions.get(group))) {
        withGroup.remove(set);
        withoutGroup.add(set);
      }
    }
    observer.after(Step.GROUPS_DELETED);
  }

  private void deleteTopics() {
    if (withoutGroup.isEmpty()) {
      return;
    }
    Map<String, String> internal = new HashMap<>();
    for (String topic : topics()) {
      Matcher matcher = NAME.matcher(topic);
      if (matcher.matches() && withoutGroup.contains(matcher.group(1))) {
        internal.put(topic, matcher.group(1));
      }
    }
    Set<String> left = new HashSet<>();
    Map<String, KafkaFuture<Void>> deletions =
        admin
            .deleteTopics(internal.keySet(), new DeleteTopicsOptions().timeoutMs(TIMEOUT_MS))
            .topicNameValues();
    internal.forEach((topic, set) -> {
      if (!isGone(set, topic, deletions.get(topic))) {
        left.add(set);
      }
    });
    for (String set : List.copyOf(withoutGroup)) {
      if (!left.contains(set)) {
        withoutGroup.remove(set);
        said.remove(set);
        LOG.atInfo().addKeyValue("set", set).log("nothing is left of the set");
      }
    }
    observer.after(Step.TOPICS_DELETED);
  }

  private Set<String> topics() {
    return answer(admin.listTopics(new ListTopicsOptions().timeoutMs(TIMEOUT_MS)).names());
  }

  /** Whether a deletion has left nothing; what it has left is said once. */
  private boolean isGone(String set, String what, @Nullable KafkaFuture<Void> deletion) {
    if (deletion == null) {
      return false;
    }
    try {
      deletion.get();
      return true;
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      if (why instanceof GroupIdNotFoundException
          || why instanceof UnknownTopicOrPartitionException) {
        return true;
      }
      String reason = String.valueOf(why);
      if (!reason.equals(said.put(set, reason))) {
        (why instanceof GroupNotEmptyException ? LOG.atInfo() : LOG.atWarn())
            .addKeyValue("what", what)
            .addKeyValue("reason", reason)
            .log("not deleted yet, trying again");
      }
      return false;
    } catch (InterruptedException e) {
      throw new InterruptException("interrupted while deleting " + what, e);
    }
  }

  private static <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new KafkaException("the broker does not say what sets have left", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException("interrupted while asking what sets have left", e);
    }
  }
}
