package courtside.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Asks one server for JSON: within ten seconds, at most a megabyte, and nobody whom it names
 * instead. Without TLS only on this machine, as passwords are sent. Thread-safe.
 */
final class Web implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_QUOTED = 200;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final URI base;

  /**
   * Asks nothing yet.
   *
   * @param base {@code https://host}, or {@code http://} and a name of this machine
   */
  Web(URI base) throws PublishException {
    String host = base.getHost();
    boolean here = "localhost".equals(host) || "127.0.0.1".equals(host);
    if (host == null
        || !("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && here))) {
      throw new PublishException("expected an address that begins with https://, found " + base);
    }
    this.base = base;
  }

  /**
   * An answer.
   *
   * @param body a missing node where there is none
   */
  record Answer(int status, JsonNode body) {
    boolean good() {
      return status == 200;
    }

    /** What an XRPC server calls its refusal; empty where it does not say. */
    String error() {
      return body.path("error").asText("");
    }

    /** What it says, bounded, for people. */
    String inWords() {
      String message = body.path("message").asText("");
      String said = error() + (message.isEmpty() ? "" : ": " + message);
      String bounded = said.length() > MOST_QUOTED ? said.substring(0, MOST_QUOTED) + "…" : said;
      return "HTTP " + status + (bounded.isEmpty() ? "" : " " + bounded);
    }
  }

  /** A request for a path of this server. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
  }

  /** The body of a request. */
  static HttpRequest.BodyPublisher json(JsonNode body) {
    return HttpRequest.BodyPublishers.ofString(body.toString());
  }

  /**
   * Asks.
   *
   * @throws PublishException if nothing comes back that is an answer
   */
  Answer ask(HttpRequest request) throws PublishException, InterruptedException {
    String who = request.uri().getHost();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream stream = response.body()) {
        byte[] bytes = stream.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
          throw new PublishException(
              who + " answers " + request.uri().getPath() + " with more than a megabyte");
        }
        return new Answer(response.statusCode(), read(bytes));
      }
    } catch (IOException e) {
      throw new PublishException(
          "no answer from "
              + who
              + " to "
              + request.uri().getPath()
              + " ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "); is the address right, and is it reachable from here?",
          e);
    }
  }

  private static JsonNode read(byte[] bytes) throws IOException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      // A proxy's page: the status says enough.
      return JSON.missingNode();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
