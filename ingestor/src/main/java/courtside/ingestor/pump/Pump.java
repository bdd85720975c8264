package courtside.ingestor.pump;

import courtside.eventlog.topic.TopicContract;
import courtside.ingestor.control.Wishes;
import courtside.ingestor.owner.Ownership;
import courtside.ingestor.owner.Watchdog;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.RelayAddress;
import courtside.ingestor.relay.RelayProber;
import courtside.ingestor.relay.RelaySupervisor;
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Position;
import courtside.service.letter.DeadLetterBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. While the group gives it the cursors it is active: it opens a writer,
 * reads the committed cursor, has the relay dialled from there, and turns arrivals into
 * transactions. Otherwise it stands by. Any error of the writer ends that writer, never the cursor:
 * what follows starts again from what is committed. Thread-safe.
 */
public final class Pump implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

  private final PumpSettings settings;
  private final Map<String, Object> client;
  private final Admin admin;
  private final TopicContract contract;
  private final Ownership ownership;
  private final Watchdog watchdog;
  private final FrameQueue queue;
  private final RelaySupervisor supervisor;
  private final RelayProber prober;
  private final PumpMetrics metrics;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Supplier<Wishes> wishes;
  private final FrameTimes frameTimes = new FrameTimes();
  private final Rate rate;
  private final Portion portion;
  private final Rereading rereading;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private final Thread thread;

  private volatile boolean closing;
  private volatile State state = State.STARTING;
  private volatile @Nullable Position position;
  private volatile @Nullable Instant committedAt;
  private volatile RelayAddress relay;
  private volatile Map<String, String> answers = Map.of();

  // Only the pump's thread.
  private @Nullable Active active;
  private @Nullable String lastFailure;

  /** What the pump is doing. */
  public enum State {
    STARTING,
    /** Another instance writes. */
    STANDBY,
    /** Owner, and not yet able to write: Kafka does not answer. */
    ACTIVATING,
    /** Owner, and writing what comes. */
    ACTIVE,
    /** Owner, and asked not to read. */
    PAUSED,
  }

  private Pump(
      PumpSettings settings,
      Map<String, Object> client,
      Admin admin,
      TopicContract contract,
      FrameQueue queue,
      RelaySupervisor supervisor,
      RelayProber prober,
      Supplier<Wishes> wishes,
      PumpMetrics metrics,
      Runnable onHang,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.settings = settings;
    this.watchdog = new Watchdog(settings.hangLimit(), nanoTime, onHang);
    this.client = client;
    this.admin = admin;
    this.contract = contract;
    this.ownership = new Ownership(client, settings.instance(), settings.leaveOnStop());
    this.queue = queue;
    this.supervisor = supervisor;
    this.prober = prober;
    this.wishes = wishes;
    this.relay = settings.relays().getFirst();
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.rate = new Rate(nanoTime.getAsLong());
    this.portion = new Portion(settings.maxFrames(), settings.maxBytes());
    this.rereading = new Rereading(nanoTime.getAsLong());
    this.thread = Thread.ofPlatform().name("pump").unstarted(this::run);
  }

  /**
   * Starts the pump's thread, which joins the group of ingestors.
   *
   * @param contract which the topics were held to before
   * @param onHang run once, on a thread of its own, if the loop does not turn any more: must end
   *     the process, or whatever stands for it
   */
  public static Pump start(
      PumpSettings settings,
      Map<String, Object> client,
      Admin admin,
      TopicContract contract,
      FrameQueue queue,
      RelaySupervisor supervisor,
      RelayProber prober,
      Supplier<Wishes> wishes,
      PumpMetrics metrics,
      Runnable onHang,
      LongSupplier nanoTime,
      InstantSource clock) {
    Pump pump =
        new Pump(
            settings,
            client,
            admin,
            contract,
            queue,
            supervisor,
            prober,
            wishes,
            metrics,
            onHang,
            nanoTime,
            clock);
    pump.thread.start();
    return pump;
  }

  /** What it is doing now. */
  public State state() {
    return state;
  }

  /** The last sequence number accepted, and the epoch; empty before an activation. */
  public Optional<Sequence> sequence() {
    return Optional.ofNullable(position).map(p -> new Sequence(p.epoch(), p.seq()));
  }

  /** A place in the relay's numbering. */
  public record Sequence(long epoch, long seq) {}

  /** When the newest cursor was committed, by the clock; empty while none is known of. */
  public Optional<Instant> committedAt() {
    return Optional.ofNullable(committedAt);
  }

  /** The relay that is read, or would be. */
  public RelayAddress relay() {
    return relay;
  }

  /** The wishes that were carried out: their ids, by their keys. */
  public Map<String, String> answers() {
    return answers;
  }

  /** How late the last frames were by their own times when they were seen, by their median. */
  public Optional<Duration> lag() {
    return frameTimes.lag();
  }

  /** Frames committed a second, over the last ten seconds. */
  public double framesPerSecond() {
    return rate.perSecond(nanoTime.getAsLong());
  }

  /** Completes when the pump has ended: true if it was closed, false if it failed. */
  public CompletableFuture<Boolean> end() {
    return end;
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean orderly = false;
    try {
      try (Watchdog _ = watchdog.begin()) {
        while (!closing) {
          turn();
        }
        orderly = true;
      } finally {
        try {
          standDown();
        } finally {
          ownership.close();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // Nothing gets here unless it cannot be put right by trying again.
      orderly = false;
      LOG.atError().setCause(e).log("the pump cannot go on");
    } finally {
      end.complete(orderly);
    }
  }

  private void turn() throws InterruptedException {
    Active writing = active;
    boolean owned = look(writing == null ? IDLE : Duration.ZERO);
    try {
      if (!owned) {
        standDown();
        state = State.STANDBY;
      } else if (writing == null) {
        activate();
      } else {
        int written = write(writing);
        if (written > 0) {
          lastFailure = null;
          rate.add(written, nanoTime.getAsLong());
        }
      }
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("another instance writes now");
      standDown();
      ownership.rejoin();
    } catch (KafkaException e) {
      // Whatever it was, the writer is finished; the committed cursor says how far it came.
      metrics.writerFailed();
      if (writing != null) {
        portion.failed();
      }
      say(e);
      standDown();
      state = State.ACTIVATING;
      var _ = look(BETWEEN_ATTEMPTS);
    }
  }

  private int write(Active writing) throws InterruptedException {
    Wishes wished = wishes.get();
    Steering steering = writing.steering();
    steering.steer(wished);
    int written = writing.transactions().writeNext();
    position = writing.intake().position();
    committedAt = writing.transactions().committedAt().orElse(null);
    relay = steering.relay();
    answers = steering.answers();
    writing.batch().requireSameTopics();
    state = steering.isReading() ? State.ACTIVE : wished.paused() ? State.PAUSED : State.ACTIVATING;
    return written;
  }

  /** Once for each new reason: a broker that is away fails every attempt in the same way. */
  private void say(KafkaException e) {
    // Above the cause Kafka often says no more than that the producer is in an error state.
    Throwable cause = e;
    for (int depth = 0; cause.getCause() != null && depth < 8; depth++) {
      cause = cause.getCause();
    }
    String failure =
        e.equals(cause) ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + cause;
    LOG.atLevel(
            failure.equals(lastFailure) ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN)
        .addKeyValue("reason", failure)
        .log("kafka failed the writer, building another");
    lastFailure = failure;
  }

  private boolean look() {
    return look(Duration.ZERO);
  }

  /** Whether this instance owns; as often as this is asked, neither group nor watchdog worries. */
  private boolean look(Duration wait) {
    watchdog.turned();
    return ownership.poll(wait);
  }

  /**
   * Every step is bounded below what the group waits for a turn, and a look at the group follows
   * it: slow steps together must not cost the assignment.
   */
  private void activate() throws InterruptedException {
    state = State.ACTIVATING;
    // What somebody has done to a topic since the start fails every writer, however often it is
    // built: the next start makes what is gone, or refuses.
    contract.check(Writer.WRITTEN, ANSWER, this::look);
    // A rebalance may be under way, and an instance that slept may believe that it owns still: only
    // the group knows, and fencing cannot be undone.
    if (!look() || !ownership.confirm()) {
      return;
    }
    watchdog.turned();
    Writer writer = Writer.fence(client, settings.instance() + "-writer");
    try {
      var _ = look();
      Uuid topic = Writer.topicOfFrames(admin, this::look);
      boolean neverWritten = Writer.framesWereNeverWritten(admin, this::look);
      try (CursorReader reader = new CursorReader(client, nanoTime, this::look)) {
        Map<String, byte[]> cursors = reader.cursors();
        RemadeLog.tell(topic, neverWritten, reader, cursors, writer, clock, this::look);
        InDoubt.settle(
            Writer.open(admin, this::look),
            topic,
            reader,
            cursors,
            writer,
            client,
            nanoTime,
            clock,
            this::look);
      }
      writer.cleanse(this::look);
      writer.awaitNothingOpen(admin, nanoTime, this::look);
      Resume resume;
      try (CursorReader reader = new CursorReader(client, nanoTime, this::look)) {
        resume = Resume.from(settings.relays(), settings.start(), reader, clock);
      }
      if (!look()) {
        return;
      }
      active = active(resume, writer);
      position = resume.position();
      committedAt = resume.committedAt().orElse(null);
      relay = resume.relay();
      LOG.atInfo()
          .addKeyValue("relay", resume.position().relay())
          .addKeyValue("epoch", resume.position().epoch())
          .addKeyValue("seq", resume.position().seq())
          .log("active");
    } finally {
      if (active == null) {
        writer.close();
      }
    }
  }

  private Active active(Resume resume, Writer writer) {
    Batch batch = new Batch(writer, metrics, watchdog::turned);
    Intake intake =
        new Intake(
            resume,
            batch,
            settings.filter(),
            new DeadLetterBudget(settings.deadLetterBytes(), nanoTime),
            metrics,
            frameTimes,
            rereading,
            supervisor::reconnect,
            nanoTime,
            clock);
    Steering steering =
        new Steering(
            settings,
            resume,
            batch,
            intake,
            queue,
            supervisor,
            prober,
            frameTimes,
            nanoTime,
            clock);
    return new Active(
        batch,
        intake,
        steering,
        new Transactions(
            settings, resume, portion, batch, intake, steering, queue, nanoTime, clock));
  }

  private void standDown() {
    Active writing = active;
    if (writing != null) {
      prober.probe(List.of());
      supervisor.stop();
      active = null;
      // What was to be said and is not in the log is still to be said; frames come again.
      writing.batch().unsaid().forEach(notice -> queue.put(new Arrival.Notice(notice)));
      writing.batch().close();
      LOG.atInfo().addKeyValue("relay", relay.name()).log("not writing any more");
    }
  }

  /** What there is from one activation to the next. */
  private record Active(Batch batch, Intake intake, Steering steering, Transactions transactions) {}
}
