package courtside.ingestor.pump;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observation;
import courtside.eventlog.firehose.Observations;
import courtside.ingestor.choice.RelayChoice;
import courtside.ingestor.control.Wishes;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.RelayAddress;
import courtside.ingestor.relay.RelayProber;
import courtside.ingestor.relay.RelaySupervisor;
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is read, and from where: what people want, and which of the relays is best. From one
 * activation to the next. Confined to the pump's thread.
 */
final class Steering {
  private static final Logger LOG = LoggerFactory.getLogger(Steering.class);

  private final PumpSettings settings;
  private final Batch batch;
  private final Intake intake;
  private final FrameQueue queue;
  private final RelaySupervisor supervisor;
  private final RelayProber prober;
  private final FrameTimes frameTimes;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final RelayChoice choice;

  /** The last frame that is had of each relay. */
  private final Map<String, Position> had;

  private final Map<String, Long> epochs;
  private final Map<String, Observations> observations;
  private final Map<String, String> answers = new HashMap<>();
  private boolean reading;

  /** The last rewind that was carried out, or is, once the next cursor is written. */
  private Optional<String> rewindId;

  Steering(
      PumpSettings settings,
      Resume resume,
      Batch batch,
      Intake intake,
      FrameQueue queue,
      RelaySupervisor supervisor,
      RelayProber prober,
      FrameTimes frameTimes,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.settings = settings;
    this.batch = batch;
    this.intake = intake;
    this.queue = queue;
    this.supervisor = supervisor;
    this.prober = prober;
    this.frameTimes = frameTimes;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.choice = new RelayChoice(settings.relays(), settings.choice(), resume.relay());
    this.had = new HashMap<>(resume.had());
    this.epochs = new HashMap<>(resume.epochs());
    this.observations = new HashMap<>(resume.observations());
    this.rewindId = resume.rewindId();
    rewindId.ifPresent(id -> answers.put(Wish.Rewind.KEY, id));
  }

  /** The relay that is read, or would be. */
  RelayAddress relay() {
    return choice.current();
  }

  /** Whether frames are wanted now. */
  boolean isReading() {
    return reading;
  }

  /** The wishes that were carried out: their ids, by their keys. */
  Map<String, String> answers() {
    return Map.copyOf(answers);
  }

  /** What every cursor has to carry on, so that no rewind is carried out twice. */
  Optional<String> rewindId() {
    return rewindId;
  }

  /** A cursor was committed. */
  void committed(Position at) {
    had.put(at.relay(), at);
    rewindId.ifPresent(id -> answers.put(Wish.Rewind.KEY, id));
  }

  /** A relay that is not read was looked at. */
  void observed(Arrival.Observed observed) {
    String name = observed.relay();
    choice.probed(
        name, observed.seen().map(seen -> Duration.between(seen.medianFrameTime(), seen.seenAt())));
    observed
        .seen()
        .ifPresent(seen -> {
          Observations known = observations.getOrDefault(name, Observations.none(name)).with(seen);
          observations.put(name, known);
          batch.observations(known, clock.instant());
        });
  }

  /** Does what people want, and reads the relay that is best. */
  void steer(Wishes wishes) {
    if (!wishes.known()) {
      return;
    }
    wishes.acknowledged().ifPresent(word -> answers.put(Wish.Acknowledged.KEY, word.id()));
    if (reading == wishes.paused()) {
      readOrPause(!wishes.paused());
    }
    wishes.ingesting().ifPresent(wish -> answers.put(Wish.Ingesting.KEY, wish.id()));
    wishes
        .rewind()
        .filter(wish -> !rewindId.equals(Optional.of(wish.id())))
        .ifPresent(this::rewind);
    if (reading) {
      choice
          .decide(
              supervisor.failedAttempts(),
              frameTimes.lag(),
              queue.isBlocked(),
              nanoTime.getAsLong())
          .ifPresent(this::failOver);
    }
  }

  private void readOrPause(boolean read) {
    reading = read;
    if (read) {
      LOG.atInfo().addKeyValue("relay", choice.current().name()).log("reads");
      prober.probe(choice.others());
      supervisor.read(choice.current(), this::ask);
    } else {
      LOG.atInfo().addKeyValue("relay", choice.current().name()).log("paused");
      supervisor.stop();
      prober.probe(List.of());
    }
  }

