package courtside.ingestor.relay;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.syntax.Datetime;
import courtside.eventlog.firehose.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the relays that are not read: now and then a few live frames of each, so that it is
 * known where in its numbering the time is now, and whether it works at all. One probe at a time,
 * on a thread of its own. Thread-safe.
 */
public final class RelayProber implements AutoCloseable {
  /** Enough that a few wild clocks do not move the median. */
  static final int FRAMES = 21;

  /** A quiet relay may not have so many in time; of fewer than these nothing is concluded. */
  static final int LEAST_FRAMES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(RelayProber.class);

  private final Duration every;
  private final Duration dialDeadline;
  private final InstantSource clock;
  private final Predicate<RelayAddress> taken;
  private final Findings findings;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private List<RelayAddress> relays = List.of();
  private @Nullable RelayAddress probed;
  private @Nullable RelayConnection connection;
  private boolean closing;

  /** Takes what probes find, on the prober's thread; must not wait. */
  public interface Findings {
    /** A relay was looked at; empty where it could not be read. */
    void found(RelayAddress relay, Optional<Observation> seen);
  }

  private RelayProber(
      Duration every,
      Duration dialDeadline,
      InstantSource clock,
      Predicate<RelayAddress> taken,
      Findings findings) {
    this.every = every;
    this.dialDeadline = dialDeadline;
    this.clock = clock;
    this.taken = taken;
    this.findings = findings;
    this.thread = Thread.ofPlatform().name("prober").daemon().unstarted(this::run);
  }

  /**
   * Starts; there is nothing to look at yet.
   *
   * @param every how long from one look at a relay to the next; also how long one may take
   * @param taken whether somebody else has a connection to a relay still, as for a moment after it
   *     was given up for another: it is looked at the next time
   */
  public static RelayProber start(
      Duration every,
      Duration dialDeadline,
      InstantSource clock,
      Predicate<RelayAddress> taken,
      Findings findings) {
    RelayProber prober = new RelayProber(every, dialDeadline, clock, taken, findings);
    prober.thread.start();
    return prober;
  }

  /**
   * Looks at these from now on. When this returns there is no connection to any other relay, nor
   * will there be.
   */
  public void probe(List<RelayAddress> wanted) {
    lock.lock();
    try {
      relays = List.copyOf(wanted);
      RelayConnection open = connection;
      if (open != null && !relays.contains(probed)) {
        open.abort(new Ending(Ending.Reason.STOPPED, "not to be looked at any more"));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        for (RelayAddress relay : wanted()) {
          Optional<Optional<Observation>> seen = look(relay);
          seen.ifPresent(observation -> findings.found(relay, observation));
        }
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (relays.isEmpty() && !closing) {
        changed.await();
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  private List<RelayAddress> wanted() {
    lock.lock();
    try {
      return relays;
    } finally {
      lock.unlock();
    }
  }

  private void pause() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = every.toNanos();
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Empty where the relay was not to be looked at after all; empty inside where it failed. */
  private Optional<Optional<Observation>> look(RelayAddress relay) throws InterruptedException {
    Sample sample = new Sample();
    RelayConnection dialled;
    lock.lockInterruptibly();
    try {
      if (closing || !relays.contains(relay) || taken.test(relay)) {
        return Optional.empty();
      }
      dialled = RelayConnection.dial(relay.subscribe(OptionalLong.empty()), dialDeadline, sample);
      connection = dialled;
      probed = relay;
    } finally {
      lock.unlock();
    }
    try {
      CompletableFuture.anyOf(sample.full, dialled.ended())
          .get(every.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.atDebug().addKeyValue("relay", relay.name()).log("probe took all its time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("neither future is ever failed", e);
    } finally {
      dialled.abort(new Ending(Ending.Reason.STOPPED, "seen enough"));
    }
    lock.lockInterruptibly();
    try {
      connection = null;
      probed = null;
      if (closing || !relays.contains(relay)) {
        return Optional.empty();
      }
    } finally {
      lock.unlock();
    }
    return Optional.of(sample.observation());
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      RelayConnection open = connection;
      if (open != null) {
        open.abort(new Ending(Ending.Reason.STOPPED, "this instance is stopping"));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The numbered frames of one probe that say their time. */
  private final class Sample implements RelayConnection.DataHandler {
    private final CompletableFuture<Boolean> full = new CompletableFuture<>();

    // Guarded by this.
    private final List<Instant> times = new ArrayList<>();
    private long firstSeq;
    private Instant last = Instant.EPOCH;

    @Override
    public void onData(byte[] message) {
      try {
        FrameScan scan = FrameScan.of(message);
        Optional<Instant> time = scan.time().flatMap(Datetime::momentOf);
        if (scan.seq().isPresent() && time.isPresent()) {
          add(scan.seq().getAsLong(), time.get());
        }
      } catch (MalformedDataException e) {
        LOG.atDebug().addKeyValue("reason", e.getMessage()).log("passed over in a probe");
      }
    }

    private synchronized void add(long seq, Instant time) {
      if (times.size() == FRAMES) {
        return;
      }
      firstSeq = times.isEmpty() ? seq : Math.min(firstSeq, seq);
      times.add(time);
      last = clock.instant();
      if (times.size() == FRAMES) {
        full.complete(true);
      }
    }

    synchronized Optional<Observation> observation() {
      if (times.size() < LEAST_FRAMES) {
        return Optional.empty();
      }
      List<Instant> sorted = new ArrayList<>(times);
      Collections.sort(sorted);
      return Optional.of(new Observation(firstSeq, sorted.get(sorted.size() / 2), last));
    }

    @Override
    public void onPayload(int bytes) {
      // How long a probe may take is bounded by itself.
    }

    @Override
    public void onText() {
      // Says nothing of the numbering.
    }
  }
}
