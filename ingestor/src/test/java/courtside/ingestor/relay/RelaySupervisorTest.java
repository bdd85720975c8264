package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.queue.FrameQueue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RelaySupervisorTest {
  @Test
  void oneThatCannotGoOnSaysSo() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    try (RelaySupervisor supervisor =
        RelaySupervisor.start(
            RelaySettings.DEFAULT,
            new FrameQueue(1_000),
            new RelayMetrics(new SimpleMeterRegistry()),
            System::nanoTime,
            InstantSource.system(),
            new Random(1),
            failed::countDown)) {
      supervisor.read(
          new RelayAddress("nobody", URI.create("ws://127.0.0.1:1")),
          (_, _) -> {
            throw new IllegalStateException("this failure is part of the test");
          });
      assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