  /**
   * What to ask the relay for. Where it rejects that as often as makes another relay be read, it is
   * asked for the live tip every other time: if it rejects that too, the cursor is not why. On the
   * supervisor's thread.
   */
  private OptionalLong ask(long generation, int rejections) {
    int beyond = rejections - settings.choice().failedAttempts();
    return intake.cursorToAsk(generation, beyond >= 0 && beyond % 2 == 0);
  }

  private void rewind(Wish.Rewind wish) {
    rewindId = Optional.of(wish.id());
    Optional<RelayAddress> to =
        settings.relays().stream().filter(relay -> relay.name().equals(wish.relay())).findFirst();
    if (to.isEmpty()) {
      // Answered all the same: it cannot be carried out by waiting.
      LOG.atWarn()
          .addKeyValue("relay", wish.relay())
          .log("asked to read a relay again that is not in COURTSIDE_INGESTOR_RELAY");
      answers.put(Wish.Rewind.KEY, wish.id());
      return;
    }
    begin(
        to.get(),
        newEpoch(to.get(), OptionalLong.of(wish.cursor()), Optional.empty()),
        OptionalLong.of(wish.cursor()),
        Incident.Kind.EPOCH,
        "asked to read again what follows sequence " + wish.cursor(),
        false);
  }

  private void failOver(RelayChoice.Switch to) {
    RelayAddress relay = to.to();
    Instant newest =
        frameTimes.median().or(() -> intake.position().frameTime()).orElse(clock.instant());
    Optional<Observation> observed =
        Optional.ofNullable(observations.get(relay.name()))
            .flatMap(known -> known.newestBefore(newest, settings.overlap()));
    if (observed.isEmpty() && !to.forced()) {
      // Where to begin is not known yet, and there is time.
      return;
    }
    LOG.atWarn()
        .addKeyValue("relay", relay.name())
        .addKeyValue("reason", to.why())
        .log("reads another relay");
    Optional<Position> own =
        Optional.ofNullable(had.get(relay.name())).filter(last -> isNewer(last, observed));
    if (own.isPresent()) {
      // Up to there all of that relay is had: that is no new epoch, but where it was left.
      Position last = own.get();
      begin(relay, last, OptionalLong.of(last.seq()), Incident.Kind.FAILOVER, to.why(), false);
      return;
    }
    OptionalLong ask =
        observed.map(seen -> OptionalLong.of(seen.seq())).orElse(OptionalLong.empty());
    boolean anythingHad = !intake.position().nothingAccepted() || !had.isEmpty();
    begin(
        relay,
        newEpoch(relay, ask, observed.map(Observation::medianFrameTime)),
        ask,
        Incident.Kind.FAILOVER,
        to.why(),
        anythingHad && observed.isEmpty());
  }

  /** Whether a relay was read after it was last observed. */
  private static boolean isNewer(Position last, Optional<Observation> observed) {
    return observed.isEmpty()
        || last.frameTime()
            .map(time -> !time.isBefore(observed.get().medianFrameTime()))
            .orElse(last.seq() >= observed.get().seq());
  }

  /**
   * Before anything of the next epoch of a relay.
   *
   * @param made when the frame that it begins behind was made, where that is known
   */
  private Position newEpoch(RelayAddress relay, OptionalLong ask, Optional<Instant> made) {
    Position before = intake.position();
    epochs.merge(before.relay(), before.epoch(), Math::max);
    long epoch = epochs.merge(relay.name(), 1L, Long::sum);
    return Position.before(relay.name(), epoch, ask.orElse(0), made);
  }

  /** From here on another numbering is read. */
  private void begin(
      RelayAddress relay,
      Position from,
      OptionalLong ask,
      Incident.Kind kind,
      String found,
      boolean loses) {
    boolean wasReading = reading;
    if (wasReading) {
      // Whatever of it is still in the queue was never had.
      supervisor.stop();
    }
    intake.begin(from, ask, kind, found, loses);
    choice.switched(relay);
    if (wasReading) {
      readOrPause(true);
    }
  }
}
