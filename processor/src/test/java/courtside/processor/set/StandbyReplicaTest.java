package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two instances each keeps the other's state as well. */
final class StandbyReplicaTest {
  private static final int POSTS = 60;
  private static final int PARTITIONS = Topics.POSTS.partitions();
  private static final String RESTORED = "courtside.processor.entries.restored";
  private static final String REPLICATED = "courtside.processor.entries.replicated";

  @TempDir Path directory;
  private final SimpleMeterRegistry ones = new SimpleMeterRegistry();
  private final SimpleMeterRegistry twos = new SimpleMeterRegistry();
  private SetsFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = SetsFixture.start(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void theOtherGoesOnWithTheStateThatItHas() throws Exception {
    // given: two instances that share the tasks of a set, and have read the same posts
    fixture.define("nba", "a");
    try (FeedSets two = fixture.sets("two", twos, 1)) {
      try (FeedSets one = fixture.sets("one", ones, 1)) {
        await().atMost(SetsFixture.LIMIT).until(() -> isShared(one) && isShared(two));
        fixture.writePosts(0, POSTS);
        fixture.awaitItems("nba", POSTS);
        await()
            .atMost(SetsFixture.LIMIT)
            .untilAsserted(() ->
                assertThat(count(ones, REPLICATED) + count(twos, REPLICATED)).isEqualTo(POSTS));

        // then: each has the state of all, another set's coming and going included
        fixture.define("other", "b");
        fixture.awaitItems("other", POSTS);
        fixture.remove("other");
        fixture.awaitItems("other", 0);
        fixture.forget("other");
        await().atMost(SetsFixture.LIMIT).until(() -> two.now().size() == 1);
        assertThat(fixture.tasks("one", "a")).hasSize(PARTITIONS);
        assertThat(fixture.tasks("two", "a")).hasSize(PARTITIONS);
      }
      // when: one is gone, and does not say so

      // then: the other has all of its tasks, and reads no entry anew
      double restored = count(twos, RESTORED);
      await()
          .atMost(SetsFixture.LIMIT)
          .until(() -> two.now().getFirst().stage().tasks() == PARTITIONS);
      // Known from the store alone that they are in the feed.
      for (int post = 0; post < POSTS; post++) {
        fixture.edit(post, "a game of chess");
      }
      fixture.awaitItems("nba", 0);
      assertThat(count(twos, RESTORED)).isEqualTo(restored);
    }
  }

  private static boolean isShared(FeedSets sets) {
    List<SetStage> now = sets.now();
    return now.size() == 1
        && now.getFirst().stage().tasks() == PARTITIONS / 2
        && now.getFirst().stage().standby() == PARTITIONS / 2;
  }

  private static double count(SimpleMeterRegistry registry, String counter) {
    return registry.get(counter).counter().count();
  }
}
