package courtside.processor.feed;

import static courtside.processor.feed.Events.account;
import static courtside.processor.feed.Events.at;
import static courtside.processor.feed.Events.created;
import static courtside.processor.feed.Events.deleted;
import static courtside.processor.feed.Events.updated;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.post.PostEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise: whatever order events come in, and however often, the feed holds the same posts with
 * the same content. They stand in the same places as well here, as no edit changes a createdAt.
 */
final class ConvergenceTest {
  private static final int ORDERS = 15;
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<String> TEXTS =
      List.of("nba", "chat", "nba and chat", "weather", "nothing at all");

  @TempDir Path directory;

  /** An event of some account, and when the log says that it was seen. */
  private record Seen(PostEvent event, Instant at) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyOrderAndAnyRepetitionMakeTheSameFeed(long seed) {
    Random random = new Random(seed);
    WordRules rules = new WordRules(Map.of("nba", Duration.ofDays(3), "chat", Duration.ofDays(2)));
    try (FeedDriver driver = new FeedDriver(directory.resolve("s" + seed), rules, Memory.DEFAULT)) {
      Map<String, List<String>> feeds = new TreeMap<>();
      for (int order = 0; order < ORDERS; order++) {
        // given: the same history under another account
        String did = "did:plc:order" + order;
        List<Seen> history = history(new Random(seed), did);
        if (order > 0) {
          int events = history.size();
          for (int again = 0; again < events / 3; again++) {
            history.add(history.get(random.nextInt(events)));
          }
          Collections.shuffle(history, random);
        }

        // when
        history.forEach(seen -> driver.pipe(seen.event(), seen.at()));
        if (random.nextBoolean()) {
          driver.tick();
        }

        // then
        feeds.put(did, shown(driver, did));
      }
      assertThat(feeds.get("did:plc:order0")).isNotNull();
      feeds.forEach(
          (did, shown) -> assertThat(shown).as(did).isEqualTo(feeds.get("did:plc:order0")));
      assertThat(driver.letters()).isEmpty();
    }
  }

  @Test
  void theHistoriesAreWorthIt() {
    // A history whose feed is empty would converge whatever the fold does.
    try (FeedDriver driver =
        new FeedDriver(
            directory,
            new WordRules(Map.of("nba", Duration.ofDays(3), "chat", Duration.ofDays(2))),
            Memory.DEFAULT)) {
      int shown = 0;
      for (long seed = 1; seed <= 5; seed++) {
        String did = "did:plc:seed" + seed;
        history(new Random(seed), did).forEach(seen -> driver.pipe(seen.event(), seen.at()));
        shown += shown(driver, did).isEmpty() ? 0 : 1;
      }
      assertThat(shown).isGreaterThanOrEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void aFeedRebuiltFromNothingEqualsTheLiveOne(long seed) {
    Memory memory =
        new Memory(DAY.multipliedBy(7), DAY.multipliedBy(30), DAY.multipliedBy(3), Duration.ZERO);
    WordRules rules =
        new WordRules(Map.of("nba", DAY.multipliedBy(20), "chat", DAY.multipliedBy(2)));
    List<Seen> log = new ArrayList<>();
    for (int author = 0; author < 4; author++) {
      log.addAll(longHistory(new Random(seed * 10 + author), "did:plc:author" + author));
    }
    log.sort(java.util.Comparator.comparing(Seen::at));
    Map<String, FeedItem> live;
    Map<String, FeedItem> rebuilt;
    try (FeedDriver driver = new FeedDriver(directory.resolve("live" + seed), rules, memory)) {
      // The purge runs after each event, as it does when events come slowly.
      log.forEach(seen -> driver.pipe(seen.event(), seen.at()).tick());
      live = driver.standing();
    }
    try (FeedDriver driver = new FeedDriver(directory.resolve("again" + seed), rules, memory)) {
      log.forEach(seen -> driver.pipe(seen.event(), seen.at()));
      rebuilt = driver.tick().standing();
    }
    assertThat(live).isNotEmpty().isEqualTo(rebuilt);
  }

  /** Within a day: posts that come, change, go and come again, and an account that does too. */
  private static List<Seen> history(Random random, String did) {
    List<Seen> history = new ArrayList<>();
    long rev = 100;
    for (int post = 0; post < 6; post++) {
      long createdAt = post;
      String uri = Events.uri(did, Tid.at(at(createdAt), post).value());
      boolean live = false;
      for (int event = 0; event < 1 + random.nextInt(6); event++) {
        rev += 1 + random.nextInt(20);
        String text = TEXTS.get(random.nextInt(TEXTS.size())) + " " + rev;
        PostEvent next;
        if (!live) {
          next = created(uri, rev, text, at(createdAt).toString());
          live = true;
        } else if (random.nextInt(3) == 0) {
          next = deleted(uri, rev);
          live = false;
        } else {
          next = updated(uri, rev, text, at(createdAt).toString());
        }
        history.add(new Seen(next, at(rev + random.nextInt(3))));
      }
    }
    boolean active = true;
    for (int event = 0; event < 4; event++) {
      rev += 1 + random.nextInt(20);
      active = event == 3 ? random.nextInt(4) > 0 : random.nextBoolean();
      history.add(new Seen(account(did, active, active ? "" : "deactivated", rev), at(rev)));
    }
    return history;
  }

  /** Over two months, in the order of the log. */
  private static List<Seen> longHistory(Random random, String did) {
    List<Seen> history = new ArrayList<>();
    long second = 0;
    List<String> uris = new ArrayList<>();
    for (int event = 0; event < 120; event++) {
      second += random.nextInt((int) DAY.toSeconds());
      int what = random.nextInt(10);
      PostEvent next;
      if (what == 0) {
        boolean active = random.nextBoolean();
        String status = random.nextBoolean() ? "deleted" : "suspended";
        next = account(did, active, active ? "" : status, second);
      } else if (what < 5 || uris.isEmpty()) {
        String uri = Events.uri(did, "post" + event);
        uris.add(uri);
        next = created(uri, second, TEXTS.get(random.nextInt(TEXTS.size())), at(second).toString());
      } else if (what < 8) {
        String uri = uris.get(random.nextInt(uris.size()));
        next = updated(uri, second, TEXTS.get(random.nextInt(TEXTS.size())), at(second).toString());
      } else {
        next = deleted(uris.get(random.nextInt(uris.size())), second);
      }
      history.add(new Seen(next, at(second)));
    }
    return history;
  }

  /** All that readers see of one account, without when it ends, which follows the first event. */
  private static List<String> shown(FeedDriver driver, String did) {
    return driver.standing().entrySet().stream()
        .filter(item -> item.getValue().author().equals(did))
        .map(item ->
            item.getKey().replace(did, "")
                + " "
                + item.getValue().cid()
                + " "
                + item.getValue().sortAt())
        .toList();
  }
}
