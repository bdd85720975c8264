package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.sequence.ModelRelay.Event;
import courtside.ingestor.sequence.ModelRelay.Frame;
import courtside.ingestor.sequence.Outcome.Gap.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process after another reads a {@link ModelRelay}. It knows what the relay made and served,
 * and so what has to be said of each frame.
 */
final class SimulatedLife {
  private static final SequencerSettings SETTINGS = SequencerSettings.DEFAULT;
  private static final int STEPS = 250;
  private static final long MILLI = 1_000_000;
  private static final int HUGE = 5_000_000;

  /** How far what is estimated may be from what is true, in milliseconds. */
  private static final long SLACK = 2_000;

  private record Written(long epoch, Frame frame) {}

  private final Random random;
  private final ModelRelay relay;
  private final Map<Event, Integer> happened;
  private final long startNanos;
  private long now;

  // The process.
  private Sequencer<Frame> sequencer;
  private Position committed;
  private int committedCount;
  private final List<Written> written = new ArrayList<>();

  /** Where the frames begin whose times the process may know. */
  private int known;

  /** When frames were given whose outcome is not known yet. */
  private final Map<Frame, Long> given = new HashMap<>();

  // The connection.
  private boolean connected;
  private final Deque<Frame> onTheWay = new ArrayDeque<>();
  private int servedNumbering;
  private int servedFrom;
  private boolean saidOutdated;
  private long cursor;

  SimulatedLife(long seed, Map<Event, Integer> happened) {
    this.random = new Random(seed);
    this.relay = new ModelRelay(random);
    this.happened = happened;
    this.startNanos = random.nextLong();
    this.committed = Position.beginning("relay.example");
    this.sequencer = new Sequencer<>(committed, SETTINGS);
  }

  void happens(Event event) {
    happened.merge(event, 1, Integer::sum);
  }

  void live() {
    dial();
    for (int step = 0; step < STEPS; step++) {
      pass(relay.nextInterval());
      make();
      if (random.nextInt(3) > 0) {
        deliver(random.nextInt(100));
      }
      misbehave();
      if (random.nextInt(10) == 0) {
        commit();
      }
    }
    drain();
  }

  private void drain() {
    if (!connected) {
      dial();
    }
    deliver(Integer.MAX_VALUE);
    pass(SETTINGS.heldFor().toMillis());
    assertThat(given).as("given and never heard of").isEmpty();
    make();
    deliver(Integer.MAX_VALUE);
    pass(SETTINGS.heldFor().toMillis());
    assertThat(given).as("given and never heard of").isEmpty();
    assertThat(written.getLast().frame()).isEqualTo(relay.newest(1).getFirst());
    assertThat(sequencer.heldBytes()).isZero();
    assertThat(sequencer.nextDeadline()).isEmpty();
  }

  private void make() {
    Frame frame = relay.make(now, this);
    if (connected) {
      onTheWay.add(frame);
    }
  }

  /** Time passes; the process looks at the clock when something is due and nothing waits. */
  private void pass(long millis) {
    long until = now + millis;
    for (OptionalLong next = sequencer.nextDeadline();
        next.isPresent() && next.getAsLong() - nanos(until) <= 0;
        next = sequencer.nextDeadline()) {
      now = Math.max(now, (next.getAsLong() - startNanos) / MILLI);
      if (random.nextInt(4) == 0) {
        deliver(Integer.MAX_VALUE);
      }
      heard(sequencer.tick(nanos(now)));
    }
    now = until;
  }

  private long nanos(long millis) {
    return startNanos + millis * MILLI;
  }

  private void commit() {
    committed = sequencer.position();
    committedCount = written.size();
  }

  private boolean quiet() {
    return connected && sequencer.heldBytes() == 0 && onTheWay.isEmpty() && caughtUp();
  }

  private boolean caughtUp() {
    List<Frame> newest = relay.newest(1);
    return !newest.isEmpty()
        && !written.isEmpty()
        && written.getLast().frame().equals(newest.getFirst());
  }

  private void misbehave() {
    switch (random.nextInt(60)) {
      case 0, 1 -> disconnectAndDial(this::nothing);
      case 2 -> {
        restart();
        dialAfterAWhile();
      }
      case 3 ->
          disconnectAndDial(() -> {
            restart();
            away();
          });
      case 4 -> disconnectAndDial(this::renumber);
      case 5 -> jump();
      case 6, 7 -> resend();
      case 8 -> restore();
      case 9, 10, 11 -> sendAstray();
      case 12, 13 -> sendUnnumbered();
      case 14 -> disconnectAndDial(this::jump);
      default -> {
        if (sequencer.heldBytes() > 0 && random.nextInt(30) == 0) {
          disconnectAndDial(this::nothing);
        }
      }
    }
  }

