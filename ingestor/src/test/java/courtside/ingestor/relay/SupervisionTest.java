package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.relay.Ending.Reason;
import courtside.ingestor.relay.RelaySupervisor.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SupervisionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Ending CLOSED = new Ending(Reason.CLOSED, "the relay closed");
  private static final Ending REFUSED = new Ending(Reason.REFUSED, "the relay answered HTTP 429");
  private static final Ending REJECTED = new Ending(Reason.REJECTED, "the relay answered HTTP 404");

  private final Supervision supervision = new Supervision(RelaySettings.DEFAULT, new Random(1));
  private long now;
  private long generation;

  private void begin() {
    assertThat(supervision.read("one")).isEmpty();
    dialled();
  }

  /** Dials now, and says so. */
  private void dialled() {
    assertThat(supervision.tick(now)).containsExactly(new Action.Dial(++generation));
    assertThat(supervision.state()).isEqualTo(State.DIALLING);
  }

  private Duration end(Ending ending, Optional<Duration> retryAfter) {
    Duration delay = endUndrained(ending, retryAfter);
    supervision.drained(generation);
    return delay;
  }

  private Duration endUndrained(Ending ending, Optional<Duration> retryAfter) {
    List<Action> actions = supervision.ended(generation, ending, retryAfter, now);
    assertThat(actions).hasSize(1);
    return ((Action.Ended) actions.getFirst()).delay();
  }

  /** Waits until the next dial, which comes neither early nor late. */
  private void awaitDial(Duration delay) {
    now += delay.toNanos() - 1;
    assertThat(supervision.tick(now)).isEmpty();
    assertThat(supervision.nextDeadline(now)).hasValue(now + 1);
    now++;
    dialled();
  }

  private void data(int frames) {
    for (int i = 0; i < frames; i++) {
      assertThat(supervision.received(generation, now)).isZero();
      supervision.taken(generation, now);
    }
  }

  @Test
  void connectionsThatCloseAtOnceAreDialledEverMoreSeldom() {
    begin();
    List<Duration> gaps = new ArrayList<>();
    for (int flap = 0; flap < 7; flap++) {
      supervision.opened(generation, now);
      data(flap % 2);
      Duration gap = end(CLOSED, Optional.empty());
      gaps.add(gap);
      assertThat(supervision.failedAttempts()).isEqualTo(flap + 1);
      awaitDial(gap);
    }
    int[] full = {1, 2, 4, 8, 16, 30, 30};
    for (int flap = 0; flap < full.length; flap++) {
      assertThat(gaps.get(flap))
          .isBetween(Duration.ofMillis(full[flap] * 500L), Duration.ofSeconds(full[flap]));
    }
  }

  @Test
  void whatARelayThatIsThereDoesNotWantIsCounted() {
    begin();
    awaitDial(end(REJECTED, Optional.empty()));
    assertThat(supervision.rejections()).isEqualTo(1);
    // given: some say why, in one message, and close
    supervision.opened(generation, now);
    data(1);
    awaitDial(end(CLOSED, Optional.empty()));
    assertThat(supervision.rejections()).isEqualTo(2);
    // when: it was not reached, or would not have answered anybody
    for (Ending other :
        List.of(
            new Ending(Reason.UNREACHABLE, "nobody listens"),
            new Ending(Reason.DIAL_TIMEOUT, "too long"),
            new Ending(Reason.BROKEN, "reset"),
            REFUSED)) {
      awaitDial(end(other, Optional.empty()));
    }
    assertThat(supervision.rejections()).isEqualTo(2);
    // when: it sends more than one message
    supervision.opened(generation, now);
    data(2);
    assertThat(supervision.rejections()).isZero();
    awaitDial(end(CLOSED, Optional.empty()));
    assertThat(supervision.rejections()).isZero();
    awaitDial(end(REJECTED, Optional.empty()));
    assertThat(supervision.rejections()).isEqualTo(1);
    // when: it is to be read from elsewhere
    assertThat(supervision.read("one")).hasSize(1);
    assertThat(supervision.rejections()).isZero();
  }

  @Test
  void aRelayIsConnectedToUntilTheEndOfItsSocketIsTold() {
    assertThat(supervision.connectedTo()).isEmpty();
    begin();
    assertThat(supervision.connectedTo()).contains("one");
    supervision.opened(generation, now);
    // when: another is wanted, and the abort of the first is on its way
    assertThat(supervision.read("two")).hasSize(1);
    assertThat(supervision.connectedTo()).contains("one");
    supervision.ended(generation, CLOSED, Optional.empty(), now);
    assertThat(supervision.connectedTo()).isEmpty();
    dialled();
    assertThat(supervision.connectedTo()).contains("two");
  }

  @Test
  void onlyDataForAWhileMakesTheWaitBeginAnew() {
    begin();
    for (int i = 0; i < 5; i++) {
      awaitDial(end(CLOSED, Optional.empty()));
    }
    // given: data for 30 s all but a moment, and a thousand frames all but one
    data(1);
    now += 15 * SECOND;
    data(997);
    now += 15 * SECOND - 1;
    data(1);
    assertThat(supervision.failedAttempts()).isEqualTo(5);
    awaitDial(end(CLOSED, Optional.empty()));
    assertThat(supervision.failedAttempts()).isEqualTo(6);
    // when: a thousand
    data(1_000);
    assertThat(supervision.failedAttempts()).isZero();
    Duration gap = end(CLOSED, Optional.empty());
    assertThat(gap).isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(supervision.failedAttempts()).isEqualTo(1);
    // when: 30 s
    awaitDial(gap);
    awaitDial(end(CLOSED, Optional.empty()));
    data(1);
    now += 15 * SECOND;
    data(1);
    now += 15 * SECOND;
    data(1);
    assertThat(supervision.failedAttempts()).isZero();
  }

  @Test
  void whatTheRelayAsksForIsWaitedForUpToABound() {
    begin();
    assertThat(end(REFUSED, Optional.of(Duration.ofSeconds(7)))).isEqualTo(Duration.ofSeconds(7));
    awaitDial(Duration.ofSeconds(7));
    assertThat(end(REFUSED, Optional.of(Duration.ofMillis(1))))
        .isGreaterThan(Duration.ofMillis(999));
    now += 2 * SECOND;
    dialled();
    Duration bound = RelaySettings.DEFAULT.longestRetryAfter();
    assertThat(end(REFUSED, Optional.of(Duration.ofDays(100_000_000)))).isEqualTo(bound);
    awaitDial(bound);
    assertThat(end(REFUSED, Optional.of(Duration.ofSeconds(-7)))).isPositive();
  }

  @Test
  void aRequestThatIsWrongIsNotRepeatedSoon() {
    begin();
    assertThat(end(REJECTED, Optional.empty())).isEqualTo(Duration.ofSeconds(30));
    awaitDial(Duration.ofSeconds(30));
    assertThat(end(REJECTED, Optional.of(Duration.ofSeconds(40))))
        .isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void theWholeDialHasADeadline() {
    begin();
    assertThat(supervision.nextDeadline(now)).hasValue(10 * SECOND);
    assertThat(supervision.tick(10 * SECOND - 1)).isEmpty();
    assertThat(supervision.tick(10 * SECOND))
        .singleElement()
        .satisfies(action ->
            assertThat(((Action.Abort) action).why().reason()).isEqualTo(Reason.DIAL_TIMEOUT));
    // then: nothing more before the end was told
    assertThat(supervision.nextDeadline(10 * SECOND)).isEmpty();
    assertThat(supervision.tick(100 * SECOND)).isEmpty();
  }

  @Test
  void aFrameThatIsToldBeforeTheUpgradeIsDataOfAnOpenConnection() {
    begin();
    data(1_000);
    assertThat(supervision.state()).isEqualTo(State.CONNECTED);
    now += 15 * SECOND;
    supervision.opened(generation, now);
    assertThat(supervision.silence(now)).isEqualTo(Duration.ofSeconds(15));
    assertThat(end(CLOSED, Optional.empty())).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void whatIsUnheardIsCountedOverConnectionsThatSayNothing() {
    begin();
    now += 3 * SECOND;
    assertThat(supervision.unheard(now)).isEmpty();
    assertThat(supervision.reading(now)).contains(Duration.ofSeconds(3));
    data(2);
    assertThat(supervision.unheard(now)).contains(Duration.ZERO);
    // when: it is silent, given up, and the next one is open and silent too
    now += 20 * SECOND;
    long delay = end(CLOSED, Optional.empty()).toNanos();
    now += delay;
    dialled();
    supervision.opened(generation, now);
    assertThat(supervision.silence(now)).isZero();
    assertThat(supervision.unheard(now)).contains(Duration.ofNanos(20 * SECOND + delay));
    // when: something comes, and waits for room here
    assertThat(supervision.received(generation, now)).isZero();
    now += 60 * SECOND;
    assertThat(supervision.unheard(now)).contains(Duration.ZERO);
    supervision.taken(generation, now);
    now += SECOND;
    assertThat(supervision.unheard(now)).contains(Duration.ofSeconds(1));
    // then: who reads nothing waits for nothing, and a pause is no frame
    assertThat(supervision.stop()).hasSize(1);
    assertThat(supervision.unheard(now)).isEmpty();
    assertThat(supervision.reading(now)).isEmpty();
  }

  @Test
  void whatARelayHasToSayAgainstUsIsNothingHeard() {
    begin();
    data(1);
    for (int attempt = 0; attempt < 5; attempt++) {
      now += end(CLOSED, Optional.empty()).toNanos() + 10 * SECOND;
      dialled();
      supervision.opened(generation, now);
      var _ = supervision.received(generation, now);
      supervision.taken(generation, now);
      assertThat(supervision.unheard(now).orElseThrow()).isGreaterThan(Duration.ofSeconds(10));
    }
    // when: it goes on
    var _ = supervision.received(generation, now);
    supervision.taken(generation, now);
    assertThat(supervision.unheard(now)).contains(Duration.ZERO);
  }

  @Test
  void theNextIsDialledOnlyWhenTheOneBeforeHasEnded() {
    begin();
    supervision.opened(generation, now);
    assertThat(supervision.read("two")).hasSize(1);
    assertThat(supervision.tick(now)).isEmpty();
    // what comes of it now, or its end told with another number, changes nothing
    data(1);
    assertThat(supervision.ended(generation + 1, CLOSED, Optional.empty(), now)).isEmpty();
    assertThat(supervision.tick(now)).isEmpty();
    assertThat(supervision.ended(generation, CLOSED, Optional.empty(), now)).isEmpty();
    dialled();
  }

  @Test
  void theNextIsDialledOnlyWhenAllThatTheOneBeforeBroughtWasTaken() {
    begin();
    data(1_000);
    now += endUndrained(CLOSED, Optional.empty()).toNanos();
    assertThat(supervision.state()).isEqualTo(State.BACKING_OFF);
    assertThat(supervision.tick(now)).isEmpty();
    assertThat(supervision.nextDeadline(now)).isEmpty();
    supervision.drained(generation - 1);
    assertThat(supervision.tick(now)).isEmpty();
    // when
    supervision.drained(generation);
    assertThat(supervision.nextDeadline(now)).hasValue(now);
    dialled();
    // and nobody waits for what nobody wants
    endUndrained(CLOSED, Optional.empty());
    assertThat(supervision.read("two")).isEmpty();
    dialled();
  }

  @Test
  void aRelayIsWaitedForThoughItsReaderChanges() {
    begin();
    long delay = end(REFUSED, Optional.of(Duration.ofSeconds(60))).toNanos();
    assertThat(supervision.stop()).isEmpty();
    assertThat(supervision.nextDeadline(now)).isEqualTo(OptionalLong.empty());
    assertThat(supervision.read("one")).isEmpty();
    assertThat(supervision.state()).isEqualTo(State.BACKING_OFF);
    assertThat(supervision.failedAttempts()).isEqualTo(1);
    assertThat(supervision.tick(now + delay - 1)).isEmpty();
    // when: another relay is read, it is dialled at once and begins without failures
    assertThat(supervision.read("two")).isEmpty();
    assertThat(supervision.failedAttempts()).isZero();
    assertThat(supervision.lastEnding()).isEmpty();
    dialled();
  }

  @Test
  void framesThatWaitForRoomAreNotHeldAgainstTheRelay() {
    begin();
    supervision.opened(generation, now);
    assertThat(supervision.received(generation, now)).isZero();
    for (int second = 0; second < 300; second++) {
      now += SECOND;
      assertThat(supervision.tick(now)).allMatch(Action.Ping.class::isInstance);
      assertThat(supervision.silence(now)).isZero();
      assertThat(supervision.nextDeadline(now).orElseThrow()).isGreaterThan(now);
    }
    now += 2 * SECOND;
    supervision.taken(generation, now);
    assertThat(silenceUntilTheAbort()).isEqualTo(20 * SECOND);
  }

  /** From now on nothing comes; looks as often as is asked. */
  private long silenceUntilTheAbort() {
    long silent = now;
    while (aborts().isEmpty()) {
      now = supervision.nextDeadline(now).orElseThrow();
    }
    return now - silent;
  }

  @Test
  void pingsAreWrittenMoreOftenThanIdleSocketsAreCutAndAreNoLife() {
    begin();
    supervision.opened(generation, now);
    long lastPing = now;
    for (int second = 0; second < 600; second++) {
      now += SECOND;
      data(1);
      if (supervision.tick(now).contains(new Action.Ping(generation))) {
        assertThat(now - lastPing).isLessThan(55 * SECOND);
        lastPing = now;
      }
    }
    assertThat(now - lastPing).isLessThan(55 * SECOND);
    while (now - lastPing < 20 * SECOND) {
      now += SECOND;
      data(1);
      assertThat(supervision.tick(now)).isEmpty();
    }
    assertThat(silenceUntilTheAbort()).isEqualTo(20 * SECOND);
  }

  private List<Action> aborts() {
    return supervision.tick(now).stream().filter(Action.Abort.class::isInstance).toList();
  }

  @Test
  void aSlowMessageIsNoTrickle() {
    begin();
    supervision.opened(generation, now);
    for (int second = 0; second < 700; second++) {
      now += SECOND;
      data(10);
      assertThat(aborts()).isEmpty();
    }
    for (int message = 0; message < 10; message++) {
      for (int second = 0; second < 55; second++) {
        now += SECOND;
        supervision.payload(generation, 80_000, now);
        assertThat(aborts()).isEmpty();
      }
      assertThat(supervision.received(generation, now)).isPositive();
      supervision.taken(generation, now);
    }
  }

  @Test
  void aTrickleIsOneThoughEveryMessageComesInTwoParts() {
    begin();
    supervision.opened(generation, now);
    for (int second = 0; second < 700; second++) {
      now += SECOND;
      for (int message = 0; message < 10; message++) {
        supervision.payload(generation, 1_000, now);
        data(1);
      }
      assertThat(aborts()).isEmpty();
    }
    int seconds = 0;
    while (aborts().isEmpty()) {
      assertThat(seconds).isLessThan(100);
      now += 5 * SECOND;
      seconds += 5;
      supervision.payload(generation, 1_000, now);
      data(1);
    }
    assertThat(seconds).isGreaterThan(55);
  }
}
