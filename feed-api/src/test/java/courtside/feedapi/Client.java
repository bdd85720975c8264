package courtside.feedapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.feedapi.lexicon.Lexicons;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks over real HTTP. */
public final class Client implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String XRPC = "/xrpc/";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final int port;
  private final int healthPort;

  Client(FeedApi api) {
    this(api.port(), api.healthPort());
  }

  /** Asks whoever listens there. */
  public Client(int port, int healthPort) {
    this.port = port;
    this.healthPort = healthPort;
  }

  record Page(List<String> uris, Optional<String> cursor) {}

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path);
  }

  HttpResponse<String> send(String verb, String path) throws IOException, InterruptedException {
    return send(request(path).method(verb, BodyPublishers.noBody()).build());
  }

  /** Sends a request; whatever comes back must be what the lexicons say. */
  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    String path = request.uri().getPath();
    if (path.startsWith(XRPC) && hasBody(request, response)) {
      String method = path.substring(XRPC.length());
      Lexicons.present()
          .ifPresent(lexicons ->
              assertThat(lexicons.wrong(method, response.statusCode(), response.body()))
                  .as("%s %s: %s", request.method(), request.uri(), response.body())
                  .isEmpty());
    }
    return response;
  }

  private static boolean hasBody(HttpRequest request, HttpResponse<String> response) {
    return !request.method().equals("HEAD") && response.statusCode() != 204;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpClient http() {
    return http;
  }

  HttpResponse<String> health(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path)).build(),
        BodyHandlers.ofString());
  }

  /** The sum of a metric's values, over those of its lines that begin like this. */
  public double metric(String line) throws IOException, InterruptedException {
    return health("/metrics")
        .body()
        .lines()
        .filter(found -> found.startsWith(line))
        .mapToDouble(found -> Double.parseDouble(found.substring(found.lastIndexOf(' '))))
        .sum();
  }

  HttpResponse<String> skeleton(String feed, String rest) throws IOException, InterruptedException {
    return get(
        "/xrpc/app.bsky.feed.getFeedSkeleton?feed="
            + encode("at://did:web:localhost/app.bsky.feed.generator/" + feed)
            + rest);
  }

  Page page(String feed, int limit, Optional<String> cursor)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        skeleton(feed, "&limit=" + limit + cursor.map(c -> "&cursor=" + encode(c)).orElse(""));
    if (response.statusCode() != 200) {
      throw new NotServedException(response.statusCode() + " " + response.body());
    }
    JsonNode body = json(response.body());
    List<String> uris = new ArrayList<>();
    body.get("feed").forEach(post -> uris.add(post.get("post").textValue()));
    return new Page(uris, Optional.ofNullable(body.get("cursor")).map(JsonNode::textValue));
  }

  /** The feed's uris from the first page to the last; a cursor that comes again would have none. */
  public List<String> all(String feed, int limit) throws IOException, InterruptedException {
    List<String> uris = new ArrayList<>();
    Set<String> cursors = new HashSet<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page page = page(feed, limit, cursor);
      uris.addAll(page.uris());
      cursor = page.cursor();
      if (cursor.isPresent() && !cursors.add(cursor.get())) {
        throw new AssertionError("a cursor came a second time: " + cursor.get());
      }
    } while (cursor.isPresent());
    return uris;
  }

  /** Whether the feed is served, and consists of these, whatever is going on meanwhile. */
  public boolean serves(String feed, List<String> expected)
      throws IOException, InterruptedException {
    try {
      return all(feed, 100).equals(expected);
    } catch (NotServedException e) {
      return false;
    }
  }

  /** An answer that is no page. */
  static final class NotServedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotServedException(String message) {
      super(message);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