  private void nothing() {}

  private void disconnectAndDial(Runnable meanwhile) {
    happens(Event.LOST_CONNECTION);
    disconnect();
    if (random.nextBoolean()) {
      away();
    }
    meanwhile.run();
    dialAfterAWhile();
  }

  private void disconnect() {
    if (sequencer.heldBytes() > 0) {
      happens(Event.LOST_WHILE_HOLDING);
    }
    heard(sequencer.disconnected());
    assertThat(given).as("given and never heard of").isEmpty();
    connected = false;
    onTheWay.clear();
  }

  private void dialAfterAWhile() {
    if (random.nextInt(3) == 0) {
      away();
    } else if (random.nextBoolean()) {
      pass(relay.nextInterval());
      make();
    }
    dial();
  }

  /** Nobody reads for a while. */
  private void away() {
    long until = now + random.nextInt(90_000);
    for (int frames = 0; now < until && frames < 200; frames++) {
      // Fewer than usual, as they only have to be there.
      pass(5 * relay.nextInterval());
      make();
    }
  }

  private void restart() {
    happens(Event.RESTARTED_PROCESS);
    connected = false;
    onTheWay.clear();
    given.clear();
    // All that a cursor says of its frame.
    Position cursor =
        new Position(
            committed.relay(),
            committed.epoch(),
            committed.seq(),
            committed.last().map(frame -> FrameIdentity.ofHash(frame.sha256())),
            committed.frameTime());
    sequencer = new Sequencer<>(cursor, SETTINGS);
    while (written.size() > committedCount) {
      written.removeLast();
    }
    known = Math.max(0, written.size() - 1);
  }

  private void dial() {
    relay.age(now);
    Position position = sequencer.position();
    cursor = position.seq();
    connected = true;
    servedNumbering = relay.numbering();
    onTheWay.clear();
    saidOutdated = false;
    sequencer.connected();
    if (position.nothingAccepted() && position.seq() == 0 && position.epoch() == 1) {
      // Live.
      servedFrom = relay.places();
      return;
    }
    if (cursor > relay.seq()) {
      if (relay.saysFuture) {
        happens(Event.FUTURE_CURSOR);
        disconnect();
        heard(sequencer.begin(position.nextEpoch(0), nanos(now)));
        dial();
      } else {
        servedFrom = relay.places();
      }
      return;
    }
    if (relay.agedOut(cursor) && !position.nothingAccepted()) {
      happens(Event.AGED_OUT);
      if (relay.saysOutdated) {
        happens(Event.OUTDATED_CURSOR);
        saidOutdated = true;
        sequencer.outdatedCursor();
        give(relay.unnumbered(now, this), 100);
      }
    }
    List<Frame> served = relay.from(cursor);
    servedFrom = served.isEmpty() ? relay.places() : served.getFirst().place();
    onTheWay.addAll(served);
  }

  private void renumber() {
    long below = Math.min(relay.seq(), Math.min(sequencer.position().seq(), committed.seq()));
    // So far down that the new numbers are believed before they reach the old ones.
    if (below > 10_000) {
      happens(Event.RENUMBERED);
      relay.renumber(below - 5_000);
    }
  }

  private void jump() {
    // Once the numbering is known: new numbers that jump to just above the old ones go on there.
    if (relay.canJump()
        && !written.isEmpty()
        && written.getLast().frame().numbering() == relay.numbering()) {
      happens(Event.JUMPED);
      relay.jump();
    }
  }

  private void resend() {
    if (quiet()) {
      happens(Event.RESENT);
      // Fewer than are believed, as a process that was restarted knows none but the last.
      relay.newest(1 + random.nextInt(SETTINGS.agreeing() - 5)).stream()
          .filter(this::had)
          .forEach(onTheWay::add);
      make();
      deliver(Integer.MAX_VALUE);
    }
  }

  private void restore() {
    if (quiet() && relay.newest(2).size() == 2) {
      happens(Event.RESTORED);
      List<Frame> others = relay.restore(2 + random.nextInt(120), now, this);
      servedNumbering = relay.numbering();
      servedFrom = 0;
      onTheWay.addAll(others);
    }
  }

  private void sendAstray() {
    if (!quiet()) {
      return;
    }
    happens(Event.ASTRAY);
    int strays = 1 + random.nextInt(3);
    for (int i = 0; i < strays; i++) {
      // Several that lead up to the last number cannot be told from a relay that was restored.
      give(relay.astray(now, strays == 1, this), 5_000);
    }
    if (random.nextInt(3) == 0) {
      disconnectAndDial(this::nothing);
    } else {
      make();
      deliver(Integer.MAX_VALUE);
    }
  }

