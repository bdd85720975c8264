package courtside.testkit.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The latest posts that have not been deleted. Confined to one thread. */
final class Memory {
  private final int limit;
  private final List<Said> latest = new ArrayList<>();
  private final Set<Long> numbers = new HashSet<>();

  Memory(int limit) {
    this.limit = limit;
  }

  void add(Said said) {
    latest.add(said);
    numbers.add(said.number);
    if (latest.size() > limit) {
      numbers.remove(latest.removeFirst().number);
    }
  }

  void remove(Said said) {
    latest.remove(said);
    numbers.remove(said.number);
  }

  boolean holds(long number) {
    return numbers.contains(number);
  }

  /** A post that suits, the newer the likelier; none if none was found in a few tries. */
  Optional<Said> pick(RandomGenerator random, Predicate<Said> suits) {
    for (int i = 0; i < 8 && !latest.isEmpty(); i++) {
      int one = random.nextInt(latest.size());
      int other = random.nextInt(latest.size());
      Said said = latest.get(Math.max(one, other));
      if (suits.test(said)) {
        return Optional.of(said);
      }
    }
    return Optional.empty();
  }

  /** A post and what became of it. Confined to one thread. */
  static final class Said {
    final long number;
    final long root;
    final Set<Integer> likedBy = new HashSet<>();
    final Set<Integer> repostedBy = new HashSet<>();
    Plan plan;
    Scribe.Spoken spoken;

    /**
     * @param root the post that its conversation began with, itself if that is this one
     */
    Said(long number, long root, Plan plan, Scribe.Spoken spoken) {
      this.number = number;
      this.root = root;
      this.plan = plan;
      this.spoken = spoken;
    }
  }
}
