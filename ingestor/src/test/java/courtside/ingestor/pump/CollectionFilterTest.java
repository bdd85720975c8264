package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.firehose.FrameScan;
import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CollectionFilterTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");

  private static CollectionFilter filter(String text) {
    return CollectionFilter.parse(text).orElseThrow();
  }

  /** What the account wrote, as it stood before there was a frame. */
  private static boolean touches(Emission.Committed emission, String prefix) {
    return emission.commit().changes().stream()
        .anyMatch(change -> change.key().toString().startsWith(prefix));
  }

  private static List<Emission> emissions() {
    SimulatedNetwork network = new SimulatedNetwork(new Identities(7, 1));
    List<Emission> emissions = new ArrayList<>();
    for (int act = 0; act < 300; act++) {
      emissions.addAll(network.next(NOW.plusSeconds(act)));
    }
    return emissions;
  }

  private static boolean keeps(CollectionFilter filter, Emission emission) throws Exception {
    byte[] frame = emission.frame(1);
    return filter.keeps(FrameScan.of(frame).kind(), frame);
  }

  @Test
  void keepsCommitsThatTouchOneOfItsCollectionsAndWhateverTouchesNone() throws Exception {
    CollectionFilter likes = filter("app.bsky.feed.like");
    CollectionFilter graph = filter("app.bsky.graph.*, app.bsky.feed.like");
    int kept = 0;
    int dropped = 0;
    for (Emission emission : emissions()) {
      if (!(emission instanceof Emission.Committed committed)
          || committed.commit().changes().isEmpty()) {
        assertThat(keeps(likes, emission)).isTrue();
        continue;
      }
      boolean like = touches(committed, "app.bsky.feed.like/");
      assertThat(keeps(likes, emission)).isEqualTo(like);
      assertThat(keeps(graph, emission)).isEqualTo(like || touches(committed, "app.bsky.graph."));
      kept += like ? 1 : 0;
      dropped += like ? 0 : 1;
    }
    assertThat(kept).isGreaterThan(10);
    assertThat(dropped).isGreaterThan(10);
  }

  @Test
  void aStarKeepsEverything() throws Exception {
    for (Emission emission : emissions()) {
      assertThat(keeps(filter(" * "), emission)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "app",
        "app.bsky.*.post",
        "app.bsky.feed.post,",
        "*.bsky",
        "a b.c",
        "app.bsky.feed*"
      })
  void refusesWhatIsNoCollection(String text) {
    assertThat(CollectionFilter.parse(text)).isEmpty();
  }
}
