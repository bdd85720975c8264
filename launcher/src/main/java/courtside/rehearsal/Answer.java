package courtside.rehearsal;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a service of this machine answers to one question, asked as often as there is patience. */
final class Answer {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN = Duration.ofMillis(200);

  private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private final HttpRequest request;

  Answer(String uri) {
    request = HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE).build();
  }

  /**
   * An answer, or the lack of one.
   *
   * @param status 0 where nobody answered
   */
  record Given(int status, String text) {}

  /** Asks, and where the answer is not a good one lets a moment pass. */
  Given ask() throws InterruptedException {
    Given given = once();
    if (given.status() != 200) {
      Thread.sleep(BETWEEN);
    }
    return given;
  }

  private Given once() throws InterruptedException {
    try {
      HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      return new Given(response.statusCode(), response.body().strip());
    } catch (IOException e) {
      return new Given(0, "no answer from " + request.uri() + ": " + e);
    }
  }
}
