package courtside.processor.feed;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TalliesTest {
  private static final FeedVersion NBA = FeedVersion.of("nba", "one");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");

  private final Tallies tallies = new Tallies();

  @Test
  void isNotKnownUntilSomethingIsRead() {
    tallies.begin(0);

    assertThat(tallies.matchRate()).isEmpty();
    assertThat(tallies.matchRate(NBA)).isEmpty();
  }

  @Test
  void isOfAllPartitionsTogether() {
    read(tallies.begin(0), List.of(NBA), List.of(NBA, CHAT), List.of());
    read(tallies.begin(1), List.of());

    assertThat(tallies.matchRate()).hasValue(0.5);
    assertThat(tallies.matchRate(NBA)).hasValue(0.5);
    assertThat(tallies.matchRate(CHAT)).hasValue(0.25);
  }

  @Test
  void forgetsWhatATaskHadReadThatEndsOrBeginsAnew() {
    Tally first = tallies.begin(0);
    read(first, List.of(NBA));
    Tally again = tallies.begin(0);
    read(again, List.of());
    assertThat(tallies.matchRate()).hasValue(0);

    // One that ends late takes nothing from the one in its place.
    tallies.end(0, first);
    assertThat(tallies.matchRate()).hasValue(0);
    tallies.end(0, again);
    assertThat(tallies.matchRate()).isEmpty();
  }

  @SafeVarargs
  private static void read(Tally tally, List<FeedVersion>... matched) {
    for (List<FeedVersion> versions : matched) {
      tally.read();
      tally.matched(versions);
    }
  }
}
