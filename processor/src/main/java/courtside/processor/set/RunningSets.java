package courtside.processor.set;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.RuleException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sets that run here, brought to what is wanted. What a set lacks for a reason that may pass is
 * tried again; what its definitions are the reason for is not, until they change. One thread
 * reconciles; any may ask.
 */
final class RunningSets<S extends RunningSets.Running> {
  private static final Logger LOG = LoggerFactory.getLogger(RunningSets.class);

  private final Start<S> start;
  private final Map<String, S> running = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  // Confined to the thread that reconciles.
  private final Map<String, Map<FeedVersion, FeedDefinition>> done = new HashMap<>();

  RunningSets(Start<S> start) {
    this.start = start;
  }

  /** A set that runs. */
  interface Running extends AutoCloseable {
    /** Matches these from now on. */
    void replace(Map<FeedVersion, FeedDefinition> definitions) throws RuleException;

    @Override
    void close();
  }

  /** Starts a set. */
  @FunctionalInterface
  interface Start<S> {
    /** Starts the set of this id. */
    S start(String id, Map<FeedVersion, FeedDefinition> definitions) throws RuleException;
  }

  Collection<S> running() {
    return running.values();
  }

  Set<String> ids() {
    return running.keySet();
  }

  /** Why sets do not run as they should, a sentence for each. */
  List<String> refused() {
    return List.copyOf(refused.values());
  }

  /** Does what is to be done. Says whether all is, and nothing has to be tried again. */
  boolean reconcile(Map<String, ? extends Map<FeedVersion, FeedDefinition>> wanted) {
    for (String id : new ArrayList<>(running.keySet())) {
      if (!wanted.containsKey(id)) {
        end(id);
      }
    }
    done.keySet().retainAll(wanted.keySet());
    refused.keySet().retainAll(wanted.keySet());
    boolean all = true;
    for (Map.Entry<String, ? extends Map<FeedVersion, FeedDefinition>> set : wanted.entrySet()) {
      if (!set.getValue().equals(done.get(set.getKey()))) {
        all &= bring(set.getKey(), Map.copyOf(set.getValue()));
      }
    }
    return all;
  }

  private boolean bring(String id, Map<FeedVersion, FeedDefinition> definitions) {
    int matcher = definitions.values().stream().mapToInt(FeedDefinition::matcher).max().orElse(0);
    if (matcher > Matcher.VERSION) {
      done.put(id, definitions);
      refuse(
          id,
          "the set "
              + id
              + " needs matcher "
              + matcher
              + ", this version has "
              + Matcher.VERSION
              + ": upgrade it");
      return true;
    }
    try {
      S set = running.get(id);
      if (set == null) {
        running.put(id, start.start(id, definitions));
      } else {
        set.replace(definitions);
      }
    } catch (RuleException e) {
      done.put(id, definitions);
      refuse(id, "the set " + id + " cannot run: " + e.getMessage());
      return true;
    } catch (KafkaException e) {
      refuse(id, "the set " + id + " cannot run now: " + e.getMessage());
      return false;
    }
    done.put(id, definitions);
    refused.remove(id);
    return true;
  }

  /** Said in the log once, however often it is tried. */
  private void refuse(String id, String why) {
    if (!why.equals(refused.put(id, why))) {
      LOG.atError().addKeyValue("set", id).addKeyValue("reason", why).log("set does not run");
    }
  }

  void end(String id) {
    S set = running.remove(id);
    if (set != null) {
      set.close();
      LOG.atInfo().addKeyValue("set", id).log("set ended");
    }
  }
}
