package courtside.feedapi;

import static courtside.feedapi.FeedLog.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Did;
import courtside.feedapi.page.Dashboard;
import courtside.feedapi.skeleton.Generator;
import courtside.feedapi.skeleton.Xrpc;
import courtside.feedapi.store.StoreFeeder;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class WebServerTest {
  @Test
  void saysAsXrpcDoesThatTheMachineHasFailed(@TempDir Path directory) throws IOException {
    MeterRegistry metrics = new SimpleMeterRegistry();
    try (StoreFeeder feeder =
            StoreFeeder.open(
                directory.resolve("store"),
                new StoreFeeder.Limits(Duration.ofMinutes(1), Duration.ofDays(6)),
                () -> DAY,
                System::nanoTime,
                metrics);
        Dashboard dashboard =
            new Dashboard(feeder.feeds(), 1, () -> DAY, System::nanoTime, metrics);
        WebServer web =
            WebServer.start(
                "127.0.0.1",
                0,
                10,
                new Xrpc(
                    feeder.feeds(),
                    new Generator("localhost", new Did("did:web:localhost")),
                    new SimpleMeterRegistry(SimpleConfig.DEFAULT, new OutOfMemory())),
                dashboard)) {
      String answer =
          RawHttp.ask(
              web.port(), "GET /xrpc/_health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      assertThat(answer)
          .startsWith("HTTP/1.1 500")
          .contains("application/json")
          .endsWith("{\"error\":\"InternalServerError\",\"message\":\"internal server error\"}");
    }
  }

  /** A clock that cannot say what time it is, as nothing can be had any more. */
  private static final class OutOfMemory implements Clock {
    @Override
    public long wallTime() {
      return 0;
    }

    @Override
    public long monotonicTime() {
      throw new OutOfMemoryError("planted");
    }
  }
}
