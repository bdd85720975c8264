package courtside.service;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ServiceProcessTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void printsAllProblemsOfItsSettingsAndStartsNothing() {
    int code =
        run(
            Map.of("COURTSIDE_PORT", "none", "COURTSIDE_LOG", "loud", "COURTSIDE_NMAE", "x"),
            port -> {
              throw new AssertionError("started with port " + port);
            });
    assertThat(code).isEqualTo(ServiceProcess.EX_CONFIG).isEqualTo(78);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "feed-api: COURTSIDE_LOG must be one of error, warn, info, debug, but is 'loud'",
            "feed-api: COURTSIDE_PORT must be a whole number from 0 to 65535, but is 'none'",
            "feed-api: COURTSIDE_NMAE is not a setting of this service");
  }

  @Test
  void endsWithZeroWhereItWasAskedToStop() {
    int code =
        run(
            Map.of("COURTSIDE_PORT", "81"),
            port -> {
              assertThat(port).isEqualTo(81);
              return ending(true);
            });
    assertThat(code).isEqualTo(ServiceProcess.EX_OK).isZero();
    assertThat(closed).hasValue(1);
    assertThat(err.size()).isZero();
  }

  @Test
  void endsWithAnErrorWhereTheServiceFailed() {
    assertThat(run(Map.of(), _ -> ending(false))).isEqualTo(ServiceProcess.EX_SOFTWARE);
    assertThat(closed).hasValue(1);
  }

  @Test
  void endsWithAnErrorWhereTheServiceCannotStart() {
    int code =
        run(
            Map.of(),
            _ -> {
              throw new IllegalStateException("this failure is part of the test");
            });
    assertThat(code).isEqualTo(ServiceProcess.EX_SOFTWARE).isEqualTo(70);
  }

  @Test
  void endsWithAnErrorWhereItIsInterrupted() {
    int code =
        run(
            Map.of(),
            _ -> {
              throw new InterruptedException();
            });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(code).isEqualTo(ServiceProcess.EX_SOFTWARE);
  }

  @Test
  void endsWithAnErrorWhereTheServiceDoesNotEndInOrder() {
    int code =
        run(
            Map.of(),
            _ ->
                new Service() {
                  @Override
                  public boolean awaitEnd() {
                    return true;
                  }

                  @Override
                  public void close() {
                    throw new IllegalStateException("this failure is part of the test");
                  }
                });
    assertThat(code).isEqualTo(ServiceProcess.EX_SOFTWARE);
  }

  private int run(Map<String, String> environment, ServiceProcess.Starter<Integer> starter) {
    return ServiceProcess.run(
        "feed-api",
        environment,
        ServiceProcessTest::read,
        starter,
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private static Reading<Integer> read(Map<String, String> environment) {
    Settings settings = new Settings("feed-api", environment);
    int port = settings.port("PORT", 80);
    return settings.finish(() -> port);
  }

  private Service ending(boolean asked) {
    return new Service() {
      @Override
      public boolean awaitEnd() {
        return asked;
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }
}
