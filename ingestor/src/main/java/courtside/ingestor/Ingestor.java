package courtside.ingestor;

import courtside.eventlog.control.Wish;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.control.Wishes;
import courtside.ingestor.disk.BrokerDisks;
import courtside.ingestor.owner.Ownership;
import courtside.ingestor.pump.Pump;
import courtside.ingestor.pump.PumpMetrics;
import courtside.ingestor.pump.PumpSettings;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.RelayMetrics;
import courtside.ingestor.relay.RelayProber;
import courtside.ingestor.relay.RelaySettings;
import courtside.ingestor.relay.RelaySupervisor;
import courtside.service.Parts;
import courtside.service.Service;
import courtside.service.ServiceProcess;
import courtside.service.control.ControlReader;
import courtside.service.health.Health;
import courtside.service.health.HealthServer;
import courtside.service.health.StatusReporter;
import courtside.service.slot.Slot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ingestor's parts and how they hang together. Thread-safe. */
public final class Ingestor implements Service {
  /** The service's name in settings, slots and status. */
  public static final String NAME = "ingestor";

  private static final Logger LOG = LoggerFactory.getLogger(Ingestor.class);
  private static final long TRANSACTION_BYTES = 16 << 20;

  private final IngestorSettings settings;
  private final RelayMetrics relayMetrics;
  private final PumpMetrics pumpMetrics;
  private final InstantSource clock;
  private final FrameQueue queue;
  private final RelaySupervisor supervisor;
  private final ControlReader control;
  private final BrokerDisks disks;
  private final Pump pump;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  // Guarded by this.
  private final Parts parts;

  private Ingestor(
      IngestorSettings settings,
      RelaySettings pace,
      Slot slot,
      Admin admin,
      TopicContract contract,
      MeterRegistry registry,
      LongSupplier nanoTime,
      InstantSource clock,
      Runnable halt,
      Parts parts) {
    this.settings = settings;
    this.clock = clock;
    this.relayMetrics = new RelayMetrics(registry);
    this.pumpMetrics = new PumpMetrics(registry);
    this.disks =
        parts.add(BrokerDisks.start(admin, settings.disk(), registry, () -> end.complete(false)));
    this.queue = new FrameQueue(settings.queueBytes());
    this.supervisor =
        parts.add(
            RelaySupervisor.start(
                pace.withHeartbeat(settings.heartbeat()),
                queue,
                relayMetrics,
                nanoTime,
                clock,
                RandomGenerator.getDefault(),
                () -> end.complete(false)));
    RelayProber prober =
        parts.add(
            RelayProber.start(
                settings.probeEvery(),
                pace.dialDeadline(),
                clock,
                supervisor::isConnectedTo,
                (relay, seen) -> queue.put(new Arrival.Observed(relay.name(), seen))));
    ControlReader control =
        parts.add(
            ControlReader.start(
                settings.kafka().client(),
                slot.instance(),
                Wishes::concerns,
                Wishes::isLoss,
                () -> end.complete(false)));
    this.control = control;
    this.pump =
        parts.add(
            Pump.start(
                new PumpSettings(
                    settings.relays(),
                    settings.choice(),
                    settings.overlap(),
                    slot.instance(),
                    settings.start(),
                    settings.filter(),
                    settings.commitEvery(),
                    PumpSettings.MOST_FRAMES,
                    TRANSACTION_BYTES,
                    settings.deadLetterBytes(),
                    settings.hangLimit(),
                    settings.leaveOnStop()),
                settings.kafka().client(),
                admin,
                contract,
                queue,
                supervisor,
                prober,
                () -> Wishes.of(control.control()),
                pumpMetrics,
                () -> giveUp(admin, slot.instance(), halt),
                nanoTime,
                clock));
    var _ = pump.end().thenAccept(end::complete);
    this.parts = parts;
  }

