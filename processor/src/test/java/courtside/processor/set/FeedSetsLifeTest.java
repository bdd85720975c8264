package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.feed.FeedTopology;
import courtside.processor.streams.Application;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets from their first definition to their last, on two instances that never leave by closing. */
final class FeedSetsLifeTest {
  private static final String NBA = "nba";
  private static final String CHAT = "chat";
  private static final String OTHER = "other";
  private static final String ENDS = "ends";
  private static final String STAYS = "stays";

  private static final int POSTS = 60;

  @TempDir Path directory;
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
  void aSetLosesItsVersionsAndThenEndsForGood() throws Exception {
    // given: two sets on two instances
    fixture.define(NBA, ENDS);
    fixture.define(CHAT, ENDS);
    fixture.define(OTHER, STAYS);
    fixture.writePosts(0, POSTS);
    try (FeedSets one = fixture.sets("one");
        FeedSets two = fixture.sets("two")) {
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> {
            for (String feed : List.of(NBA, CHAT, OTHER)) {
              assertThat(fixture.items(feed)).hasSize(POSTS);
            }
            for (String instance : List.of("one", "two")) {
              assertThat(directories(instance)).containsExactlyInAnyOrder(ENDS, STAYS);
            }
            assertThat(members(ENDS)).hasSize(2);
          });

      // when: a version is removed
      fixture.remove(NBA);
      awaitRemoved(NBA);
      // then: whoever reads that it is has nothing of it left to read
      assertThat(fixture.items(NBA)).isEmpty();
      assertThat(fixture.items(CHAT)).hasSize(POSTS);
      assertThat(fixture.items(OTHER)).hasSize(POSTS);

      // and: once its definition is gone, its set goes on without it
      fixture.forget(NBA);
      fixture.writePosts(POSTS, POSTS + 1);
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> {
            assertThat(fixture.items(CHAT)).hasSize(POSTS + 1);
            assertThat(fixture.items(OTHER)).hasSize(POSTS + 1);
          });
      assertThat(fixture.items(NBA)).isEmpty();
      assertThat(sets(one)).containsExactlyInAnyOrder(ENDS, STAYS);

      // when: the last one is removed, and gone
      fixture.remove(CHAT);
      awaitRemoved(CHAT);
      assertThat(fixture.items(CHAT)).isEmpty();
      assertThat(directories("one")).contains(ENDS);
      fixture.forget(CHAT);

      // then: nothing is left of its set on either instance, nor in its group
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> {
            assertThat(sets(one)).containsExactly(STAYS);
            assertThat(sets(two)).containsExactly(STAYS);
            assertThat(directories("one")).containsExactly(STAYS);
            assertThat(directories("two")).containsExactly(STAYS);
          });
      assertThat(members(ENDS)).isEmpty();
      fixture.admin().deleteConsumerGroups(List.of(FeedTopology.application(ENDS))).all().get();
      assertThat(fixture.items(OTHER)).hasSize(POSTS + 1);
    }
    // One that is only stopped keeps its place and its state.
    assertThat(members(STAYS)).hasSize(2);
    assertThat(directories("one")).containsExactly(STAYS);
  }

  @Test
  void whatASetLeftWhileAnInstanceWasAwayIsDeletedUnlessADefinitionCannotBeRead() throws Exception {
    // given: an instance with the state of a set that may have a definition
    Path left = fixture.state("one").resolve(FeedTopology.application(ENDS));
    Files.createDirectories(left.resolve("0_3/rocksdb"));
    Files.writeString(left.resolve("0_3/rocksdb/CURRENT"), "x");
    Files.createDirectories(fixture.state("one").resolve("courtside-extract"));
    fixture.define(OTHER, STAYS);
    fixture.write(
        Topics.FEED_DEFINITIONS,
        SetsFixture.version(NBA).key(),
        "from the future".getBytes(StandardCharsets.UTF_8));

    try (FeedSets one = fixture.sets("one")) {
      await()
          .atMost(SetsFixture.LIMIT)
          .untilAsserted(() -> assertThat(sets(one)).containsExactly(STAYS));
      assertThat(one.isRead()).isTrue();
      assertThat(directories("one")).contains(ENDS);

      // when: there is none for certain
      fixture.forget(NBA);

      await().atMost(SetsFixture.LIMIT).untilAsserted(() -> assertThat(left).doesNotExist());
      assertThat(directories("one")).containsExactly(STAYS);
      assertThat(fixture.state("one").resolve("courtside-extract")).isDirectory();
    }
  }

  /** The sets that have a directory on an instance. */
  private Set<String> directories(String instance) throws Exception {
    try (var found = Files.list(fixture.state(instance))) {
      return found
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(FeedTopology.application("")))
          .map(name -> name.substring(FeedTopology.application("").length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static List<String> sets(FeedSets sets) {
    return sets.applications().stream()
        .map(Application::id)
        .map(id -> id.substring(FeedTopology.application("").length()))
        .toList();
  }

  private List<String> members(String set) throws Exception {
    String group = FeedTopology.application(set);
    return Objects.requireNonNull(
            fixture.admin().describeConsumerGroups(List.of(group)).all().get().get(group))
        .members()
        .stream()
        .map(MemberDescription::clientId)
        .toList();
  }

  private void awaitRemoved(String feed) {
    await()
        .atMost(SetsFixture.LIMIT)
        .untilAsserted(() -> {
          Map<String, Optional<String>> removed = new HashMap<>();
          fixture.read(
              Topics.FEED_STATUS,
              (key, value) -> {
                if (value != null && FeedVersion.read(key).equals(SetsFixture.version(feed))) {
                  removed.put(key, FeedStatus.FORMAT.decode(value).removed());
                }
              });
          assertThat(removed).hasSize(Topics.POSTS.partitions());
          assertThat(removed.values()).containsOnly(Optional.of(ENDS));
        });
  }
}
