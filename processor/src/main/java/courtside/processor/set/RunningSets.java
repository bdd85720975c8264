package courtside.processor.set;

import courtside.eventlog.feed.FeedDefinition;
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
 * The sets that run here, brought to what is wanted. One of which nothing is wanted any more ends
 * for good. What a set lacks for a reason that may pass is tried again; what its definitions are
 * the reason for is not, until they change. One thread reconciles; any may ask.
 */
final class RunningSets<S extends RunningSets.Running> {
  private static final Logger LOG = LoggerFactory.getLogger(RunningSets.class);

  private final Start<S> start;
  private final Map<String, S> running = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  // Confined to the thread that reconciles.
  private final Map<String, Members> done = new HashMap<>();

  RunningSets(Start<S> start) {
    this.start = start;
  }

  /** A set that runs. */
  interface Running extends AutoCloseable {
    /** Matches these from now on. */
    void replace(Members members) throws RuleException;

    /**
     * Ends it on this instance for good.
     *
     * @return whether it has ended; if not, to be asked again
     */
    boolean end();

    /** Ends it until this instance is started again. */
    @Override
    void close();
  }

  /** Starts a set. */
  @FunctionalInterface
  interface Start<S> {
    /** Starts the set of this id. */
    S start(String id, Members members) throws RuleException;
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
  boolean reconcile(Map<String, Members> wanted) {
    boolean all = true;
    for (String id : new ArrayList<>(running.keySet())) {
      if (!wanted.containsKey(id)) {
        all &= end(id);
      }
    }
    done.keySet().retainAll(wanted.keySet());
    refused.keySet().retainAll(wanted.keySet());
    for (Map.Entry<String, Members> set : wanted.entrySet()) {
      if (!set.getValue().equals(done.get(set.getKey()))) {
        all &= bring(set.getKey(), set.getValue());
      }
    }
    return all;
  }

  private boolean bring(String id, Members members) {
    int matcher =
        members.matched().values().stream().mapToInt(FeedDefinition::matcher).max().orElse(0);
    if (matcher > Matcher.VERSION) {
      done.put(id, members);
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
        running.put(id, start.start(id, members));
      } else {
        set.replace(members);
      }
    } catch (RuleException e) {
      done.put(id, members);
      refuse(id, "the set " + id + " cannot run: " + e.getMessage());
      return true;
    } catch (KafkaException e) {
      refuse(id, "the set " + id + " cannot run now: " + e.getMessage());
      return false;
    }
    done.put(id, members);
    refused.remove(id);
    return true;
  }

  /** Said in the log once, however often it is tried. */
  private void refuse(String id, String why) {
    if (!why.equals(refused.put(id, why))) {
      LOG.atError().addKeyValue("set", id).addKeyValue("reason", why).log("set does not run");
    }
  }

  private boolean end(String id) {
    S set = running.get(id);
    if (set == null) {
      return true;
    }
    if (!set.end()) {
      return false;
    }
    running.remove(id);
    LOG.atInfo().addKeyValue("set", id).log("set ended");
    return true;
  }

  /** Closes a set, as this instance ends. */
  void close(String id) {
    S set = running.remove(id);
    if (set != null) {
      set.close();
      LOG.atInfo().addKeyValue("set", id).log("set closed");
    }
  }
}