  /**
   * Starts an ingestor; waits for Kafka, not for the relay.
   *
   * @throws RuntimeException that says what is wrong, with nothing left running
   */
  public static Ingestor start(IngestorSettings settings) throws InterruptedException {
    // A thread that hangs cannot be ended by any other: the process has to go.
    return start(
        settings,
        RelaySettings.DEFAULT,
        InstantSource.system(),
        () -> Runtime.getRuntime().halt(ServiceProcess.EX_SOFTWARE));
  }

  /**
   * Starts one at a pace and on a clock.
   *
   * @param pace how the relay is read, but for the heartbeat, which is a setting
   * @param halt ends the process, where the pump hangs
   */
  static Ingestor start(
      IngestorSettings settings, RelaySettings pace, InstantSource clock, Runnable halt)
      throws InterruptedException {
    return start(settings, pace, System::nanoTime, clock, halt);
  }

  /**
   * The same, on a monotonic clock as well.
   *
   * @param pace how the relay is read, but for the heartbeat, which is a setting
   * @param nanoTime the monotonic clock
   * @param halt ends the process, where the pump hangs
   */
  static Ingestor start(
      IngestorSettings settings,
      RelaySettings pace,
      LongSupplier nanoTime,
      InstantSource clock,
      Runnable halt)
      throws InterruptedException {
    Parts parts = new Parts();
    try {
      Slot slot = parts.add(Slot.claim(settings.data(), NAME));
      Admin admin = parts.add(settings.kafka().await(new CountDownLatch(1)));
      TopicContract contract = new TopicContract(admin, settings.disk());
      contract.enforce(Topics.ALL);
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      parts.add(registry::close);
      Ingestor ingestor =
          new Ingestor(
              settings, pace, slot, admin, contract, registry, nanoTime, clock, halt, parts);
      parts.add(
          HealthServer.start(
              NAME, settings.healthHost(), settings.healthPort(), ingestor::health, registry));
      parts.add(
          StatusReporter.start(
              NAME, slot.instance(), ingestor::health, clock, settings.kafka().client()));
      return ingestor;
    } catch (InterruptedException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /** The group is told first, so that a standby need not wait for the session to end. */
  private static void giveUp(Admin admin, String instance, Runnable halt) {
    try {
      Ownership.expel(admin, instance);
    } catch (KafkaException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the session has to run out");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      halt.run();
    }
  }

  /** The name of the relay that is read, or would be. */
  String relay() {
    return pump.relay().name();
  }

  /** What this instance says of itself. */
  public Health health() {
    Duration silence = supervisor.silence();
    List<String> reasons = new ArrayList<>();
    boolean failed = end.isDone() && !end.join();
    String state = failed ? "failed" : workingState(reasons);
    if (failed) {
      reasons.add("a part has failed without which nothing works; the log says why");
    }
    // It goes on as long as it can: only who looks is told.
    reasons.addAll(disks.alarms());
    long losses = control.control().losses();
    if (losses > 0) {
      reasons.add(
          losses
              + (losses == 1 ? " incident" : " incidents")
              + " in which something was lost, which nobody has acknowledged");
    }
    return new Health(
        !failed, reasons.isEmpty(), state, reasons, figures(silence), Optional.of(pump.answers()));
  }

  private String workingState(List<String> reasons) {
    return switch (pump.state()) {
      case STARTING -> {
        reasons.add("waiting for the group of ingestors to say who writes");
        yield "starting";
      }
      case STANDBY -> "standby";
      case ACTIVATING -> {
        reasons.add("becoming the one that writes; Kafka has not taken a transaction yet");
        yield "blocked";
      }
      case ACTIVE -> connectionState(reasons);
      case PAUSED -> {
        untilForgotten()
            .filter(Duration::isNegative)
            .ifPresent(_ ->
                reasons.add(
                    "paused for longer than the "
                        + settings.relayWindow().toHours()
                        + " h for which relays keep what they have sent: something is lost, and"
                        + " more with every minute"));
        yield "paused";
      }
    };
  }

  /**
   * While paused, how long relays still have what was not read; negative where they have not. What
   * counts is what is had, and not when a pause was asked for: this instance may have been away
   * before, or another pause goes before this one.
   */
  private Optional<Duration> untilForgotten() {
    return Wishes.of(control.control())
        .ingesting()
        .filter(Wish.Ingesting::paused)
        .map(pause -> pump.committedAt().orElse(pause.at()))
        .map(had -> Duration.between(clock.instant(), had.plus(settings.relayWindow())));
  }

  private String connectionState(List<String> reasons) {
    return switch (supervisor.state()) {
      case IDLE, DIALLING -> {
        reasons.add(
            "dialling "
                + pump.relay().uri()
                + supervisor.lastEnding().map(ending -> " again: " + ending.detail()).orElse(""));
        yield "connecting";
      }
      case BACKING_OFF -> {
        reasons.add(
            "no connection to "
                + pump.relay().uri()
                + supervisor.lastEnding().map(ending -> ": " + ending.detail()).orElse("")
                + (queue.held() > 0
                    ? "; trying again once Kafka has taken what it sent"
                    : "; trying again"));
        yield "disconnected";
      }
      case CONNECTED -> {
        if (queue.isBlocked()) {
          reasons.add("frames wait because Kafka is slow");
          yield "blocked";
        }
        // Over connections: a new one that says nothing is no better than the one before.
        Duration unheard = supervisor.unheard().or(supervisor::reading).orElse(Duration.ZERO);
        if (unheard.compareTo(settings.heartbeat().timeout()) > 0) {
          reasons.add("no frame for " + unheard.toSeconds() + " s");
          yield "silent";
        }
        Optional<Duration> late =
            pump.lag().filter(lag -> lag.compareTo(settings.choice().lagLimit()) > 0);
        if (late.isPresent()) {
          reasons.add("frames are " + late.get().toSeconds() + " s behind the clock");
          yield "lagging";
        }
        yield "reading";
      }
    };
  }

  /**
   * Where nothing was heard since this process began, since what was written last by any; empty
   * where nothing is read.
   */
  private Optional<Duration> sinceLastFrame() {
    return supervisor
        .unheard()
        .or(() ->
            supervisor
                .reading()
                .map(reading ->
                    pump.committedAt()
                        .map(at -> Duration.between(at, clock.instant()))
                        .filter(since -> since.compareTo(reading) > 0)
                        .orElse(reading)));
  }

  private Map<String, Double> figures(Duration silence) {
    Map<String, Double> figures = new HashMap<>(disks.figures());
    if (supervisor.state() == RelaySupervisor.State.CONNECTED) {
      figures.put("seconds_since_last_beat", silence.toMillis() / 1e3);
    }
    sinceLastFrame()
        .ifPresent(since -> figures.put("seconds_since_last_frame", since.toMillis() / 1e3));
    figures.put("heartbeat_timeout_seconds", settings.heartbeat().timeout().toMillis() / 1e3);
    figures.put("lag_limit_seconds", settings.choice().lagLimit().toMillis() / 1e3);
    figures.put("unacknowledged_losses", (double) control.control().losses());
    figures.put("frames_total", pumpMetrics.writtenTotal());
    figures.put("frames_per_second", pump.framesPerSecond());
    figures.put("reconnects_total", relayMetrics.reconnectsTotal());
    untilForgotten()
        .ifPresent(left -> figures.put("seconds_until_relay_forgets", left.toMillis() / 1e3));
    figures.put("queue_bytes", (double) queue.held());
    pump.lag().ifPresent(lag -> figures.put("lag_seconds", lag.toMillis() / 1e3));
    pump.sequence()
        .ifPresent(sequence -> {
          figures.put("epoch", (double) sequence.epoch());
          figures.put("seq", (double) sequence.seq());
        });
    return figures;
  }

  @Override
  public boolean awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the future is never failed", e);
    }
  }

  @Override
  public synchronized void close() {
    parts.close();
  }
}