  private void sendUnnumbered() {
    if (connected) {
      happens(Event.UNNUMBERED);
      give(relay.unnumbered(now, this), random.nextBoolean() ? HUGE : 100);
    }
  }

  private void deliver(int frames) {
    for (int i = 0; i < frames && !onTheWay.isEmpty(); i++) {
      give(onTheWay.removeFirst(), 5_000);
    }
  }

  private void give(Frame frame, int length) {
    var _ = given.put(frame, now);
    heard(
        frame.number().isPresent()
            ? sequencer.numbered(
                frame, frame.seq(), frame.identity(), frame.time(), length, nanos(now))
            : sequencer.unnumbered(frame, length, nanos(now)));
    check(sequencer.heldBytes() < SETTINGS.heldBytes(), () -> "held " + sequencer.heldBytes());
  }

  // What has to be said

  private void heard(List<Outcome<Frame>> outcomes) {
    Optional<Outcome.Gap<Frame>> gap = Optional.empty();
    Optional<Outcome.EpochBegan<Frame>> epoch = Optional.empty();
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome<Frame> outcome = outcomes.get(i);
      switch (outcome) {
        case Outcome.Gap<Frame> found -> {
          assertThat(gap).isEmpty();
          gap = Optional.of(found);
        }
        case Outcome.EpochBegan<Frame> found -> {
          assertThat(epoch).isEmpty();
          epoch = Optional.of(found);
        }
        case Outcome.Accepted<Frame>(Frame frame, Position at) -> {
          settled(frame);
          accepted(frame, at, gap, epoch, outcomes.subList(i, outcomes.size()));
          gap = Optional.empty();
          epoch = Optional.empty();
        }
        case Outcome.Passed<Frame>(Frame frame, Position _) -> {
          settled(frame);
          assertThat(frame.number()).isEmpty();
        }
        case Outcome.Duplicate<Frame>(Frame frame) -> {
          settled(frame);
          assertThat(had(frame)).as("%s was had", frame).isTrue();
        }
        case Outcome.Contradicted<Frame>(Frame frame, Position _) -> {
          settled(frame);
          contradicted(frame);
        }
        case Outcome.Dropped<Frame>(Frame frame) -> {
          settled(frame);
          assertThat(frame.number()).isPresent();
        }
        case Outcome.Skipped<Frame>(long from, long to, long numbers) ->
            assertThat(numbers).isPositive().isLessThan(to - from);
      }
    }
    check(gap.isEmpty() && epoch.isEmpty(), () -> "a finding stands before no frame");
  }

  /** Whether it was written; the newest are looked at first. */
  private boolean had(Frame frame) {
    for (int i = written.size() - 1; i >= 0; i--) {
      if (written.get(i).frame().id() == frame.id()) {
        return true;
      }
    }
    return false;
  }

  /** Cheaper than AssertJ, for what is looked at with every frame. */
  private static void check(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }

  private void settled(Frame frame) {
    Long since = given.remove(frame);
    if (since == null) {
      throw new AssertionError(frame + " was given once, and is heard of twice");
    }
    check(
        now - since <= SETTINGS.heldFor().toMillis(),
        () -> frame + " was held for " + (now - since) + " ms");
  }

  private void contradicted(Frame frame) {
    boolean astray = frame.numbering() == 0;
    boolean had = had(frame);
    // A restored relay that is asked for what follows the cursor, and sends that number too.
    boolean other = frame.numbering() > 0 && frame.seq() == cursor && frame.place() == servedFrom;
    assertThat(astray || had || other)
        .as(
            "%s was rightly contradicted, cursor %d from %d, after %s",
            frame, cursor, servedFrom, written.getLast())
        .isTrue();
    if (other && !had) {
      servedFrom++;
    }
  }

  private void accepted(
      Frame frame,
      Position at,
      Optional<Outcome.Gap<Frame>> gap,
      Optional<Outcome.EpochBegan<Frame>> epoch,
      List<Outcome<Frame>> following) {
    @Nullable Written before = written.isEmpty() ? null : written.getLast();
    check(frame.numbering() == servedNumbering, () -> frame + " is astray");
    check(
        at.relay().equals("relay.example")
            && at.seq() == frame.seq()
            && at.last().orElseThrow().isSameAs(frame.identity())
            && at.frameTime().equals(frame.time()),
        () -> frame + " at " + at);
    boolean next =
        before != null
            && before.frame().numbering() == frame.numbering()
            && before.frame().place() + 1 == frame.place();
    check(
        next || frame.place() == servedFrom,
        () -> frame + " follows " + before + ", and is not the first served, " + servedFrom);
    if (before != null && before.epoch() == at.epoch()) {
      check(epoch.isEmpty(), () -> "no epoch begins at " + frame);
      check(frame.seq() > before.frame().seq(), () -> frame + " after " + before);
      gap.ifPresent(found -> {
        happens(Event.GAP_SAID);
        assertThat(found.from()).isEqualTo(before.frame().seq());
        assertThat(found.to()).isEqualTo(frame.seq());
      });
      judge(before.frame(), frame, next, gap, following);
      if (gap.isPresent()) {
        known = written.size();
      }
    } else {
      assertThat(gap).as("at the beginning of an epoch").isEmpty();
      if (epoch.isPresent()) {
        if (before == null) {
          throw new AssertionError("an epoch begins before any frame: " + epoch);
        }
        assertThat(at.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(frame.numbering())
            .as("%s is numbered anew after %s", frame, before)
            .isNotEqualTo(before.frame().numbering());
        assertThat(epoch.get().first()).isEqualTo(at);
        assertThat(epoch.get().before().seq()).isEqualTo(before.frame().seq());
      }
      known = written.size();
    }
    written.add(new Written(at.epoch(), frame));
  }

  /** Whether a gap has to be said, must not be said, or may be. */
  private void judge(
      Frame before,
      Frame frame,
      boolean next,
      Optional<Outcome.Gap<Frame>> gap,
      List<Outcome<Frame>> following) {
    boolean jumped = frame.seq() - before.seq() > SETTINGS.plausibleStep();
    if (next && !jumped && gap.isEmpty()) {
      return;
    }
    Supplier<String> what = () -> "gap between " + before + " and " + frame;
    long span = frame.made() - before.made();
    long longest = SETTINGS.gapSpan().toMillis();
    List<Frame> sampleBefore =
        written
            .subList(Math.max(known, written.size() - SETTINGS.gapSample()), written.size())
            .stream()
            .map(Written::frame)
            .toList();
    List<Frame> sampleAfter =
        following.stream()
            .flatMap(outcome ->
                outcome instanceof Outcome.Accepted<Frame>(Frame accepted, Position _)
                    ? Stream.of(accepted)
                    : Stream.empty())
            .limit(SETTINGS.gapSample())
            .toList();
    if (frame.seq() == before.seq() + 1) {
      assertThat(gap).as(what).isEmpty();
    } else if (jumped) {
      assertThat(gap.map(Outcome.Gap::reason))
          .as(what)
          .hasValueSatisfying(
              reason -> assertThat(reason).isIn(Reason.JUMP, Reason.OUTDATED_CURSOR));
    } else if (!next && saidOutdated) {
      assertThat(gap.map(Outcome.Gap::reason)).as(what).contains(Reason.OUTDATED_CURSOR);
    } else if (!next && (timeless(sampleBefore) || timeless(sampleAfter))) {
      assertThat(gap.map(Outcome.Gap::reason)).as(what).contains(Reason.UNKNOWN_TIME);
    } else if (trusted(sampleBefore) && trusted(sampleAfter)) {
      if (!next && span > longest + SLACK) {
        assertThat(gap.map(Outcome.Gap::reason)).as(what).contains(Reason.TIME);
        Duration said = gap.orElseThrow().span().orElseThrow();
        if (relay.meanInterval <= 100) {
          // The first ones may have wild times.
          assertThat(said.minusMillis(span).abs())
              .as(what)
              .isLessThan(Duration.ofMillis(5 * SLACK));
        }
      } else if (span < longest - SLACK && even(sampleBefore) && even(sampleAfter)) {
        assertThat(gap).as(what).isEmpty();
      }
    }
  }

  private static boolean timeless(List<Frame> sample) {
    return sample.stream().allMatch(frame -> frame.time().isEmpty());
  }

  /** Whether none of the frames came so much later than the others that it is taken for wild. */
  private boolean even(List<Frame> sample) {
    return relay.meanInterval <= 100 || sample.size() >= 15;
  }

  /** Whether too few clocks are wild to matter. */
  private static boolean trusted(List<Frame> sample) {
    List<Frame> timed = sample.stream().filter(frame -> frame.time().isPresent()).toList();
    long wild =
        timed.stream()
            .filter(frame ->
                Math.abs(
                        Duration.between(
                                ModelRelay.START.plusMillis(frame.made()),
                                frame.time().orElseThrow())
                            .toMillis())
                    > SLACK)
            .count();
    return !timed.isEmpty() && wild * 2 < timed.size();
  }
}
