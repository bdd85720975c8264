package courtside.feedapi;

import static courtside.feedapi.FeedApiTest.until;
import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.token.ServiceToken;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.identity.KeySettings;
import courtside.testkit.feeds.FeedLog;
import courtside.testkit.oracle.CommittedRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Viewers who say who they are, over HTTP, with the document of their key on this machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class PersonalFeedTest {
  private static final String SKELETON = "app.bsky.feed.getFeedSkeleton";
  private static final String SEND = "app.bsky.feed.sendInteractions";
  private static final String SEEN = "app.bsky.feed.defs#interactionSeen";
  private static final String NEVER = Long.toString(Duration.ofDays(1).toMillis());

  private final ManualClock clock = new ManualClock(DAY);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Random random = new Random(7);
  private final SigningKey key = SigningKey.generate(Curve.K256, random);
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
  private int nonces;
  private EmbeddedBroker broker;
  private FeedLog log;
  private Client client;
  private Did viewer;
  private Path data;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException, InterruptedException {
    data = directory;
    HttpServer documents =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    viewer = new Did("did:web:localhost%3A" + documents.getAddress().getPort());
    documents.createContext(
        "/.well-known/did.json",
        exchange -> {
          meanwhile.get().run();
          byte[] document = document().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, document.length);
          exchange.getResponseBody().write(document);
          exchange.close();
        });
    documents.start();
    opened.push(() -> documents.stop(0));
    // By the clock of these tests what is written is older than its topic keeps anything.
    broker =
        EmbeddedBroker.start(
            directory.resolve("broker"), 0, Map.of("log.retention.check.interval.ms", NEVER));
    opened.push(broker);
    log = new FeedLog(broker.bootstrap());
    opened.push(log);
    FeedApi api =
        FeedApi.start(
            FeedApiTest.settings(broker.bootstrap(), directory),
            clock,
            System::nanoTime,
            FeedApiTest.NOTE);
    opened.push(api);
    client = new Client(api);
    opened.push(client);
    until(() -> client.health("/health/ready").statusCode() == 200);
  }

  private String document() {
    return """
    {"id": "%1$s", "verificationMethod": [
      {"id": "%1$s#atproto", "type": "Multikey", "controller": "%1$s",
       "publicKeyMultibase": "%2$s"}]}
    """
        .formatted(viewer, key.verifyingKey().multikey());
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
  }

  @Test
  void hidesFromAViewerWhatTheyHaveSeenAndFromNobodyElse() throws Exception {
    FeedVersion feed = log.serveHidingSeen("personal", "v1");
    for (int n = 1; n <= 4; n++) {
      log.put(feed, uri(n), item(n));
    }
    log.flush();
    until(() -> uris("personal", Optional.empty()).size() == 4);
    assertThat(uris("personal", Optional.of(token(SKELETON)))).hasSize(4);

    HttpResponse<String> sent = send(token(SEND), seen(uri(4), uri(2)));

    assertThat(sent.statusCode()).isEqualTo(200);
    assertThat(sent.body()).isEqualTo("{}");
    until(() -> uris("personal", Optional.of(token(SKELETON))).equals(List.of(uri(3), uri(1))));
    assertThat(uris("personal", Optional.empty())).containsExactly(uri(4), uri(3), uri(2), uri(1));
  }

  @Test
  void doesNotAskWhoReadsAFeedThatIsTheSameForAll() throws Exception {
    FeedVersion feed = log.serve("open", "v1");
    log.put(feed, uri(1), item(1));
    log.flush();
    until(() -> client.skeleton("open", "").statusCode() == 200);

    assertThat(ask("open", Optional.of("Bearer nonsense")).statusCode()).isEqualTo(200);
    assertThat(ask("open", Optional.of("Basic x")).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesAViewerWhoIsNotBelievedWhereItMatters() throws Exception {
    log.serveHidingSeen("doubtful", "v1");
    log.flush();
    until(() -> client.skeleton("doubtful", "").statusCode() == 200);
    String used = "Bearer " + token(SKELETON);
    assertThat(ask("doubtful", Optional.of(used)).statusCode()).isEqualTo(200);

    assertError(ask("doubtful", Optional.of("Bearer nonsense")), 401, "BadJwt");
    assertError(ask("doubtful", Optional.of("Basic x")), 401, "AuthenticationRequired");
    assertError(ask("doubtful", Optional.of(used)), 401, "BadJwt");
    assertError(ask("doubtful", Optional.of("Bearer " + token(SEND))), 401, "BadJwtLexiconMethod");
    assertThat(ask("doubtful", Optional.of("Bearer x")).headers().firstValue("WWW-Authenticate"))
        .contains("Bearer");
  }

  @Test
  void looksAtATokenOnceThoughTheFeedIsReplacedMeanwhile() throws Exception {
    // A service that has asked for no key yet, so that a request waits for one.
    try (FeedApi cold =
            FeedApi.start(
                FeedApiTest.settings(broker.bootstrap(), data),
                clock,
                System::nanoTime,
                FeedApiTest.NOTE);
        Client asking = new Client(cold)) {
      log.put(log.serveHidingSeen("replaced", "v1"), uri(1), item(1));
      log.put(FeedVersion.of("replaced", "v2"), uri(1), item(1));
      log.flush();
      until(() -> asking.skeleton("replaced", "").statusCode() == 200);
      meanwhile.set(() -> {
        log.serveHidingSeen("replaced", "v2");
        log.flush();
        until(() -> version(asking, "replaced").equals("v2"));
      });

      HttpResponse<String> page = ask(asking, "replaced", Optional.of("Bearer " + token(SKELETON)));

      assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
    } finally {
      meanwhile.set(() -> {});
    }
  }

  /** By which version a feed's items are chosen; it has one item in each. */
  private static String version(Client asking, String feed)
      throws IOException, InterruptedException {
    JsonNode posts = Client.json(asking.skeleton(feed, "").body()).path("feed");
    return posts.path(0).path("feedContext").asText();
  }

  @Test
  void takesNothingFromWhoIsNotKnown() throws Exception {
    assertError(send("nonsense", seen(uri(1))), 401, "BadJwt");
    assertError(
        client.send(
            client
                .request("/xrpc/" + SEND)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(seen(uri(1))))
                .build()),
        401,
        "AuthenticationRequired");
  }

  @Test
  void refusesABodyThatIsNotWhatTheMethodTakes() throws Exception {
    assertError(send(token(SEND), "{\"interactions\":7}"), 400, "InvalidRequest");
    assertError(send(token(SEND), "nonsense"), 400, "InvalidRequest");
    assertError(
        send(
            token(SEND),
            """
            {"feed": "at://did:web:stranger.test/app.bsky.feed.generator/any", "interactions": [
              {"item": "%s", "event": "%s"}]}
            """
                .formatted(uri(1), SEEN)),
        400,
        "InvalidRequest");
    assertError(
        client.send(
            client
                .request("/xrpc/" + SEND)
                .header("Authorization", "Bearer " + token(SEND))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(seen(uri(1))))
                .build()),
        400,
        "InvalidRequest");
    assertError(
        client.send(
            client
                .request("/xrpc/" + SEND)
                .header("Authorization", "Bearer " + token(SEND))
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString(seen(uri(1))))
                .build()),
        415,
        "UnsupportedMediaType");
  }

  @Test
  void holdsNothingAgainstAViewerThatCouldNotBeWritten() throws Exception {
    String[] uris = IntStream.range(0, 500).mapToObj(FeedLog::uri).toArray(String[]::new);
    // Nobody listens there, so that it has no log to write to.
    try (FeedApi away =
            FeedApi.start(
                FeedApiTest.settings("127.0.0.1:1", data),
                clock,
                System::nanoTime,
                FeedApiTest.NOTE);
        Client asking = new Client(away)) {
      // More often than a viewer could report so many.
      for (int n = 0; n < 5; n++) {
        assertError(send(asking, token(SEND), seen(uris)), 503, "NotEnoughResources");
      }
    }
  }

  @Test
  void getsToKnowAViewerWhileAnotherClientNamesAnyNumberOfStrangers() throws Exception {
    // The time stands still, so that nothing is given anew; nobody listens on these ports.
    try (FeedApi cold =
            FeedApi.start(
                FeedApiTest.settings(broker.bootstrap(), data), clock, () -> 0, FeedApiTest.NOTE);
        Client asking = new Client(cold);
        HttpClient flooding =
            HttpClient.newBuilder().localAddress(InetAddress.ofLiteral("127.0.0.2")).build()) {
      for (int port = 1; port <= 2 * KeySettings.DEFAULT.perSecond(); port++) {
        HttpRequest request =
            asking
                .request("/xrpc/" + SEND)
                .header("Authorization", "Bearer " + token(SEND, stranger(port)))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(seen(uri(99))))
                .build();
        assertError(flooding.send(request, BodyHandlers.ofString()), 502, "UpstreamFailure");
      }
      assertThat(asking.metric("courtside_feed_api_key_answers_total{answer=\"busy\"}"))
          .isGreaterThan(50);

      // Known, whether or not the log is there by now.
      assertThat(send(asking, token(SEND), seen(uri(99))).statusCode()).isIn(200, 503);
    }
  }

  private static Did stranger(int port) {
    return new Did("did:web:localhost%3A" + port);
  }

  @Test
  void writesWhatIsReportedUnderTheViewersName() throws Exception {
    HttpResponse<String> sent =
        send(
            token(SEND),
            """
            {"feed": "at://did:web:localhost/app.bsky.feed.generator/any", "interactions": [
              {"item": "%s", "event": "app.bsky.feed.defs#requestLess",
               "feedContext": "v1", "reqId": "r.1"}]}
            """
                .formatted(uri(77)));

    assertThat(sent.statusCode()).isEqualTo(200);
    List<Interaction> written = new ArrayList<>();
    try (CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
      records
          .readAll(Topics.FEED_INTERACTIONS.name(), Topics.FEED_INTERACTIONS.partitions())
          .forEach(record -> {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(viewer.value());
            written.add(Interaction.FORMAT.decode(record.value()));
          });
    }
    assertThat(written)
        .contains(
            new Interaction(
                Optional.of("at://did:web:localhost/app.bsky.feed.generator/any"),
                Optional.of(uri(77)),
                "app.bsky.feed.defs#requestLess",
                Optional.of("v1"),
                Optional.of("r.1")));
  }

  private static void assertError(HttpResponse<String> response, int status, String error) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(Client.json(response.body()).get("error").textValue()).isEqualTo(error);
  }

  private static String seen(String... uris) {
    StringBuilder interactions = new StringBuilder();
    for (String uri : uris) {
      interactions
          .append(interactions.isEmpty() ? "" : ",")
          .append("{\"item\":\"" + uri + "\",\"event\":\"" + SEEN + "\"}");
    }
    return "{\"interactions\":[" + interactions + "]}";
  }

  private String token(String method) {
    return token(method, viewer);
  }

  private String token(String method, Did issuer) {
    return ServiceToken.sign(
        key,
        issuer,
        "did:web:localhost",
        new Nsid(method),
        clock.instant(),
        Duration.ofMinutes(1),
        "nonce" + nonces++);
  }

  private HttpResponse<String> send(String token, String body)
      throws IOException, InterruptedException {
    return send(client, token, body);
  }

  private static HttpResponse<String> send(Client asking, String token, String body)
      throws IOException, InterruptedException {
    return asking.send(
        asking
            .request("/xrpc/" + SEND)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private HttpResponse<String> ask(String feed, Optional<String> authorization)
      throws IOException, InterruptedException {
    return ask(client, feed, authorization);
  }

  private static HttpResponse<String> ask(
      Client client, String feed, Optional<String> authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        client.request(
            "/xrpc/"
                + SKELETON
                + "?feed="
                + Client.encode("at://did:web:localhost/app.bsky.feed.generator/" + feed));
    authorization.ifPresent(text -> request.header("Authorization", text));
    return client.send(request.build());
  }

  private List<String> uris(String feed, Optional<String> token)
      throws IOException, InterruptedException {
    HttpResponse<String> response = ask(feed, token.map(text -> "Bearer " + text));
    if (response.statusCode() != 200) {
      return List.of(response.body());
    }
    List<String> uris = new ArrayList<>();
    JsonNode posts = Client.json(response.body()).get("feed");
    posts.forEach(post -> uris.add(post.get("post").textValue()));
    return uris;
  }
}
