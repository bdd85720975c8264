package courtside.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HealthServerTest {
  private static final Health FINE = new Health(true, true, "reading", List.of(), Map.of());
  private static final Health SILENT =
      new Health(true, false, "silent", List.of("no frame for 21 s", "lag unknown"), Map.of());
  private static final Health DEAD =
      new Health(false, false, "failed", List.of("the pump has ended"), Map.of());

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Health health = FINE;
  private final HealthServer server =
      HealthServer.start(
          "tester",
          "127.0.0.1",
          0,
          () -> {
            asked.incrementAndGet();
            return health;
          },
          metrics);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
    client.close();
    metrics.close();
  }

  @Test
  void answersThatAllIsWell() throws Exception {
    assertAnswer("/health/live", 200, "reading\n");
    assertAnswer("/health/ready", 200, "reading\n");
  }

  @Test
  void staysAliveWhileItIsNotReady() throws Exception {
    health = SILENT;
    assertAnswer("/health/live", 200, "silent\nno frame for 21 s\nlag unknown\n");
    assertAnswer("/health/ready", 503, "silent\nno frame for 21 s\nlag unknown\n");
  }

  @Test
  void saysThatItHasToBeRestarted() throws Exception {
    health = DEAD;
    assertAnswer("/health/live", 503, "failed\nthe pump has ended\n");
    assertAnswer("/health/ready", 503, "failed\nthe pump has ended\n");
  }

  @Test
  void asksOnceForEachAnswer() throws Exception {
    get("/health/live");
    get("/health/ready");
    assertThat(asked).as("status and reasons are of one moment").hasValue(2);
  }

  @Test
  void answersProbesThatOnlyWantTheStatus() throws Exception {
    health = SILENT;
    HttpRequest head = request("/health/ready").HEAD().build();
    for (int probe = 0; probe < 3; probe++) {
      assertThat(client.send(head, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(503);
    }
  }

  @Test
  void showsAsMetricsWhatItSaysOfItself() throws Exception {
    health = new Health(true, true, "reading", List.of(), Map.of("seconds_since_last_beat", 1.5));
    assertThat(get("/metrics").body())
        .contains("courtside_health_live{service=\"tester\"} 1.0")
        .contains("courtside_health_ready{service=\"tester\"} 1.0")
        .contains("courtside_health_state{service=\"tester\",state=\"reading\"} 1.0")
        .contains(
            "courtside_health_figure{figure=\"seconds_since_last_beat\",service=\"tester\"} 1.5")
        .contains("jvm_memory_used_bytes");
    health = SILENT;
    assertThat(get("/metrics").body())
        .contains("courtside_health_ready{service=\"tester\"} 0.0")
        .contains("courtside_health_state{service=\"tester\",state=\"reading\"} 0.0")
        .contains("courtside_health_state{service=\"tester\",state=\"silent\"} 1.0")
        .as("a figure that is not known now")
        .doesNotContain("seconds_since_last_beat");
  }

  @Test
  void showsTheMetrics() throws Exception {
    metrics.counter("courtside.frames", "relay", "bsky.network").increment(3);
    HttpResponse<String> response = get("/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("courtside_frames_total{relay=\"bsky.network\"} 3.0");
  }

  @Test
  void knowsNothingElse() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
  }

  @Test
  void saysWhichPortIsTaken() {
    assertThatThrownBy(
            () -> HealthServer.start("tester", "127.0.0.1", server.port(), () -> FINE, metrics))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "health and metrics cannot be had at 127.0.0.1:"
                + server.port()
                + ", is the port taken?");
  }

  @Test
  void answersNobodyOnceClosed() {
    server.close();
    assertThatThrownBy(() -> get("/health/live")).isInstanceOf(ConnectException.class);
  }

  private void assertAnswer(String path, int status, String body) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(status);
    assertThat(response.body()).as(path).isEqualTo(body);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }
}
