package courtside.processor.rule;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The literals of one field, all found in one pass over a text, after Aho and Corasick. A state
 * stands for what literals begin with; where the text does not go on as one of them does, the
 * search goes on from the longest end of what was read that others begin with. Immutable;
 * thread-safe.
 */
final class Needles {
  private static final int ROOT = 0;
  private static final int NONE = -1;

  private final List<Literal> literals;

  // Where states lead: open addressing by state and character. Nothing leads to the root.
  private long[] keys = new long[64];
  private int[] targets = new int[64];

  // By state. The shorter one is the longest of its ends that is itself a literal.
  private int states = 1;
  private int[] fallback = new int[32];
  private int[] shorter = new int[32];
  private int[] found = new int[32];

  /** By literal: the next one of the same text. */
  private final int[] same;

  /** Whether each of them begins where a word does. */
  private final boolean startWords;

  /** The literals, in an order by which they will be reported. */
  Needles(List<Literal> literals) {
    this.literals = List.copyOf(literals);
    this.same = new int[literals.size()];
    this.startWords = literals.stream().allMatch(Literal::starts);
    Arrays.fill(found, NONE);
    build();
  }

  /**
   * All literals together, a character at a time: so what a state falls back to is there already.
   */
  private void build() {
    int[] at = new int[literals.size()];
    boolean more = true;
    for (int depth = 0; more; depth++) {
      more = false;
      for (int i = 0; i < at.length; i++) {
        String text = literals.get(i).text();
        if (depth < text.length()) {
          at[i] = reach(at[i], text.charAt(depth));
          if (depth + 1 == text.length()) {
            same[i] = found[at[i]];
            found[at[i]] = i;
          } else {
            more = true;
          }
        }
      }
    }
  }

  private int reach(int state, char c) {
    int slot = slot(state, c);
    if (targets[slot] != ROOT) {
      return targets[slot];
    }
    int made = states++;
    if (made == fallback.length) {
      fallback = Arrays.copyOf(fallback, 2 * made);
      shorter = Arrays.copyOf(shorter, 2 * made);
      found = Arrays.copyOf(found, 2 * made);
      Arrays.fill(found, made, found.length, NONE);
    }
    fallback[made] = state == ROOT ? ROOT : follow(fallback[state], c);
    shorter[made] = found[fallback[made]] == NONE ? shorter[fallback[made]] : fallback[made];
    keys[slot] = key(state, c);
    targets[slot] = made;
    if (2 * states > keys.length) {
      rehash();
    }
    return made;
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[2 * oldKeys.length];
    targets = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldTargets[i] != ROOT) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        targets[slot] = oldTargets[i];
      }
    }
  }

  /** Reports the number of each literal that occurs, as often as it does. */
  void find(Haystack haystack, IntConsumer report) {
    if (startWords) {
      findAtEdges(haystack, report);
    } else {
      findAnywhere(haystack, report);
    }
  }

  /** From each place where a word may begin as far as any literal goes: most words end at once. */
  private void findAtEdges(Haystack haystack, IntConsumer report) {
    for (int begin = 0; begin < haystack.length(); begin++) {
      if (!haystack.isEdge(begin)) {
        continue;
      }
      int state = ROOT;
      for (int i = begin; i < haystack.length(); i++) {
        state = targets[slot(state, haystack.at(i))];
        if (state == ROOT) {
          break;
        }
        report(state, haystack, i + 1, report);
      }
    }
  }

  private void findAnywhere(Haystack haystack, IntConsumer report) {
    int state = ROOT;
    for (int i = 0; i < haystack.length(); i++) {
      state = follow(state, haystack.at(i));
      for (int end = state; end != ROOT; end = shorter[end]) {
        report(end, haystack, i + 1, report);
      }
    }
  }

  private void report(int state, Haystack haystack, int end, IntConsumer report) {
    for (int number = found[state]; number != NONE; number = same[number]) {
      Literal literal = literals.get(number);
      int begin = end - literal.text().length();
      if ((haystack.isEdge(begin) || !literal.starts())
          && (haystack.isEdge(end) || !literal.ends())
          && (literal.field() != Field.NAME || !literal.starts() || haystack.isCapital(begin))) {
        report.accept(number);
      }
    }
  }

  private int follow(int from, char c) {
    int state = from;
    while (true) {
      int target = targets[slot(state, c)];
      if (target != ROOT || state == ROOT) {
        return target;
      }
      state = fallback[state];
    }
  }

  /** Where a transition stands, or would. */
  private int slot(int state, char c) {
    return slot(key(state, c));
  }

  private int slot(long key) {
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> Integer.SIZE) & (keys.length - 1);
    while (targets[slot] != ROOT && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private static long key(int state, char c) {
    return ((long) state << Character.SIZE) | c;
  }
}
