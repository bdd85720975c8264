package courtside.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a feed as the AppView does: page by page, by cursor. */
public final class FeedReader implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_PAGES = 1_000;

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  /** Reads from a feed API on this machine. */
  public FeedReader(int port) {
    this.base = URI.create("http://127.0.0.1:" + port + "/");
  }

  /** Every post of the feed, newest first; empty while the feed is not served yet. */
  public List<String> readAll(String feed) throws IOException, InterruptedException {
    List<String> uris = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < MOST_PAGES; page++) {
      String query =
          "feed="
              + encode(feed)
              + "&limit=100"
              + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor));
      HttpResponse<String> response = get("xrpc/app.bsky.feed.getFeedSkeleton?" + query);
      if (response.statusCode() != 200) {
        return List.of();
      }
      JsonNode body = JSON.readTree(response.body());
      body.path("feed").forEach(item -> uris.add(item.path("post").asText()));
      if (!body.has("cursor")) {
        return uris;
      }
      cursor = body.path("cursor").asText();
    }
    throw new AssertionError("the feed does not end within " + MOST_PAGES + " pages");
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
