package courtside.feedapi;

import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static courtside.testkit.feeds.FeedLog.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.identity.FetchSettings;
import courtside.feedapi.page.DashboardSettings;
import courtside.feedapi.skeleton.Generator;
import courtside.feedapi.web.ClientLimits;
import courtside.feedapi.web.RawHttp;
import courtside.feedapi.web.TrustedProxies;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.feeds.FeedLog;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One broker and one API for all; each test has feeds of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class FeedApiTest {
  private static final String SKELETON = "/xrpc/app.bsky.feed.getFeedSkeleton";
  private static final String ADDRESS = "at://did:web:localhost/app.bsky.feed.generator/";

  private final ManualClock clock = new ManualClock(DAY);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private EmbeddedBroker broker;
  private FeedLog log;
  private FeedApi api;
  private Client client;

  @BeforeAll
  void start(@TempDir Path directory) throws InterruptedException {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    opened.push(broker);
    log = new FeedLog(broker.bootstrap());
    opened.push(log);
    api = FeedApi.start(settings(broker.bootstrap(), directory), clock, System::nanoTime, NOTE);
    opened.push(api);
    client = new Client(api);
    opened.push(client);
    until(() -> client.health("/health/ready").statusCode() == 200);
  }

  static final Duration NOTE = Duration.ofMillis(500);

  static final Generator GENERATOR =
      new Generator(
          "localhost",
          new Did("did:web:localhost"),
          new Did("did:web:localhost"),
          Optional.empty(),
          Optional.empty());

  /** How many may watch the page. */
  private static final int WATCHING = 7;

  static FeedApiSettings settings(String bootstrap, Path data) {
    return settings(bootstrap, data, GENERATOR);
  }

  private static FeedApiSettings settings(String bootstrap, Path data, Generator generator) {
    return settings(
        bootstrap, data, generator, new DashboardSettings(WATCHING, OptionalInt.empty()));
  }

  /** With the page for this machine alone, at a port that is free. */
  static FeedApiSettings withLocalPage(String bootstrap, Path data) {
    return settings(bootstrap, data, GENERATOR, new DashboardSettings(WATCHING, OptionalInt.of(0)));
  }

  private static FeedApiSettings settings(
      String bootstrap, Path data, Generator generator, DashboardSettings dashboard) {
    return new FeedApiSettings(
        new KafkaAddress(bootstrap),
        data,
        new DiskBudget(DiskBudget.LEAST),
        "127.0.0.1",
        0,
        "127.0.0.1",
        0,
        generator,
        new ClientLimits(200, 200, 100_000, Duration.ofSeconds(10), TrustedProxies.NONE),
        dashboard,
        FetchSettings.DEFAULT.withLocal(true),
        Duration.ofDays(7),
        Duration.ofSeconds(30),
        Duration.ofDays(6));
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  private void untilServed(String feed, int items) {
    log.flush();
    until(() ->
        client.skeleton(feed, "").statusCode() == 200 && client.all(feed, 100).size() == items);
  }

  @Test
  void answersWithAPageAndACursor() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("shape", "v1");
    log.put(feed, uri(1), item(1));
    log.put(feed, uri(2), item(2));
    untilServed("shape", 2);

    HttpResponse<String> first = client.skeleton("shape", "&limit=1&colour=orange");
    HttpResponse<String> last = client.skeleton("shape", "");

    assertThat(first.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(first.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(withoutName(first))
        .isEqualTo(
            Client.json(
                "{'cursor':'%d::%s','feed':[{'post':'%s','feedContext':'v1'}]}"
                    .replace('\'', '"')
                    .formatted(DAY.plusSeconds(2).toEpochMilli(), uri(2), uri(2))));
    assertThat(withoutName(last))
        .isEqualTo(
            Client.json(
                "{'feed':[{'post':'%s','feedContext':'v1'},{'post':'%s','feedContext':'v1'}]}"
                    .replace('\'', '"')
                    .formatted(uri(2), uri(1))));
    assertThat(Client.json(first.body()).get("reqId").textValue())
        .isNotEqualTo(Client.json(last.body()).get("reqId").textValue())
        .matches("[a-z0-9.]{3,28}");
  }

  /** A page without the name that no other has. */
  private static JsonNode withoutName(HttpResponse<String> page) {
    ObjectNode body = (ObjectNode) Client.json(page.body());
    body.remove("reqId");
    return body;
  }

  @Test
  void leavesTheDocumentOfAnotherIdentityToOthers(@TempDir Path directory) throws Exception {
    log.serve("described", "v1");
    FeedApiSettings settings =
        settings(
            broker.bootstrap(),
            directory,
            new Generator(
                "localhost",
                new Did("did:plc:service"),
                new Did("did:plc:publisher"),
                Optional.of("https://localhost/privacy"),
                Optional.of("https://localhost/terms")));
    try (FeedApi other = FeedApi.start(settings, clock, System::nanoTime, NOTE);
        Client asking = new Client(other)) {
      until(() -> asking.health("/health/ready").statusCode() == 200);

      assertThat(asking.get("/.well-known/did.json").statusCode()).isEqualTo(404);
      JsonNode description =
          Client.json(asking.get("/xrpc/app.bsky.feed.describeFeedGenerator").body());
      assertThat(description.get("did").textValue()).isEqualTo("did:plc:service");
      assertThat(description.get("feeds"))
          .contains(
              Client.json(
                  "{\"uri\":\"at://did:plc:publisher/app.bsky.feed.generator/described\"}"));
      assertThat(description.get("links"))
          .isEqualTo(
              Client.json(
                  """
                  {"privacyPolicy":"https://localhost/privacy",
                   "termsOfService":"https://localhost/terms"}
                  """));
    }
  }

  @Test
  void saysWhoItIs() throws IOException, InterruptedException {
    log.serve("described", "v1");
    untilServed("described", 0);

    assertThat(Client.json(client.get("/.well-known/did.json").body()))
        .isEqualTo(
            Client.json(
                """
                {"@context":["https://www.w3.org/ns/did/v1"],"id":"did:web:localhost",
                 "service":[{"id":"#bsky_fg","type":"BskyFeedGenerator",
                             "serviceEndpoint":"https://localhost"}]}\
                """));
    var described = Client.json(client.get("/xrpc/app.bsky.feed.describeFeedGenerator").body());
    assertThat(Client.keys(described)).containsExactlyInAnyOrder("did", "feeds");
    assertThat(described.get("did").textValue()).isEqualTo("did:web:localhost");
    assertThat(described.get("feeds"))
        .contains(Client.json("{\"uri\":\"" + ADDRESS + "described\"}"));
    assertThat(Client.keys(Client.json(client.get("/xrpc/_health").body())))
        .containsExactly("version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?feed=",
        "?feed=nba",
        "?feed=" + ADDRESS + "bounds&limit=0",
        "?feed=" + ADDRESS + "bounds&limit=101",
        "?feed=" + ADDRESS + "bounds&limit=-1",
        "?feed=" + ADDRESS + "bounds&limit=",
        "?feed=" + ADDRESS + "bounds&limit=ten",
        "?feed=" + ADDRESS + "bounds&limit=99999999999",
        "?feed=" + ADDRESS + "bounds&limit=5&limit=6",
        "?feed=" + ADDRESS + "bounds&cursor=",
        "?feed=" + ADDRESS + "bounds&cursor=12",
        "?feed=" + ADDRESS + "bounds&cursor=12::",
        "?feed=" + ADDRESS + "bounds&cursor=x::at://did:plc:a/app.bsky.feed.post/1",
        "?feed=" + ADDRESS + "bounds&cursor=%2B1::at://did:plc:a/app.bsky.feed.post/1",
        "?feed=" + ADDRESS + "bounds&cursor=012::at://did:plc:a/app.bsky.feed.post/1",
        "?feed=" + ADDRESS + "bounds&cursor=99999999999999999999::at://did:plc:a/a.b.c/1",
        "?feed=" + ADDRESS + "bounds&cursor=1::at://alice.test/app.bsky.feed.post/1",
        "?feed=" + ADDRESS + "bounds&cursor=1::at://did:plc:a/app.bsky.feed.post/1%00",
        "?feed=" + ADDRESS + "bounds&cursor=1::at://did:plc:a/app.bsky.feed.post/1,",
        "?feed=" + ADDRESS + "bounds&cursor=1::at://did:plc:a/app.bsky.feed.post/1,x",
        "?feed=" + ADDRESS + "bounds&cursor=1::at://did:plc:a/a.b.c/1,at://did:plc:a/a.b.c/2,",
        "?feed=" + ADDRESS + "bounds&cursor=1,1::at://did:plc:a/app.bsky.feed.post/1",
      })
  void refusesWhatIsNoRequest(String query) throws IOException, InterruptedException {
    HttpResponse<String> response = client.get(SKELETON + query);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(Client.json(response.body()).get("error").textValue()).isEqualTo("InvalidRequest");
    assertThat(Client.keys(Client.json(response.body())))
        .containsExactlyInAnyOrder("error", "message");
  }

  @Test
  void refusesACursorOfTenThousandCharacters() throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.skeleton(
            "bounds", "&cursor=1::at://did:plc:a/app.bsky.feed.post/" + "1".repeat(10_000));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.json(response.body()).get("error").textValue()).isEqualTo("InvalidRequest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?feed=%zz",
        "?feed=" + ADDRESS + "bounds&limit=%zz",
        "?feed=" + ADDRESS + "bounds&cursor=%zz",
        "?feed=" + ADDRESS + "bounds&cursor=%",
        "?feed=" + ADDRESS + "bounds&cursor=%4",
        "?feed=" + ADDRESS + "bounds&%zz=1",
      })
  void refusesAQueryThatIsNotPercentEncoded(String query) throws IOException {
    // A client library would encode it: written by hand.
    String answer =
        RawHttp.ask(api.port(), "GET " + SKELETON + query + " HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("\"error\":\"InvalidRequest\"", "percent-encoded");
  }

  @Test
  void refusesATooLargeHeader() throws IOException {
    String answer =
        RawHttp.ask(
            api.port(),
            "GET /xrpc/_health HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 431").contains("\"error\":\"InvalidRequest\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at://did:web:localhost/app.bsky.feed.generator/nobody-made-this",
        "at://did:plc:another/app.bsky.feed.generator/bounds",
        "at://did:web:localhost/app.bsky.feed.post/bounds",
        "at://alice.test/app.bsky.feed.generator/bounds",
      })
  void knowsOnlyItsOwnFeeds(String feed) throws IOException, InterruptedException {
    HttpResponse<String> response = client.get(SKELETON + "?feed=" + Client.encode(feed));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.json(response.body()).get("error").textValue()).isEqualTo("UnknownFeed");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /xrpc/app.bsky.feed.sendInteractions, 400, InvalidRequest",
    "POST, /xrpc/app.bsky.feed.sendInteractions, 401, AuthenticationRequired",
    "GET,  /xrpc/com.example.unknown,            501, MethodNotImplemented",
    "POST, /xrpc/app.bsky.feed.getFeedSkeleton,  400, InvalidRequest",
    "PUT,  /xrpc/app.bsky.feed.getFeedSkeleton,  400, InvalidRequest",
    "GET,  /xrpc/nonsense,                       400, InvalidRequest",
    "GET,  /xrpc/app.bsky.feed/x,                400, InvalidRequest",
    "GET,  /nothing/here,                        404, XRPCNotSupported",
    "POST, /,                                    404, XRPCNotSupported",
  })
  void saysErrorsAsXrpcDoes(String verb, String path, int status, String error)
      throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(verb, path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(Client.json(response.body()).get("error").textValue()).isEqualTo(error);
    assertThat(Client.keys(Client.json(response.body())))
        .containsExactlyInAnyOrder("error", "message");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/page.js",
        "/uplot.js",
        "/events?feed=nobody-made-this",
        "/.well-known/did.json",
        "/xrpc/_health",
        SKELETON,
        "/xrpc/com.example.unknown",
        "/xrpc/nonsense",
        "/nothing/here",
      })
  void answersHeadAsGetWithoutTheBody(String path) throws IOException, InterruptedException {
    HttpResponse<String> get = client.get(path);
    HttpResponse<String> head = client.send("HEAD", path);

    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.headers().firstValue("Content-Type"))
        .isEqualTo(get.headers().firstValue("Content-Type"));
    assertThat(head.body()).isEmpty();
  }

  @Test
  void letsAnyOriginAsk() throws IOException, InterruptedException {
    HttpResponse<String> response = client.send("OPTIONS", SKELETON);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("authorization");
  }

  @Test
  void pagesThroughTiesOneByOne() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("ties", "v1");
    List<String> uris = new ArrayList<>();
    for (int n = 0; n < 40; n++) {
      uris.add(uri(n));
      log.put(feed, uri(n), item(7));
    }
    untilServed("ties", 40);

    List<String> oneByOne = client.all("ties", 1);

    uris.sort(Collections.reverseOrder());
    assertThat(oneByOne).isEqualTo(uris);
  }

  @Test
  void pagesThroughTenThousandItemsWhileItemsComeAndGo() throws Exception {
    int size = 10_000;
    FeedVersion feed = log.serve("long", "v1");
    Random random = new Random(11);
    for (int n = 0; n < size; n++) {
      // A third of them share their second with others.
      log.put(feed, uri(n), item(n % 3 == 0 ? n - n % 90 : n));
    }
    untilServed("long", size);

    // when every page is followed by arrivals above and by removals anywhere
    Set<String> removed = new HashSet<>();
    List<String> seen = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    int added = 0;
    do {
      Client.Page page = client.page("long", 100, cursor);
      seen.addAll(page.uris());
      cursor = page.cursor();
      for (int change = 0; change < 5; change++) {
        log.put(feed, uri(size + added), item(size + added));
        added++;
        int gone = random.nextInt(size);
        removed.add(uri(gone));
        log.remove(feed, uri(gone));
      }
      log.flush();
    } while (cursor.isPresent());

    // then whatever was there all the time was seen once, and nothing twice
    assertThat(seen).doesNotHaveDuplicates().isNotEmpty();
    List<String> stayed = new ArrayList<>();
    for (int n = 0; n < size; n++) {
      if (!removed.contains(uri(n))) {
        stayed.add(uri(n));
      }
    }
    assertThat(new HashSet<>(seen)).containsAll(stayed);
    assertThat(added).isGreaterThan(400);
    untilServed("long", stayed.size() + added);
  }

  @Test
  void movesAnItemWhoseTimeChanges() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("moved", "v1");
    log.put(feed, uri(1), item(1));
    log.put(feed, uri(2), item(2));
    untilServed("moved", 2);

    log.put(feed, uri(1), item(3));
    log.flush();

    until(() -> client.all("moved", 50).equals(List.of(uri(1), uri(2))));
  }

  @Test
  void forgetsWhatIsRemoved() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("removed", "v1");
    log.put(feed, uri(1), item(1));
    log.put(feed, uri(2), item(2));
    untilServed("removed", 2);

    log.remove(feed, uri(2));
    log.flush();

    until(() -> client.all("removed", 50).equals(List.of(uri(1))));
  }

  @Test
  void leavesOutWhatHasExpired() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("expired", "v1");
    FeedItem short1 =
        new FeedItem(
            DAY.plusSeconds(9),
            clock.instant().plusSeconds(60),
            "did:plc:a",
            "cid",
            "text",
            List.of(),
            List.of(),
            List.of(),
            List.of());
    log.put(feed, uri(1), short1);
    log.put(feed, uri(2), item(1));
    untilServed("expired", 2);

    clock.advance(Duration.ofSeconds(60));

    assertThat(client.all("expired", 50)).containsExactly(uri(2));
  }

  @Test
  void showsThePinnedPostFirstAndOnce() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("pinned", "v1", Optional.of(uri(2)));
    for (int n = 1; n <= 4; n++) {
      log.put(feed, uri(n), item(n));
    }
    log.flush();
    until(() ->
        client.skeleton("pinned", "").statusCode() == 200 && client.all("pinned", 50).size() == 4);

    var first = Client.json(client.skeleton("pinned", "&limit=2").body());

    assertThat(first.get("feed"))
        .containsExactly(
            Client.json(
                "{\"post\":\""
                    + uri(2)
                    + "\",\"reason\":{\"$type\":"
                    + "\"app.bsky.feed.defs#skeletonReasonPin\"},\"feedContext\":\"v1\"}"),
            Client.json("{\"post\":\"" + uri(4) + "\",\"feedContext\":\"v1\"}"));
    assertThat(client.all("pinned", 2)).containsExactly(uri(2), uri(4), uri(3), uri(1));
    assertThat(client.page("pinned", 1, Optional.empty()).uris()).containsExactly(uri(4));
  }

  @Test
  void aPinThatComesOrGoesBetweenPagesNeitherHidesNorRepeatsAPost()
      throws IOException, InterruptedException {
    FeedVersion plain = FeedVersion.of("repinned", "v2");
    FeedVersion pinned = log.serve("repinned", "v1", Optional.of(uri(2)));
    for (int n = 1; n <= 6; n++) {
      log.put(pinned, uri(n), item(n));
      log.put(plain, uri(n), item(n));
    }
    untilServed("repinned", 6);
    Client.Page first = client.page("repinned", 2, Optional.empty());
    assertThat(first.uris()).containsExactly(uri(2), uri(6));

    // when the pin goes
    log.serve("repinned", "v2");
    log.flush();
    until(() -> client.all("repinned", 2).getFirst().equals(uri(6)));
    // then what was shown first does not come again
    assertThat(client.page("repinned", 9, first.cursor()).uris())
        .containsExactly(uri(5), uri(4), uri(3), uri(1));

    // when it comes back
    Client.Page top = client.page("repinned", 2, Optional.empty());
    log.serve("repinned", "v1", Optional.of(uri(2)));
    log.flush();
    until(() -> client.all("repinned", 2).getFirst().equals(uri(2)));
    // then what was not shown first is not left out
    assertThat(client.page("repinned", 9, top.cursor()).uris())
        .containsExactly(uri(4), uri(3), uri(2), uri(1));
  }

  @Test
  void servesANewVersionOnlyOnceItHasReadIt()
      throws IOException, InterruptedException, ExecutionException {
    FeedVersion old = log.serve("promoted", "v1");
    FeedVersion fresh = FeedVersion.of("promoted", "v2");
    log.put(old, uri(1), item(1));
    log.putIn(0, fresh, uri(2), item(2));
    untilServed("promoted", 1);

    // when the switch asks for one record more than there is in partition 0
    List<Long> ends = new ArrayList<>(log.ends());
    ends.set(0, ends.getFirst() + 1);
    log.put("promoted", FeedLog.state(Optional.of("v2"), Optional.of("v1"), ends));
    // A feed behind it in the same partition says when the switch has been read.
    log.serve("after-the-switch", "v1");
    log.flush();
    until(() -> client.skeleton("after-the-switch", "").statusCode() == 200);

    // then the old one is served until that record is read
    assertThat(client.all("promoted", 50)).containsExactly(uri(1));
    log.putIn(0, fresh, uri(3), item(3));
    log.flush();
    until(() -> client.all("promoted", 50).equals(List.of(uri(3), uri(2))));
  }

  @Test
  void servesADeletedFeedNoMore() throws IOException, InterruptedException {
    log.serve("deleted", "v1");
    untilServed("deleted", 0);

    log.put(
        "deleted",
        new FeedState(
            Optional.empty(), Optional.empty(), Optional.empty(), List.of(), true, DAY, List.of()));
    log.flush();

    until(() -> client.skeleton("deleted", "").statusCode() == 400);
  }

  @Test
  void passesOverWhatItCannotRead() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("torn", "v1");
    log.send(Topics.FEED_ITEMS, null, utf8(feed.itemKey(uri(1))), new byte[] {1, 2, 3});
    log.send(
        Topics.FEED_ITEMS, null, utf8(feed.itemKey("no uri")), FeedItem.FORMAT.encode(item(1)));
    log.send(Topics.FEED_ITEMS, null, new byte[] {(byte) 0xff}, FeedItem.FORMAT.encode(item(1)));
    log.send(Topics.FEED_DEFINITIONS, null, utf8("torn/v2"), new byte[] {0});
    log.send(Topics.FEED_DEFINITIONS, null, utf8("no feed"), new byte[] {0});
    log.put(feed, uri(2), item(2));
    untilServed("torn", 1);

    // Records of one partition may come after those of another. A new connection to the log reads
    // some again, so there may be more.
    until(
        () -> skipped("item_key") >= 2 && skipped("item_value") >= 1 && skipped("definition") >= 2);
  }

  private double skipped(String reason) throws IOException, InterruptedException {
    return client.metric("courtside_feed_api_records_skipped_total{reason=\"" + reason + "\"}");
  }

  @Test
  void doesNotServeWhatWasAborted() throws IOException, InterruptedException {
    FeedVersion feed = log.serve("aborted", "v1");
    log.abort(feed, uri(1), item(1));
    log.put(feed, uri(2), item(2));
    untilServed("aborted", 1);

    assertThat(client.all("aborted", 50)).containsExactly(uri(2));
    // Markers at the end of every partition do not keep it from being at the end.
    log.abort(feed, uri(1), item(1));
    long aborted = System.nanoTime();
    until(() -> {
      double sinceAborted = (System.nanoTime() - aborted) / 1e9;
      return client.metric("courtside_feed_api_seconds_behind") < sinceAborted;
    });
  }
}
