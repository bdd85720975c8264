package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.NOTE;
import static courtside.feedapi.FeedApiTest.settings;
import static courtside.feedapi.FeedApiTest.until;
import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static courtside.testkit.feeds.FeedLog.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.testkit.feeds.FeedLog;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What readers get while something is blocked. One broker and one API; each test has feeds, authors
 * and posts of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class BlockedFeedTest {
  private final ManualClock clock = new ManualClock(DAY);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private FeedLog log;
  private FeedApi api;
  private Client client;

  @BeforeAll
  void start(@TempDir Path directory) throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    opened.push(broker);
    log = new FeedLog(broker.bootstrap());
    opened.push(log);
    api = start(broker.bootstrap(), directory);
    opened.push(api);
    client = new Client(api);
    opened.push(client);
    until(() -> client.health("/health/ready").statusCode() == 200);
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
  }

  private FeedApi start(String bootstrap, Path data) {
    return FeedApi.start(settings(bootstrap, data), clock, System::nanoTime, NOTE);
  }

  @Test
  void isWithoutARecordOrAnAccountUntilThatIsBlockedNoMore() throws Exception {
    FeedVersion feed = log.serve("guarded", "v1");
    List<String> all = put(feed, "guarded", 6);
    untilServes("guarded", all);

    log.block(all.get(1));
    untilServes("guarded", without(all, 1));
    log.block("did:plc:guarded0");
    untilServes("guarded", List.of(all.get(0), all.get(2), all.get(4)));
    // Each for itself: the record stays blocked when its author is no more.
    log.block("did:plc:guarded1");
    untilServes("guarded", List.of());
    log.unblock("did:plc:guarded0");
    log.unblock("did:plc:guarded1");
    untilServes("guarded", without(all, 1));
    log.unblock(all.get(1));
    untilServes("guarded", all);
    assertThat(client.page("guarded", 2, Optional.empty()).uris()).isEqualTo(all.subList(0, 2));
  }

  @Test
  void isWithoutAPinnedPostThatIsBlocked() throws Exception {
    String pinned = uri("did:plc:pinner", "pinned");
    FeedVersion feed = log.serve("blocked-pin", "v1", Optional.of(pinned));
    List<String> all = put(feed, "unpinned", 5);
    List<String> first = new ArrayList<>(all);
    first.addFirst(pinned);
    untilServes("blocked-pin", first);

    for (String subject : List.of(pinned, "did:plc:pinner")) {
      log.block(subject);
      untilServes("blocked-pin", all);
      // Another in its place: the page is full.
      assertThat(client.page("blocked-pin", 3, Optional.empty()).uris())
          .isEqualTo(all.subList(0, 3));
      log.unblock(subject);
      untilServes("blocked-pin", first);
    }
  }

  @Test
  void neitherRepeatsNorMissesWhatIsNeverBlockedWhileOthersAre() throws Exception {
    int size = 3_000;
    int authors = 20;
    FeedVersion feed = log.serve("turbulent", "v1");
    for (int n = 0; n < size; n++) {
      log.put(feed, uri("did:plc:turbulent" + n % authors, "p%04d".formatted(n)), item(n / 2));
    }
    log.flush();
    until(() -> client.skeleton("turbulent", "").statusCode() == 200);
    until(() -> client.all("turbulent", 100).size() == size);
    Random random = new Random(5);

    // when between pages something is blocked or no more, of every author but half of them
    List<String> seen = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    int changes = 0;
    do {
      Client.Page page = client.page("turbulent", 50, cursor);
      seen.addAll(page.uris());
      cursor = page.cursor();
      if (cursor.isPresent()) {
        assertThat(page.uris()).hasSize(50);
      }
      String author = "did:plc:turbulent" + random.nextInt(authors / 2);
      if (random.nextBoolean()) {
        log.block(author);
      } else {
        log.unblock(author);
      }
      changes++;
      log.flush();
    } while (cursor.isPresent());

    assertThat(changes).isGreaterThan(20);
    assertThat(seen).doesNotHaveDuplicates().hasSizeLessThan(size);
    for (int n = 0; n < size; n++) {
      if (n % authors >= authors / 2) {
        assertThat(seen).contains(uri("did:plc:turbulent" + n % authors, "p%04d".formatted(n)));
      }
    }
  }

  @Test
  void passesOverWhatIsNoWishAndKeepsWhatWasBlocked() throws Exception {
    FeedVersion feed = log.serve("garbled", "v1");
    List<String> all = put(feed, "garbled", 4);
    log.block(all.getFirst());
    untilServes("garbled", without(all, 0));
    double before = skipped();
    double known = controlOffset();

    byte[] key = utf8(Wish.Block.key(all.getFirst()));
    log.send(Topics.CONTROL, null, key, new byte[] {1, 2, 3});
    log.send(
        Topics.CONTROL,
        null,
        key,
        Wish.FORMAT.encode(new Wish.DeleteFeed("delete", DAY, "garbled")));
    log.send(Topics.CONTROL, null, utf8("blocks/nonsense"), new byte[0]);
    log.send(Topics.CONTROL, null, new byte[] {(byte) 0xff}, new byte[0]);
    log.send(Topics.CONTROL, null, utf8("blocks/nonsense"), null);
    log.send(Topics.CONTROL, null, utf8("of a later version"), new byte[0]);
    log.send(Topics.CONTROL, null, utf8(Wish.Ingesting.KEY), new byte[] {9});
    log.flush();

    until(() -> controlOffset() >= known + 7);
    until(() -> skipped() >= before + 4);
    assertThat(client.all("garbled", 50)).isEqualTo(without(all, 0));
    log.block(all.getLast());
    untilServes("garbled", all.subList(1, 3));
    assertThat(client.health("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void isWithoutThemFromTheStartWhileKafkaIsAway(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    Path brokerData = directory.resolve("broker");
    List<String> all;
    String bootstrap;
    int port;
    // given a replica that has heard of two blocks
    try (EmbeddedBroker broker = EmbeddedBroker.start(brokerData, 0)) {
      bootstrap = broker.bootstrap();
      port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
      try (FeedLog away = new FeedLog(bootstrap);
          FeedApi replica = start(bootstrap, data);
          Client reader = new Client(replica)) {
        FeedVersion feed = away.serve("away", "v1", Optional.of(uri("did:plc:pinner", "pinned")));
        all = new ArrayList<>();
        for (int n = 0; n < 6; n++) {
          String uri = uri("did:plc:away" + n % 2, "p" + n);
          away.put(feed, uri, item(n));
          all.addFirst(uri);
        }
        away.block("did:plc:away0");
        away.block("did:plc:pinner");
        away.flush();
        List<String> shown = List.of(all.get(0), all.get(2), all.get(4));
        until(() -> reader.serves("away", shown));
        until(() -> reader.health("/health/ready").statusCode() == 200);
      }
    }
    // when it starts without Kafka, then neither is shown, not even at first
    try (FeedApi replica = start(bootstrap, data);
        Client reader = new Client(replica)) {
      assertThat(reader.all("away", 50)).containsExactly(all.get(0), all.get(2), all.get(4));
      assertThat(reader.metric("courtside_feed_api_blocks ")).isEqualTo(2);
      assertThat(replica.health().figures()).doesNotContainKey(FeedApi.CONTROL_OFFSET);
      // and when Kafka is back, it hears of what was changed meanwhile
      try (EmbeddedBroker broker = EmbeddedBroker.start(brokerData, port);
          FeedLog back = new FeedLog(broker.bootstrap())) {
        back.unblock("did:plc:away0");
        back.block(all.getFirst());
        back.flush();
        until(() -> reader.serves("away", all.subList(1, 6)));
        assertThat(reader.metric("courtside_feed_api_blocks ")).isEqualTo(2);
      }
    }
  }

  private double controlOffset() {
    return api.health().figures().getOrDefault(FeedApi.CONTROL_OFFSET, -1.0);
  }

  private double skipped() throws Exception {
    return client.metric("courtside_feed_api_records_skipped_total{reason=\"block\"}");
  }

  /** Writes so many posts by two authors, whose names begin like this; returns the newest first. */
  private List<String> put(FeedVersion feed, String author, int posts) {
    List<String> all = new ArrayList<>();
    for (int n = 0; n < posts; n++) {
      String uri = uri("did:plc:" + author + n % 2, "p" + n);
      log.put(feed, uri, item(n));
      all.addFirst(uri);
    }
    return all;
  }

  private void untilServes(String feed, List<String> expected) {
    log.flush();
    until(() -> client.serves(feed, expected));
  }

  private static List<String> without(List<String> all, int index) {
    List<String> left = new ArrayList<>(all);
    left.remove(index);
    return left;
  }
}
