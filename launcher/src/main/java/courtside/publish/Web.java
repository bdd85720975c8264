package courtside.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.screen.VisibleText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Asks one server for JSON: within ten seconds to the last byte, as the AppView does, at most a
 * megabyte, and nobody whom it names instead. Without TLS only on this machine, as passwords are
 * sent. Thread-safe.
 */
public final class Web implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_QUOTED = 200;
  private static final int DEEPEST = 8;

  private final HttpClient client;
  private final URI base;
  private final Duration patience;

  /**
   * Asks nothing yet.
   *
   * @param base {@code https://host}, or {@code http://} and a name of this machine
   */
  public Web(URI base) throws PublishException {
    this(base, PATIENCE);
  }

  /** One that waits for so long. */
  Web(URI base, Duration patience) throws PublishException {
    String host = base.getHost();
    boolean here = "localhost".equals(host) || "127.0.0.1".equals(host);
    if (host == null
        || !("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && here))) {
      throw new PublishException(
          "expected an address that begins with https://, found " + quoted(base.toString()));
    }
    this.base = base;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * An answer.
   *
   * @param type of its body, without parameters, in lower case; empty where it does not say
   * @param location where it sends who asks; empty where it does not
   * @param date when it was made, by the clock of who answers
   * @param body a missing node where there is none
   */
  public record Answer(
      int status, String type, String location, Optional<Instant> date, JsonNode body) {
    /** Whether it is what was asked for. */
    public boolean good() {
      return status == 200;
    }

    /** What an XRPC server calls its refusal; empty where it does not say. */
    public String error() {
      return body.path("error").asText("");
    }

    /** What it says, bounded, for people. */
    public String inWords() {
      String message = body.path("message").asText("");
      String said = error() + (message.isEmpty() ? "" : ": " + message);
      if (said.isEmpty() && !location.isEmpty()) {
        said = "which leads to " + location;
      }
      return "HTTP " + status + (said.isEmpty() ? "" : " " + quoted(said));
    }
  }

  /** A part of what somebody else wrote, for people: on one line, at most 200 characters. */
  static String quoted(String said) {
    return VisibleText.line(said, MOST_QUOTED);
  }

  /** The server's name, with a port where that is not the usual one. */
  String name() {
    return base.getAuthority();
  }

  /** A request for a path of this server. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(patience);
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
  public Answer ask(HttpRequest request) throws PublishException, InterruptedException {
    // The request's own time runs to the headers only; a body may drip for ever.
    CompletableFuture<HttpResponse<Optional<byte[]>>> asked =
        client.sendAsync(request, _ -> new BoundedBody(MOST_BYTES));
    try {
      HttpResponse<Optional<byte[]>> response =
          asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      byte[] body =
          response
              .body()
              .orElseThrow(() ->
                  new PublishException(
                      request.uri().getHost()
                          + " answers "
                          + request.uri().getPath()
                          + " with more than a megabyte"));
      HttpHeaders headers = response.headers();
      return new Answer(
          response.statusCode(),
          type(headers.firstValue("Content-Type").orElse("")),
          quoted(headers.firstValue("Location").orElse("")),
          headers.firstValue("Date").flatMap(Web::date),
          read(body));
    } catch (TimeoutException e) {
      throw unanswered(request, new HttpTimeoutException("the body does not end"));
    } catch (ExecutionException e) {
      // Whatever the client makes of what it was sent.
      throw unanswered(
          request,
          e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause()));
    } catch (IOException e) {
      throw unanswered(request, e);
    } finally {
      asked.cancel(true);
    }
  }

  private PublishException unanswered(HttpRequest request, IOException failure) {
    return new PublishException(
        "no answer from "
            + request.uri().getHost()
            + " to "
            + request.uri().getPath()
            + " ("
            + reason(failure)
            + ")",
        todo(failure),
        failure);
  }

  private static String type(String header) {
    int end = header.indexOf(';');
    return quoted((end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT));
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private String reason(IOException failure) {
    if (isCausedBy(failure, UnresolvedAddressException.class)) {
      return "no address is known for that name";
    }
    if (failure instanceof ConnectException) {
      return "nobody listens there";
    }
    if (failure instanceof HttpTimeoutException) {
      return "nothing whole within " + patience.toSeconds() + " s";
    }
    return failure.getMessage() == null
        ? failure.getClass().getSimpleName()
        : quoted(failure.getMessage());
  }

  private static String todo(IOException failure) {
    if (isCausedBy(failure, UnresolvedAddressException.class)) {
      return "is the name right, and has it an address in the DNS?";
    }
    if (isCausedBy(failure, SSLException.class)) {
      return "has it a certificate for that name that others trust, and that has not run out?";
    }
    return "is the address right, and is it reachable from here?";
  }

  private static boolean isCausedBy(Throwable failure, Class<? extends Throwable> kind) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (kind.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static JsonNode read(byte[] bytes) throws IOException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      // A proxy's page: the status says enough.
      return JSON.missingNode();
    }
  }

  /** Waits for nobody: what is still asked is given up. */
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
