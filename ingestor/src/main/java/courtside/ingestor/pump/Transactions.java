package courtside.ingestor.pump;

import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.sequence.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Turns arrivals into transactions, each with the cursor that covers it. From one activation to the
 * next. Confined to the pump's thread.
 */
final class Transactions {
  private static final long IDLE_NANOS = 50_000_000;

  private final Duration commitEvery;
  private final Portion portion;
  private final Batch batch;
  private final Intake intake;
  private final Steering steering;
  private final FrameQueue queue;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private Position committed;
  private Optional<Instant> committedAt;

  /** When the last commit began. */
  private long begun;

  Transactions(
      PumpSettings settings,
      Resume resume,
      Portion portion,
      Batch batch,
      Intake intake,
      Steering steering,
      FrameQueue queue,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.commitEvery = settings.commitEvery();
    this.portion = portion;
    this.batch = batch;
    this.intake = intake;
    this.steering = steering;
    this.queue = queue;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.committed = intake.accepted();
    this.committedAt = resume.committedAt();
    this.begun = nanoTime.getAsLong() - commitEvery.toNanos();
  }

  /**
   * Writes one transaction, if anything comes within a moment: what comes after a quiet time is
   * committed at once.
   *
   * @return how many frames were committed
   */
  int writeNext() throws InterruptedException {
    Arrival first = queue.poll(patience(nanoTime.getAsLong() + IDLE_NANOS));
    long deadline = begun + commitEvery.toNanos();
    Arrival arrival = first;
    portion.begin();
    while (arrival != null) {
      take(arrival);
      if (portion.fills(arrival instanceof Arrival.Frame frame ? frame.bytes().length : 0)) {
        break;
      }
      // Behind the deadline only what waits already: a backlog is committed in large pieces.
      arrival = queue.poll(patience(deadline));
    }
    if (arrival == null && isDue()) {
      // Nothing waits that could contradict what is held.
      intake.tick();
    }
    Position now = intake.accepted();
    boolean moved = !now.equals(committed);
    if (!batch.isOpen() && !moved) {
      return 0;
    }
    begun = nanoTime.getAsLong();
    Optional<Cursor> cursor = moved ? Optional.of(cursor(now)) : Optional.empty();
    int frames = batch.commit(cursor);
    portion.committed(nanoTime.getAsLong() - begun);
    if (moved) {
      committed = now;
      committedAt = cursor.map(Cursor::committedAt);
      steering.committed(now);
    }
    return frames;
  }

  /** When the newest cursor was committed, by the clock; empty where there is none. */
  Optional<Instant> committedAt() {
    return committedAt;
  }

  private Cursor cursor(Position at) {
    return new Cursor(
        at.relay(),
        at.epoch(),
        at.seq(),
        at.frameTime(),
        clock.instant(),
        at.hash(),
        steering.rewindId());
  }

  private long patience(long until) {
    OptionalLong held = intake.nextDeadline();
    long now = nanoTime.getAsLong();
    return held.isPresent() ? Math.min(until - now, held.getAsLong() - now) : until - now;
  }

  private boolean isDue() {
    OptionalLong held = intake.nextDeadline();
    return held.isPresent() && held.getAsLong() - nanoTime.getAsLong() <= 0;
  }

  private void take(Arrival arrival) {
    switch (arrival) {
      case Arrival.Frame frame -> intake.take(frame);
      case Arrival.Notice(Incident incident) -> intake.interrupted(incident);
      case Arrival.Observed observed -> steering.observed(observed);
    }
  }
}
