package courtside.processor.feed;

import static courtside.processor.feed.Events.account;
import static courtside.processor.feed.Events.at;
import static courtside.processor.feed.Events.created;
import static courtside.processor.feed.Events.deleted;
import static courtside.processor.feed.Events.updated;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.post.PostEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions that are taken out of a set, whose other versions must not notice. */
final class RemovalTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String HIDDEN = "did:plc:aaaaaaaaaaaaaaaaaaaaaaab";
  private static final String LONG_AGO = "2020-01-01T00:00:00Z";
  private static final Duration KEEP = Duration.ofDays(20);
  private static final String NBA = "nba/v1/0";
  private static final String CHAT = "chat/v1/0";

  /** A piece of a removal is a tenth of it. */
  private static final int POSTS = 2_500;

  private static final int TICKS = 60;

  @TempDir Path directory;
  private final WordRules rules = new WordRules(Map.of("nba", KEEP, "chat", KEEP));

  @Test
  void takesOutEveryItemAndThenSaysSo() {
    try (FeedDriver driver = open("a")) {
      for (int post = 0; post < POSTS; post++) {
        driver.pipe(created(uri(post), post + 1, post % 2 == 0 ? "nba chat" : "nba", ""), at(1));
      }
      driver.tick();
      Map<String, FeedItem> chat = driver.feed("chat");
      assertThat(driver.feed("nba")).hasSize(POSTS);
      assertThat(chat).hasSize(POSTS / 2);
      assertThat(driver.statuses().values())
          .hasSize(2)
          .allSatisfy(status -> assertThat(status.removed()).isEmpty());

      // when
      rules.remove("nba");

      // then: it is said with the last of its items, and not before
      int pieces = 0;
      Optional<String> removed = Optional.empty();
      for (int tick = 0; tick < TICKS && removed.isEmpty(); tick++) {
        removed = removed(driver.tick(), NBA);
        int left = driver.feed("nba").size();
        if (removed.isPresent()) {
          assertThat(left).isZero();
        } else {
          assertThat(left).isPositive();
        }
        pieces += left < POSTS ? 1 : 0;
      }
      assertThat(removed).contains(WordRules.SET);
      assertThat(pieces).isGreaterThan(2);
      assertThat(driver.feed("chat")).isEqualTo(chat);

      // and: again and again, as long as somebody may ask
      assertThat(awaitStatus(driver, NBA).removed()).contains(WordRules.SET);
      assertThat(awaitStatus(driver, CHAT).removed()).isEmpty();

      // and: once its definition is gone nothing more is said of it
      rules.forget("nba");
      driver.tick().statuses();
      for (int tick = 0; tick < TICKS; tick++) {
        assertThat(driver.tick().statuses()).doesNotContainKey(NBA);
      }
    }
  }

  @Test
  void saysSoOfAPartitionInWhichNothingMatched() {
    try (FeedDriver driver = open("a")) {
      driver.pipe(deleted(uri(1), 1), at(1));
      rules.remove("nba");

      assertThat(awaitRemoved(driver, NBA)).isEqualTo(WordRules.SET);
      assertThat(driver.changes()).isEmpty();
    }
  }

  @Test
  void matchesNothingWithIt() {
    try (FeedDriver driver = open("a")) {
      driver.pipe(created(uri(1), 1, "nba chat", LONG_AGO), at(1));
      rules.remove("nba");

      // when: events come before, while and after its items are taken out
      driver.pipe(created(uri(2), 2, "nba chat", LONG_AGO), at(2));
      driver.tick();
      driver.pipe(created(uri(3), 3, "nba chat", LONG_AGO), at(3));
      awaitRemoved(driver, NBA);
      driver.pipe(created(uri(4), 4, "nba chat", LONG_AGO), at(4));
      driver.pipe(updated(uri(1), 5, "nba chat again", LONG_AGO), at(5));
      driver.pipe(updated(uri(5), 6, "nba", LONG_AGO), at(6));

      assertThat(driver.feed("nba")).isEmpty();
      assertThat(driver.feed("chat")).containsOnlyKeys(uri(1), uri(2), uri(3), uri(4));
    }
  }

  @Test
  void takesOutWhatIsHiddenToo() {
    try (FeedDriver driver = open("a")) {
      String post = Events.uri(HIDDEN, "a");
      driver.pipe(created(post, 1, "nba chat", LONG_AGO), at(1));
      driver.pipe(account(HIDDEN, false, "deactivated", 2), at(2));
      rules.remove("nba");
      awaitRemoved(driver, NBA);

      // when: its author comes back
      driver.pipe(account(HIDDEN, true, "", 3), at(3));

      assertThat(driver.feed("nba")).isEmpty();
      assertThat(driver.feed("chat")).containsOnlyKeys(post);
    }
  }

  @Test
  void takesOutOneThatFollowsWhileAnotherIsTakenOut() {
    try (FeedDriver driver = open("a")) {
      for (int post = 0; post < POSTS; post++) {
        driver.pipe(created(uri(post), post + 1, "nba chat", LONG_AGO), at(1));
      }
      rules.remove("nba");
      driver.tick().tick();
      assertThat(driver.feed("nba").size()).isBetween(1, POSTS - 1);

      rules.remove("chat");

      assertThat(awaitRemoved(driver, NBA)).isEqualTo(WordRules.SET);
      assertThat(driver.feed("nba")).isEmpty();
      assertThat(driver.feed("chat")).isNotEmpty();
      assertThat(awaitRemoved(driver, CHAT)).isEqualTo(WordRules.SET);
      assertThat(driver.feed("chat")).isEmpty();
    }
  }

  @Test
  void beginsAnewWithItsTask() {
    try (FeedDriver first = open("a");
        FeedDriver second = open("b");
        FeedDriver third = open("c")) {
      // given: a task that ends in the middle
      for (int post = 0; post < POSTS; post++) {
        first.pipe(created(uri(post), post + 1, "nba chat", LONG_AGO), at(1));
      }
      rules.remove("nba");
      first.tick().tick();
      assertThat(first.feed("nba").size()).isBetween(1, POSTS - 1);

      // when: another goes on with what it left
      second.restore(first).pipe(deleted(uri(POSTS), POSTS + 1), at(2));
      assertThat(awaitRemoved(second, NBA)).isEqualTo(WordRules.SET);
      assertThat(second.feed("nba")).isEmpty();

      // and: one that begins when all is done says so again, and writes nothing else
      third.restore(second).pipe(deleted(uri(POSTS), POSTS + 1), at(2));
      assertThat(awaitRemoved(third, NBA)).isEqualTo(WordRules.SET);
      assertThat(third.changes()).isEmpty();
      assertThat(third.feed("chat")).isEqualTo(first.feed("chat")).hasSize(POSTS);
    }
  }

  @Test
  void judgesAnEventByOneAnswer() {
    try (FeedDriver driver = open("a")) {
      // when: a version is removed while a post is matched with it
      rules.onMatch(() -> rules.remove("nba"));
      int asked = rules.asked();
      driver.pipe(created(uri(1), 1, "nba chat", LONG_AGO), at(1));

      // then: that post is in it as any other would be, and is taken out as any other
      assertThat(rules.asked() - asked).isEqualTo(1);
      assertThat(Objects.requireNonNull(driver.feed("nba").get(uri(1))).expiresAt())
          .isEqualTo(at(1).plus(KEEP));
      awaitRemoved(driver, NBA);
      assertThat(driver.feed("nba")).isEmpty();
      assertThat(driver.feed("chat")).containsOnlyKeys(uri(1));
    }
  }

  /** An event of some account, and when the log says that it was seen. */
  private record Seen(PostEvent event, Instant at) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aSetThatLostAVersionEqualsOneThatNeverHadIt(long seed) {
    Random random = new Random(seed);
    List<Seen> log = log(random);
    int removedAt = random.nextInt(log.size());
    Map<String, FeedItem> live;
    try (FeedDriver driver = open("live")) {
      for (int event = 0; event < log.size(); event++) {
        if (event == removedAt) {
          rules.remove("nba");
        }
        driver.pipe(log.get(event).event(), log.get(event).at());
        if (random.nextInt(3) == 0) {
          driver.tick();
        }
      }
      awaitRemoved(driver, NBA);
      live = driver.tick().standing();
    }
    Map<String, FeedItem> rebuilt;
    WordRules without = new WordRules(Map.of("chat", KEEP));
    try (FeedDriver driver = new FeedDriver(directory.resolve("again"), without, Memory.DEFAULT)) {
      log.forEach(seen -> driver.pipe(seen.event(), seen.at()));
      rebuilt = driver.tick().standing();
    }
    assertThat(live).as("seed %s", seed).isNotEmpty().isEqualTo(rebuilt);
  }

  private static List<Seen> log(Random random) {
    List<String> texts = List.of("nba", "chat", "nba chat", "weather");
    List<Seen> log = new ArrayList<>();
    for (int event = 1; event < 400; event++) {
      String did = random.nextBoolean() ? DID : HIDDEN;
      String uri = Events.uri(did, "post" + random.nextInt(60));
      String text = texts.get(random.nextInt(texts.size()));
      PostEvent next =
          switch (random.nextInt(8)) {
            case 0 -> account(did, random.nextBoolean(), "", event);
            case 1, 2 -> deleted(uri, event);
            case 3, 4 -> updated(uri, event, text, LONG_AGO);
            default -> created(uri, event, text, LONG_AGO);
          };
      log.add(new Seen(next, at(event)));
    }
    log.add(new Seen(account(DID, true, "", 500), at(500)));
    return log;
  }

  private FeedDriver open(String name) {
    return new FeedDriver(directory.resolve(name), rules, Memory.DEFAULT);
  }

  private static String uri(int post) {
    return Events.uri(DID, "post" + post);
  }

  private static Optional<String> removed(FeedDriver driver, String key) {
    return Optional.ofNullable(driver.statuses().get(key)).flatMap(FeedStatus::removed);
  }

  private static String awaitRemoved(FeedDriver driver, String key) {
    for (int tick = 0; tick < TICKS; tick++) {
      Optional<String> removed = removed(driver.tick(), key);
      if (removed.isPresent()) {
        return removed.get();
      }
    }
    throw new AssertionError("the removal of " + key + " was not said in " + TICKS + " ticks");
  }

  private static FeedStatus awaitStatus(FeedDriver driver, String key) {
    for (int tick = 0; tick < TICKS; tick++) {
      FeedStatus status = driver.tick().statuses().get(key);
      if (status != null) {
        return status;
      }
    }
    throw new AssertionError("nothing was said of " + key + " in " + TICKS + " ticks");
  }
}
