package courtside.processor.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What happens to processors, and to rules, one act after another. The acts and their order come
 * from the seed alone. Confined to one thread.
 */
final class Tormentor {
  private static final int MOST = 3;

  private final Processors processors;
  private final RuleChanges changes;
  private final Map<Act, Integer> done = new EnumMap<>(Act.class);
  private int atWork;

  /** What is done. */
  enum Act {
    /** SIGKILL of one at work, and another one is started at once: it takes the slot. */
    KILL_AND_START,
    /** SIGKILL of any: others have to take over. */
    KILL,
    /** SIGSTOP. */
    FREEZE,
    /** SIGCONT. */
    THAW,
    /** SIGTERM. */
    REMOVE,
    /** One more. */
    ADD,
    /** Somebody changes rules. */
    CHANGE_RULES,
  }

  Tormentor(Processors processors, RuleChanges changes) {
    this.processors = processors;
    this.changes = changes;
  }

  /** As many kills, and what there has to be of everything else. */
  static List<Act> acts(int kills, Random random) {
    List<Act> acts = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      acts.add(i % 4 == 3 ? Act.KILL : Act.KILL_AND_START);
      if (i % 2 == 0) {
        acts.add(Act.FREEZE);
        acts.add(Act.THAW);
      }
      if (i % 4 == 1) {
        acts.add(Act.REMOVE);
        acts.add(Act.CHANGE_RULES);
      }
      if (i % 4 == 2) {
        acts.add(Act.ADD);
      }
    }
    Collections.shuffle(acts, random);
    return acts;
  }

  /** Does it, or what comes nearest where that cannot be done now. */
  void act(Act act) throws IOException, InterruptedException {
    processors.requireAlive();
    Act possible = possible(act);
    switch (possible) {
      case KILL_AND_START -> {
        if (processors.running() > 0 && processors.killAtWork()) {
          atWork++;
        } else {
          processors.kill();
        }
        processors.add();
      }
      case KILL -> processors.kill();
      case FREEZE -> processors.freeze();
      case THAW -> processors.thaw();
      case REMOVE -> processors.remove();
      case ADD -> processors.add();
      case CHANGE_RULES -> changes.change();
    }
    done.merge(possible, 1, Integer::sum);
  }

  private Act possible(Act act) throws IOException {
    return switch (act) {
      case KILL_AND_START, KILL -> {
        if (processors.present() == 0) {
          processors.add();
        }
        yield act;
      }
      case FREEZE, REMOVE -> processors.running() == 0 ? Act.ADD : act;
      case THAW -> processors.frozen() > 0 ? act : adding();
      case ADD -> adding();
      case CHANGE_RULES -> act;
    };
  }

  private Act adding() {
    if (processors.present() < MOST) {
      return Act.ADD;
    }
    return processors.running() > 0 ? Act.REMOVE : Act.THAW;
  }

  /** How many were killed. */
  int kills() {
    return done.getOrDefault(Act.KILL_AND_START, 0) + done.getOrDefault(Act.KILL, 0);
  }

  /** How many of them are known to have been at work. */
  int atWork() {
    return atWork;
  }

  /** How often each act was done. */
  @Override
  public String toString() {
    return done + " (" + atWork + " at work)";
  }
}
