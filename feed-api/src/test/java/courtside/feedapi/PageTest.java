package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.NOTE;
import static courtside.feedapi.FeedApiTest.settings;
import static courtside.feedapi.FeedApiTest.until;
import static courtside.feedapi.FeedApiTest.withLocalPage;
import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static courtside.testkit.feeds.FeedLog.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.web.RawHttp;
import courtside.testkit.feeds.FeedLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class PageTest {
  private final ManualClock clock = new ManualClock(DAY);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private static final Pattern IMPORT = Pattern.compile("from \"\\./([a-z]+\\.js)\"");

  private String bootstrap = "";
  private FeedLog log;
  private FeedApi api;
  private Client client;

  @BeforeAll
  void start(@TempDir Path directory) throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    opened.push(broker);
    bootstrap = broker.bootstrap();
    log = new FeedLog(bootstrap);
    opened.push(log);
    api = FeedApi.start(settings(bootstrap, directory), clock, System::nanoTime, NOTE);
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/page.css",
        "/page.js",
        "/posts.js",
        "/favicon.svg",
        "/uplot.js",
        "/uplot.css"
      })
  void keepsStrangersOutOfThePage(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = client.get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    String policy = response.headers().firstValue("Content-Security-Policy").orElse("");
    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
        .doesNotContain("unsafe");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    String tag = response.headers().firstValue("ETag").orElse("");
    HttpResponse<String> again =
        client
            .http()
            .send(
                client.request(path).header("If-None-Match", tag).build(), BodyHandlers.ofString());
    assertThat(again.statusCode()).isEqualTo(304);
  }

  @Test
  void namesNoOtherHost() throws IOException, InterruptedException {
    List<String> scripts = new ArrayList<>(List.of("/page.js"));
    for (int n = 0; n < scripts.size(); n++) {
      String script = client.get(scripts.get(n)).body();
      assertThat(script).as(scripts.get(n)).isNotEmpty();
      // Links that people follow lead to the app; nothing is fetched from there.
      assertThat(script.replace("https://bsky.app/profile/", ""))
          .as(scripts.get(n))
          .doesNotContain("http://", "https://", "//cdn", "innerHTML", "insertAdjacentHTML");
      Matcher imported = IMPORT.matcher(script);
      while (imported.find()) {
        String path = "/" + imported.group(1);
        if (!scripts.contains(path)) {
          scripts.add(path);
        }
      }
    }
    assertThat(scripts).hasSizeGreaterThan(5);
    for (String path : List.of("/", "/page.css", "/uplot.css")) {
      assertThat(client.get(path).body()).as(path).doesNotContain("http://", "https://", "//cdn");
    }
    assertThat(client.get("/").body()).doesNotContain("<style", "style=", " onclick", "<script>");
  }

  @Test
  void isForThisMachineAloneWhereThatIsAskedFor(@TempDir Path directory) throws Exception {
    try (FeedApi local =
            FeedApi.start(withLocalPage(bootstrap, directory), clock, System::nanoTime, NOTE);
        Client feeds = new Client(local);
        Client page = new Client(local.pagePort(), local.healthPort())) {
      assertThat(page.get("/").body()).startsWith("<!doctype html>");
      assertThat(page.send("HEAD", "/events").statusCode()).isEqualTo(200);
      assertThat(page.get("/.well-known/did.json").statusCode()).isEqualTo(404);
      assertThat(feeds.get("/.well-known/did.json").statusCode()).isEqualTo(200);
      assertThat(feeds.get("/").statusCode()).isEqualTo(404);
      assertThat(feeds.get("/events").statusCode()).isEqualTo(404);
      // A name of a stranger's that leads here.
      assertThat(RawHttp.ask(local.pagePort(), "GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n"))
          .startsWith("HTTP/1.1 403")
          .doesNotContain("<!doctype");
      assertThat(RawHttp.ask(local.pagePort(), "GET / HTTP/1.1\r\nHost: LOCALHOST:1\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void saysWhatEveryServiceSays() throws Exception {
    report("ingestor", "reading", Map.of("seconds_since_last_frame", 0.25, "frames_total", 1e9));
    log.send(Topics.SERVICE_STATUS, null, utf8("x"), new byte[] {1});
    log.flush();

    try (Events events = new Events("/events")) {
      JsonNode status =
          events.next("status", data -> find(data, "ingestor") && find(data, "feed-api"));

      JsonNode ingestor = service(status, "ingestor");
      assertThat(ingestor.get("state").textValue()).isEqualTo("reading");
      assertThat(ingestor.get("ready").booleanValue()).isTrue();
      assertThat(ingestor.get("age_seconds").doubleValue()).isZero();
      assertThat(ingestor.get("figures").get("seconds_since_last_frame").doubleValue())
          .isEqualTo(0.25);
      assertThat(service(status, "feed-api").get("figures").has("items")).isTrue();
      // Another second, another status.
      events.next("status", data -> true);
    }
  }

  @Test
  void tellsIncidentsAsTheyHappen() throws Exception {
    try (Events events = new Events("/events")) {
      events.next("incidents", data -> true);
      for (int n = 1; n <= 25; n++) {
        Incident incident =
            new Incident(
                Incident.Kind.GAP,
                "relay",
                DAY,
                OptionalLong.of(Long.MAX_VALUE),
                OptionalLong.empty(),
                "found " + n,
                "done");
        log.send(Topics.INCIDENTS, null, utf8("relay"), Incident.FORMAT.encode(incident));
      }
      log.flush();

      JsonNode incidents =
          events.next(
              "incidents",
              data -> data.size() == 20 && data.get(0).get("found").textValue().equals("found 25"));

      assertThat(incidents.get(0))
          .isEqualTo(
              Client.json(
                  """
                  {"kind":"gap","subject":"relay","at":%d,"lost":true,"found":"found 25",
                   "done":"done","from":"9223372036854775807"}\
                  """
                      .formatted(DAY.toEpochMilli())));
    }
  }

  @Test
  void tellsWhatWasBeforeSomebodyLooked() throws Exception {
    report(
        "ingestor", "reading", Map.of("seconds_since_last_frame", 0.25, "frames_per_second", 7.0));
    log.flush();
    try (Events events = new Events("/events")) {
      events.next("status", data -> find(data, "ingestor"));
    }

    try (Events events = new Events("/events")) {
      JsonNode history = events.next("history", data -> true);
      int last = history.get("at").size() - 1;
      assertThat(history.get("at").get(last).longValue())
          .isEqualTo(clock.instant().getEpochSecond());
      assertThat(history.get("silence").get(last).doubleValue()).isEqualTo(0.25);
      assertThat(history.get("rate").get(last).doubleValue()).isEqualTo(7);
      assertThat(history.get("lag").get(last).isNull()).isTrue();
    }
  }

  @Test
  void tellsHowLargeAFeedIsAndHowFarItsReplay() throws Exception {
    FeedVersion feed = log.serve("replayed", "v1");
    log.put(feed, uri("did:plc:abc", "old"), item(clock.instant().minusSeconds(3_601), "old"));
    log.put(feed, uri("did:plc:abc", "new"), item(clock.instant().minusSeconds(3_599), "new"));
    log.flush();
    until(() -> client.skeleton("replayed", "").statusCode() == 200);
    try (Events events = new Events("/events?feed=replayed")) {
      JsonNode row =
          row(
              events,
              found -> found.get("items").intValue() == 2 && found.get("hour").intValue() > 0);
      assertThat(row.get("name").textValue()).isEqualTo("replayed");
      assertThat(row.get("hour").intValue()).isEqualTo(1);
      assertThat(row.get("more").booleanValue()).isFalse();
      assertThat(row.has("replay")).isFalse();

      // when another version fills
      FeedVersion next = FeedVersion.of("replayed", "v2");
      log.put("replayed", FeedLog.candidate("v1", "v2"));
      log.say(next.statusKey(3), FeedLog.status(clock.instant(), 25, 100));
      log.flush();
      JsonNode replay = row(events, found -> found.has("replay")).get("replay");
      assertThat(replay)
          .isEqualTo(
              Client.json(
                  """
                  {"version":"v2","next":true,"percent":25,"passed":25,"total":100,"rate":5.0,
                   "left_seconds":15,"age_seconds":0}\
                  """));

      // when it is served
      log.put("replayed", FeedLog.state(Optional.of("v2"), Optional.of("v1"), List.of()));
      log.say(next.statusKey(3), FeedLog.status(clock.instant(), 100, 100));
      log.flush();
      assertThat(row(events, found -> !found.has("replay")).get("version").textValue())
          .isEqualTo("v2");
    }
  }

  private static JsonNode row(Events events, Predicate<JsonNode> wanted) throws IOException {
    JsonNode[] found = new JsonNode[1];
    events.next(
        "feeds",
        data -> {
          for (JsonNode feed : data.get("feeds")) {
            if (feed.get("feed").textValue().equals("replayed") && wanted.test(feed)) {
              found[0] = feed;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  @Test
  void showsPostsAsTheyComeAndGo() throws Exception {
    FeedVersion feed = log.serve("shown", "v1");
    log.put(
        feed,
        uri("did:plc:abc", "one"),
        new FeedItem(
            DAY,
            DAY.plusSeconds(60),
            "did:plc:abc",
            "cid",
            "<b>not markup</b>\n" + "x".repeat(5_000),
            List.of("en"),
            List.of(),
            List.of("a hoop"),
            List.of("sexual")));
    log.flush();
    until(() ->
        client.skeleton("shown", "").statusCode() == 200 && !client.all("shown", 9).isEmpty());

    try (Events events = new Events("/events?feed=shown")) {
      JsonNode items = events.next("items", data -> data.get("items").size() == 1);
      JsonNode post = items.get("items").get(0);
      assertThat(items.get("description").textValue()).isEqualTo("about shown");
      assertThat(Client.keys(post))
          .containsExactlyInAnyOrder(
              "uri", "author", "at", "text", "link", "langs", "links", "alts", "labels");
      assertThat(post.get("link").textValue())
          .isEqualTo("https://bsky.app/profile/did:plc:abc/post/one");
      assertThat(post.get("text").textValue()).startsWith("<b>not markup</b>\nxxx").hasSize(3_001);
      assertThat(post.get("alts").get(0).textValue()).isEqualTo("a hoop");
      assertThat(post.get("labels").get(0).textValue()).isEqualTo("sexual");

      // when another comes, that one is first
      log.put(feed, uri("did:plc:abc", "two"), item(1));
      log.flush();
      JsonNode came = events.next("change", data -> true);
      assertThat(came.get("gone")).isEmpty();
      assertThat(came.get("put")).hasSize(1);
      assertThat(came.get("put").get(0).get("after").isNull()).isTrue();
      assertThat(came.get("put").get(0).get("item").get("text").textValue()).isEqualTo("text 1");

      // when it is removed, and the other expires, nothing is left
      log.remove(feed, uri("did:plc:abc", "two"));
      log.flush();
      JsonNode went = events.next("change", data -> true);
      assertThat(went).isEqualTo(gone(uri("did:plc:abc", "two")));
      clock.advance(Duration.ofSeconds(60));
      assertThat(events.next("change", data -> true)).isEqualTo(gone(uri("did:plc:abc", "one")));
    }
  }

  @Test
  void showsNothingThatIsBlocked() throws Exception {
    FeedVersion feed = log.serve("guarded", "v1");
    log.put(feed, uri("did:plc:guest", "one"), item(1));
    log.put(feed, uri("did:plc:boor", "two"), item(2));
    log.put(feed, uri("did:plc:boor", "three"), item(3));
    log.flush();
    until(() -> client.skeleton("guarded", "").statusCode() == 200);
    try (Events events = new Events("/events?feed=guarded")) {
      assertThat(rkeys(events.next("items", data -> true).get("items")))
          .containsExactly("three", "two", "one");
      log.block(uri("did:plc:boor", "three"));
      log.flush();
      assertThat(events.next("change", data -> true)).isEqualTo(gone(uri("did:plc:boor", "three")));
      log.block("did:plc:boor");
      log.unblock(uri("did:plc:boor", "three"));
      log.flush();
      assertThat(events.next("change", data -> true)).isEqualTo(gone(uri("did:plc:boor", "two")));
      log.unblock("did:plc:boor");
      log.flush();
      JsonNode back = events.next("change", data -> true).get("put");
      assertThat(rkeys(back.findValues("item"))).containsExactly("three", "two");
      assertThat(back.get(1).get("after").textValue()).isEqualTo(uri("did:plc:boor", "three"));
    }
  }

  private static JsonNode gone(String uri) {
    return Client.json("{\"gone\":[\"" + uri + "\"],\"put\":[]}");
  }

  /** The last part of each one's uri. */
  private static List<String> rkeys(Iterable<JsonNode> items) {
    List<String> rkeys = new ArrayList<>();
    for (JsonNode item : items) {
      String uri = item.get("uri").textValue();
      rkeys.add(uri.substring(uri.lastIndexOf('/') + 1));
    }
    return rkeys;
  }

  @Test
  void hasRoomForSoManyAndForNoneOfThemAll() throws Exception {
    until(() -> streams() == 0);
    assertThat(client.send("HEAD", "/events").statusCode()).isEqualTo(200);
    HttpClient other = from("127.0.0.2");
    HttpClient third = from("127.0.0.3");
    List<Events> watching = new ArrayList<>();
    try {
      for (int n = 0; n < 5; n++) {
        watching.add(new Events("/events"));
      }
      assertNoRoom(client.get("/events"), "too many are watching from one address");

      for (int n = 0; n < 2; n++) {
        watching.add(new Events(other, "/events"));
      }
      assertNoRoom(
          third.send(client.request("/events").build(), BodyHandlers.ofString()),
          "too many are watching");
      assertThat(client.send("HEAD", "/events").statusCode()).isEqualTo(503);
    } finally {
      for (Events events : watching) {
        events.close();
      }
      other.close();
      third.close();
    }
    // A reader that goes makes room.
    until(() -> streams() == 0);
    assertThat(client.get("/events?feed=nobody-made-this").statusCode()).isEqualTo(404);
    assertThat(RawHttp.ask(api.port(), "GET /events?feed=% HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  private static HttpClient from(String address) {
    return HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build();
  }

  private static void assertNoRoom(HttpResponse<String> refused, String why) {
    assertThat(refused.statusCode()).isEqualTo(503);
    JsonNode said = Client.json(refused.body());
    assertThat(said.get("error").textValue()).isEqualTo("NotEnoughResources");
    assertThat(said.get("message").textValue()).isEqualTo(why);
  }

  private double streams() throws Exception {
    return client.metric("courtside_feed_api_event_streams ");
  }

  private void report(String service, String state, Map<String, Double> figures) {
    ServiceStatus status =
        new ServiceStatus(
            service,
            service + "-1",
            clock.instant(),
            true,
            state,
            List.of(),
            figures,
            Optional.empty());
    log.send(Topics.SERVICE_STATUS, null, utf8(status.key()), ServiceStatus.FORMAT.encode(status));
  }

  private static boolean find(JsonNode status, String service) {
    for (JsonNode node : status.get("services")) {
      if (node.get("service").textValue().equals(service)) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode service(JsonNode status, String name) {
    for (JsonNode node : status.get("services")) {
      if (node.get("service").textValue().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no " + name + " in " + status);
  }

  /** Reads one stream of events. */
  private final class Events implements AutoCloseable {
    private final InputStream body;
    private final BufferedReader lines;

    Events(String path) throws IOException, InterruptedException {
      this(client.http(), path);
    }

    Events(HttpClient from, String path) throws IOException, InterruptedException {
      HttpResponse<InputStream> response =
          from.send(client.request(path).build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/event-stream");
      body = response.body();
      lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** The next event of that name that is wanted. */
    JsonNode next(String name, Predicate<JsonNode> wanted) throws IOException {
      String event = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring("event: ".length());
        } else if (line.startsWith("data: ") && event.equals(name)) {
          JsonNode data = Client.json(line.substring("data: ".length()));
          if (wanted.test(data)) {
            return data;
          }
        }
      }
      throw new AssertionError("the stream ended");
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
