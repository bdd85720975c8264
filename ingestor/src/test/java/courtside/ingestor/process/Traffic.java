package courtside.ingestor.process;

import courtside.atproto.Bytes;
import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

  // Guarded by this.
  private Duration ahead = Duration.ZERO;

  /** What one relay shows. */
  private static final class Shown {
    private final String name;
    private final boolean keeps;

    // Guarded by the traffic.
    private final Deque<Event> waiting = new ArrayDeque<>();
    private @Nullable Slowness slowness;

    // Guarded by this.
    private FrameLog log;
    private long last;
    private final Map<Long, Integer> checksums = new HashMap<>();
    private final List<RecordedFrame> frames = new ArrayList<>();

    Shown(String name, FrameLog log, long before, boolean keeps) {
      this.name = name;
      this.log = log;
      this.last = before;
      this.keeps = keeps;
    }

    void append(long seq, byte[] frame, Instant time) throws IOException {
      FrameLog to;
      synchronized (this) {
        // First, so that whoever reads it finds it here.
        checksums.put(seq, checksum(frame));
        if (keeps) {
          frames.add(new RecordedFrame(Bytes.of(frame), seq, time));
        }
        last = seq;
        to = log;
      }
      to.append(seq, frame);
    }

    synchronized long last() {
      return last;
    }
  }

  /** What a relay has still to show, and when it happened, on the monotonic clock. */
  private record Event(Emission emission, long atNanos) {}

  /** Since when a relay shows only a part of what happens in the time in which it happens. */
  private record Slowness(long sinceNanos, double part) {
    boolean isDue(Event event, long now) {
      return event.atNanos - sinceNanos <= (now - sinceNanos) * part;
    }
  }

  /** Something that is done while no frame comes. */
  public interface Doing {
    void run() throws Exception;
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
    return start(List.of(new Shown(relay, log, 0, false)), recording, seed);
  }

  /** To two relays, of which the second is ahead of the first in its numbers by so many. */
  public static Traffic start(
      String first, FrameLog firstLog, String second, FrameLog secondLog, long ahead, long seed) {
    return start(
        List.of(new Shown(first, firstLog, 0, false), new Shown(second, secondLog, ahead, false)),
        List.of(),
        seed);
  }

  /** To one relay; every {@link #frames frame} is kept in memory. */
  public static Traffic startKept(String relay, FrameLog log, long seed) {
    return start(List.of(new Shown(relay, log, 0, true)), List.of(), seed);
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
          relay.append(frame.seq(), frame.bytes().toArray(), frame.time());
        }
        LockSupport.parkNanos(PAUSE / 2);
      }
      while (!ending) {
        act();
        LockSupport.parkNanos(PAUSE);
      }
      for (Shown relay : relays) {
        keepUp(relay.name);
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /** One act on the network, and what each relay shows by now. */
  private synchronized void act() throws IOException {
    for (Emission emission : network.next(Instant.now().plus(ahead))) {
      relays.forEach(relay -> relay.waiting.add(new Event(emission, System.nanoTime())));
    }
    for (Shown relay : relays) {
      show(relay);
    }
  }

  private static void show(Shown relay) throws IOException {
    Slowness slowness = relay.slowness;
    long now = System.nanoTime();
    while (!relay.waiting.isEmpty()
        && (slowness == null || slowness.isDue(relay.waiting.element(), now))) {
      Emission emission = relay.waiting.remove().emission();
      long seq = relay.last() + 1;
      relay.append(seq, emission.frame(seq), emission.time());
    }
  }

  /** Does something between two frames; none comes meanwhile. */
  public synchronized void meanwhile(Doing doing) throws Exception {
    doing.run();
  }

  /** So many acts at once, of which each has some frames. */
  public synchronized void atOnce(int acts) throws IOException {
    for (int i = 0; i < acts; i++) {
      act();
    }
  }

  /** From now on events are so much later than the clock, or than they were. */
  public synchronized void advance(Duration time) {
    ahead = ahead.plus(time);
  }

  /** From now on a relay shows only this part of a second in each: what it shows gets late. */
  public synchronized void slow(String relay, double part) {
    shown(relay).slowness = new Slowness(System.nanoTime(), part);
  }

  /** A relay shows all that it has not shown yet, and is late no more. */
  public synchronized void keepUp(String relay) throws IOException {
    Shown shown = shown(relay);
    shown.slowness = null;
    show(shown);
  }

  /**
   * A relay gives so many numbers to no frame.
   *
   * @return the last number before them
   */
  public synchronized long passOver(String relay, long numbers) {
    Shown shown = shown(relay);
    synchronized (shown) {
      long before = shown.last;
      shown.last += numbers;
      return before;
    }
  }

  /** A relay goes on in another log, with the number after this one. */
  public synchronized void moveTo(String relay, FrameLog log, long before) {
    Shown shown = shown(relay);
    synchronized (shown) {
      shown.log = log;
      shown.last = before;
    }
  }

  /** A frame of one relay alone, under its next number. */
  public synchronized void append(String relay, byte[] frame, Instant time) throws IOException {
    Shown shown = shown(relay);
    shown.append(shown.last() + 1, frame, time);
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

  /** Every frame that a relay has shown, in that order, where they are kept. */
  public List<RecordedFrame> frames(String relay) {
    Shown shown = shown(relay);
    synchronized (shown) {
      return List.copyOf(shown.frames);
    }
  }

  /** The checksum of a frame, if the relay has shown it. */
  Optional<Integer> checksum(String relay, long seq) {
    Shown shown = shown(relay);
    synchronized (shown) {
      return Optional.ofNullable(shown.checksums.get(seq));
    }
  }

  /** The numbers that a relay has shown. */
  List<Long> numbers(String relay) {
    Shown shown = shown(relay);
    synchronized (shown) {
      Set<Long> numbers = shown.checksums.keySet();
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
