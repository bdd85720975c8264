package courtside.testkit.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Deals cards in random order, each once before any comes again. Confined to one thread. */
final class Deck<T> {
  private final List<T> cards;
  private final List<T> left = new ArrayList<>();

  Deck(List<T> cards) {
    if (cards.isEmpty()) {
      throw new IllegalArgumentException("expected at least one card");
    }
    this.cards = List.copyOf(cards);
  }

  T deal(RandomGenerator random) {
    return deal(random, _ -> true);
  }

  /**
   * Deals a card that suits. Cards that do not stay where they are.
   *
   * @throws IllegalArgumentException if the whole deck has none
   */
  T deal(RandomGenerator random, Predicate<T> suits) {
    for (int i = left.size() - 1; i >= 0; i--) {
      if (suits.test(left.get(i))) {
        return left.remove(i);
      }
    }
    List<T> again = new ArrayList<>(cards.stream().filter(suits).toList());
    if (again.isEmpty()) {
      throw new IllegalArgumentException("no card suits");
    }
    Collections.shuffle(again, random);
    T card = again.removeLast();
    left.addAll(again);
    return card;
  }
}
