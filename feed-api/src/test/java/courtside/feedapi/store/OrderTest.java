package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.feedapi.store.Order.Move;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OrderTest {
  private static final int STEPS = 300;
  private static final int TIMES = 2_000;

  /** Everything that the feed has, in order, and what of it is in memory. */
  private final NavigableMap<Position, FeedEntry> all = new TreeMap<>(Collections.reverseOrder());

  /** Where each item stands. */
  private final Map<String, Position> places = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isWhatASortedMapIs(long seed) {
    Random random = new Random(seed);
    Order order = Order.of(0, Integer.MAX_VALUE, List.of(), true);
    for (int step = 1; step <= STEPS; step++) {
      order = order.after(step, moves(random));

      assertThat(visited(order, Optional.empty(), Integer.MAX_VALUE))
          .as("seed %d, step %d", seed, step)
          .containsExactlyElementsOf(all.values());
      Position any = new Position(random.nextInt(TIMES), "at://" + random.nextInt(9));
      assertThat(visited(order, Optional.of(any), 5))
          .as("seed %d, step %d, below %s", seed, step, any)
          .containsExactlyElementsOf(all.tailMap(any, false).values().stream().limit(5).toList());
    }
    assertThat(order.whole()).isTrue();
    assertThat(order.size()).isEqualTo(all.size());
    assertThat(order.generation()).isEqualTo(STEPS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepsTheNewestOfManyAndNothingElse(long seed) {
    Random random = new Random(seed);
    int most = 100;
    Order order = Order.of(0, most, List.of(), true);
    boolean cut = false;
    for (int step = 1; step <= STEPS; step++) {
      order = order.after(step, moves(random));
      cut |= !order.whole();
      // What went below its end is not known to it; what it has is the feed's beginning all the
      // same.
      assertThat(visited(order, Optional.empty(), Integer.MAX_VALUE))
          .as("seed %d, step %d", seed, step)
          .hasSize(order.size())
          .hasSizeLessThanOrEqualTo(most)
          .containsExactlyElementsOf(all.values().stream().limit(order.size()).toList());
    }
    assertThat(cut).as("more than it keeps").isTrue();
  }

  @Test
  void isTheSameToWhoReadsItWhateverComes() {
    Order before =
        Order.of(1, 9, List.of(entry(3, "at://c"), entry(2, "at://b"), entry(1, "at://a")), true);

    Order after =
        before.after(
            2,
            List.of(
                new Move(Optional.of(new Position(2, "at://b")), Optional.empty()),
                new Move(Optional.empty(), Optional.of(entry(4, "at://d")))));

    assertThat(visited(before, Optional.empty(), 9))
        .extracting(FeedEntry::uri)
        .containsExactly("at://c", "at://b", "at://a");
    assertThat(visited(after, Optional.empty(), 9))
        .extracting(FeedEntry::uri)
        .containsExactly("at://d", "at://c", "at://a");
  }

  /** Some items come, some move, some go, some come twice; now and then very many go. */
  private List<Move> moves(Random random) {
    List<Move> moves = new ArrayList<>();
    boolean purge = random.nextInt(40) == 0;
    int count = purge ? places.size() : random.nextInt(60);
    for (int n = 0; n < count; n++) {
      String uri = "at://" + random.nextInt(3_000);
      Optional<Position> from = Optional.ofNullable(places.get(uri));
      if (purge) {
        uri = places.keySet().iterator().next();
        from = Optional.ofNullable(places.get(uri));
      }
      if (purge || (from.isPresent() && random.nextInt(3) == 0)) {
        all.remove(from.orElseThrow());
        places.remove(uri);
        moves.add(new Move(from, Optional.empty()));
        continue;
      }
      FeedEntry to = entry(random.nextInt(TIMES), uri);
      from.ifPresent(all::remove);
      all.put(to.position(), to);
      places.put(uri, to.position());
      moves.add(new Move(from, Optional.of(to)));
    }
    return moves;
  }

  private static FeedEntry entry(long sortAt, String uri) {
    return new FeedEntry(new Position(sortAt, uri), 9_000);
  }

  private static List<FeedEntry> visited(Order order, Optional<Position> after, int most) {
    List<FeedEntry> visited = new ArrayList<>();
    order.visit(
        after,
        entry -> {
          if (visited.size() < most) {
            visited.add(entry);
          }
          return visited.size() < most;
        });
    return visited;
  }
}
