package courtside.ingestor.process;

import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Frames that come all the time, some two hundred a second: a recording if there is one, and then
 * what a simulated network does. Every relay numbers the same events for itself. Thread-safe.
 */
public final class Traffic implements AutoCloseable {
  private static final long PAUSE = Duration.ofMillis(8).toNanos();

  private final List<Shown> relays;
  private final List<RecordedFrame> recording;
  private final SimulatedNetwork network;
  private final Thread thread;
  private volatile boolean ending;
  private volatile @Nullable IOException failure;

  /** What one relay shows. */
  private static final class Shown {
    private final String name;
    private final FrameLog log;

    // Guarded by this.
    private long last;
    private final Map<Long, Integer> frames = new HashMap<>();

    Shown(String name, FrameLog log, long before) {
      this.name = name;
      this.log = log;
      this.last = before;
    }

    void append(long seq, byte[] frame) throws IOException {
      synchronized (this) {
        // First, so that whoever reads it finds it here.
        frames.put(seq, checksum(frame));
        last = seq;
      }
      log.append(seq, frame);
    }

    synchronized long last() {
      return last;
    }
  }

  private Traffic(List<Shown> relays, List<RecordedFrame> recording, long seed) {
    this.relays = relays;
    this.recording = recording;
    this.network = new SimulatedNetwork(new Identities(seed, 1));
    this.thread = Thread.ofPlatform().name("traffic").unstarted(this::run);
  }

  /** To one relay, the recording first. */
  public static Traffic start(
      String relay, FrameLog log, List<RecordedFrame> recording, long seed) {
    return start(List.of(new Shown(relay, log, 0)), recording, seed);
  }

  /** To two relays, of which the second is ahead of the first in its numbers by so many. */
  public static Traffic start(
      String first, FrameLog firstLog, String second, FrameLog secondLog, long ahead, long seed) {
    return start(
        List.of(new Shown(first, firstLog, 0), new Shown(second, secondLog, ahead)),
        List.of(),
        seed);
  }

  private static Traffic start(List<Shown> relays, List<RecordedFrame> recording, long seed) {
    Traffic traffic = new Traffic(relays, recording, seed);
    traffic.thread.start();
    return traffic;
  }

  private void run() {
    try {
      for (RecordedFrame frame : recording) {
        if (ending) {
          return;
        }
        for (Shown relay : relays) {
          relay.append(frame.seq(), frame.bytes().toArray());
        }
        LockSupport.parkNanos(PAUSE / 2);
      }
      while (!ending) {
        for (Emission emission : network.next(Instant.now())) {
          for (Shown relay : relays) {
            long seq = relay.last() + 1;
            relay.append(seq, emission.frame(seq));
          }
        }
        LockSupport.parkNanos(PAUSE);
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  static int checksum(byte[] frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame);
    return (int) crc.getValue();
  }

  /** The last number that a relay has shown. */
  public long last(String relay) {
    return shown(relay).last();
  }

  /** The checksum of a frame, if the relay has shown it. */
  Optional<Integer> checksum(String relay, long seq) {
    Shown shown = shown(relay);
    synchronized (shown) {
      return Optional.ofNullable(shown.frames.get(seq));
    }
  }

  /** The numbers that a relay has shown. */
  List<Long> numbers(String relay) {
    Shown shown = shown(relay);
    synchronized (shown) {
      Set<Long> numbers = shown.frames.keySet();
      return new ArrayList<>(numbers);
    }
  }

  private Shown shown(String relay) {
    return relays.stream().filter(shown -> shown.name.equals(relay)).findFirst().orElseThrow();
  }

  /** No more of it; throws what went wrong with it. */
  public void end() throws IOException, InterruptedException {
    ending = true;
    thread.join();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    end();
  }
}
