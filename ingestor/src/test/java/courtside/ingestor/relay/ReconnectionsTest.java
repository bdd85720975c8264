package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of five hundred connections, each of which was read and then given up. */
@Timeout(120)
final class ReconnectionsTest {
  private static final int WARM_UP = 50;
  private static final int RECONNECTIONS = 500;

  /** Of each connection; a thread has more, and so has a buffer that is read into. */
  private static final long MOST_BYTES_LEFT = 8 << 10;

  @TempDir Path directory;

  /** What this process holds, the relay's side of it too. */
  private record Held(long threads, long descriptors, long heap) {
    static Held now() {
      UnixOperatingSystemMXBean system =
          (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Held(
          Thread.getAllStackTraces().size(),
          system.getOpenFileDescriptorCount(),
          runtime.totalMemory() - runtime.freeMemory());
    }
  }

  @Test
  void leaveNoThreadNoDescriptorAndNoMemory() throws Exception {
    try (FrameLog frames = FrameLog.open(directory);
        Relay relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames)) {
      frames.append(1, new byte[100]);
      FrameQueue queue = new FrameQueue(1 << 20);
      try (RelaySupervisor supervisor =
          RelaySupervisor.start(
              RelaySettings.DEFAULT.scaled(0.001),
              queue,
              new RelayMetrics(new SimpleMeterRegistry()),
              System::nanoTime,
              InstantSource.system(),
              new Random(1),
              () -> {})) {
        supervisor.read(new RelayAddress("again", relay.uri()), (_, _) -> OptionalLong.of(0));
        reconnect(WARM_UP, supervisor, queue);
        Held before = Held.now();
        reconnect(RECONNECTIONS, supervisor, queue);
        Held after = Held.now();
        System.out.printf(
            "%d reconnections: threads %d, then %d; descriptors %d, then %d; %+d bytes for each%n",
            RECONNECTIONS,
            before.threads(),
            after.threads(),
            before.descriptors(),
            after.descriptors(),
            (after.heap() - before.heap()) / RECONNECTIONS);
        assertThat(after.threads() - before.threads()).isLessThan(RECONNECTIONS / 10);
        assertThat(after.descriptors() - before.descriptors()).isLessThan(RECONNECTIONS / 10);
        assertThat(after.heap() - before.heap()).isLessThan(RECONNECTIONS * MOST_BYTES_LEFT);
        assertThat(relay.ledger().maxOpen()).isOne();
      }
    }
  }

  /** Gives the connection up as soon as a frame of it has come, so many times. */
  private static void reconnect(int times, RelaySupervisor supervisor, FrameQueue queue)
      throws InterruptedException {
    long last = 0;
    for (int time = 0; time < times; ) {
      Arrival arrival = queue.poll(TimeUnit.SECONDS.toNanos(60));
      assertThat(arrival).as("after %d reconnections", time).isNotNull();
      if (arrival instanceof Arrival.Frame frame && frame.generation() != last) {
        last = frame.generation();
        supervisor.reconnect(new Ending(Ending.Reason.BROKEN, "part of the test"));
        time++;
      }
    }
  }
}
