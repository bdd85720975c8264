package courtside.feedapi.identity;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.feedapi.ManualNanos;
import courtside.feedapi.identity.KeyAnswer.Failed;
import courtside.feedapi.identity.KeyAnswer.Found;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
final class SigningKeysTest {
  private static final long SEED = 20_261_127L;
  private static final Did ALICE = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final VerifyingKey FIRST = key(1);
  private static final VerifyingKey SECOND = key(2);
  private static final KeySettings SETTINGS = KeySettings.DEFAULT;
  private static final String ASKER = "192.0.2.1";
  private static final int CROWD = 1_000;

  private final ManualNanos nanos = new ManualNanos();
  private final ScriptedSource source = new ScriptedSource(new Found(FIRST));
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final SigningKeys keys = keys(SETTINGS);

  private SigningKeys keys(KeySettings settings) {
    return new SigningKeys(source, settings, nanos, new Random(SEED), metrics);
  }

  private static VerifyingKey key(int seed) {
    return SigningKey.generate(Curve.K256, new Random(seed)).verifyingKey();
  }

  /** A DID that nobody has asked about. */
  private static Did stranger(int number) {
    StringBuilder name = new StringBuilder("did:plc:");
    for (int i = 0; i < 24; i++) {
      name.append((char) ('a' + (number >> i) % 2));
    }
    return new Did(name.toString());
  }

  @Test
  void asksOnceAndKeepsTheKey() {
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    nanos.advance(SETTINGS.fresh().multipliedBy(9).dividedBy(10).minusSeconds(1));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).containsExactly(ALICE);
    assertThat(metrics.get("courtside.feed.api.key.answers").tag("answer", "found").counter())
        .extracting(counter -> counter.count())
        .isEqualTo(2.0);
    assertThat(metrics.get("courtside.feed.api.key.fetches").tag("outcome", "found").timer())
        .extracting(timer -> timer.count())
        .isEqualTo(1L);
  }

  @Test
  void aCrowdThatWantsOneKeyAsksOnce() throws Exception {
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    List<KeyAnswer> answers =
        crowd(() -> keys.find(ALICE, ASKER), () -> slow.complete(new Found(FIRST)));
    assertThat(answers).hasSize(CROWD).containsOnly(new Found(FIRST));
    assertThat(source.asked()).containsExactly(ALICE);
  }

  @Test
  void aCrowdThatIsToldOfAFailureWaitsForNothingLater() throws Exception {
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    List<KeyAnswer> answers =
        crowd(
            () -> keys.find(ALICE, ASKER), () -> slow.complete(new Failed(KeyFailure.UNREACHABLE)));
    assertThat(answers).hasSize(CROWD).containsOnly(new Failed(KeyFailure.UNREACHABLE));
    assertThat(source.asked()).containsExactly(ALICE);
    nanos.advance(SETTINGS.retry());
    source.answer(new Found(FIRST));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
  }

  @Test
  void nobodyAsksBetweenAFlightsEndAndWhatItBrought() throws Exception {
    // Flights that end at once, all the time: whoever has just found nothing finds it then.
    for (int i = 0; i < 300; i++) {
      Did did = stranger(i);
      nanos.advance(Duration.ofMillis(10));
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<KeyAnswer>> all = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
          all.add(
              threads.submit(() -> {
                start.await();
                return keys.find(did, ASKER);
              }));
        }
        start.countDown();
        for (Future<KeyAnswer> one : all) {
          assertThat(one.get()).isEqualTo(new Found(FIRST));
        }
      }
    }
    assertThat(source.asked()).hasSize(300).doesNotHaveDuplicates();
  }

  @Test
  void aWaiterThatGivesUpLeavesTheFlightToOthers() {
    SigningKeys impatient =
        keys(
            new KeySettings(
                SETTINGS.fresh(),
                SETTINGS.stale(),
                SETTINGS.refused(),
                SETTINGS.retry(),
                SETTINGS.forced(),
                Duration.ofMillis(20),
                10,
                10,
                100));
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    assertThat(impatient.find(ALICE, ASKER)).isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    assertThat(impatient.find(ALICE, ASKER)).isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    assertThat(source.asked()).containsExactly(ALICE);
    slow.complete(new Found(FIRST));
    assertThat(impatient.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).containsExactly(ALICE);
  }

  @Test
  void anOldKeyIsServedWhileItIsAskedForAnew() {
    keys.find(ALICE, ASKER);
    nanos.advance(SETTINGS.fresh());
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).as("one question for both").hasSize(2);
    slow.complete(new Found(SECOND));
    assertThat(keys.find(ALICE, ASKER)).as("the rotated key").isEqualTo(new Found(SECOND));
    assertThat(source.asked()).hasSize(2);
  }

  @Test
  void anOldKeyIsServedForADayWhereNobodyAnswers() {
    keys.find(ALICE, ASKER);
    source.answer(new Failed(KeyFailure.UNREACHABLE));
    Duration step = Duration.ofMinutes(1);
    Duration passed = Duration.ZERO;
    Duration least = SETTINGS.stale().multipliedBy(9).dividedBy(10);
    while (passed.plus(step).compareTo(least) < 0) {
      nanos.advance(step);
      passed = passed.plus(step);
      assertThat(keys.find(ALICE, ASKER)).as("after %s", passed).isEqualTo(new Found(FIRST));
    }
    assertThat(source.asked()).as("it was asked all the time").hasSizeGreaterThan(1_000);
    nanos.advance(SETTINGS.stale().dividedBy(10).plus(step));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Failed(KeyFailure.UNREACHABLE));
  }

  @Test
  void nobodyWhoIsAwayIsAskedAtEveryRequest() {
    keys.find(ALICE, ASKER);
    nanos.advance(SETTINGS.fresh());
    source.answer(new Failed(KeyFailure.UNREACHABLE));
    for (int i = 0; i < CROWD; i++) {
      assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    }
    assertThat(source.asked()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void aKeyIsNotServedAfterItWasWithdrawn(KeyFailure reason) {
    keys.find(ALICE, ASKER);
    nanos.advance(SETTINGS.fresh());
    source.answer(new Failed(reason));
    keys.find(ALICE, ASKER);
    boolean withdrawn = reason == KeyFailure.NOT_FOUND || reason == KeyFailure.NO_KEY;
    assertThat(keys.find(ALICE, ASKER))
        .isEqualTo(withdrawn ? new Failed(reason) : new Found(FIRST));
  }

  @ParameterizedTest
  @EnumSource
  void thatThereIsNoKeyIsRememberedForAWhile(KeyFailure reason) {
    source.answer(new Failed(reason));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Failed(reason));
    source.answer(new Found(FIRST));
    boolean ours = reason == KeyFailure.BUSY || reason == KeyFailure.INTERNAL;
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(ours ? new Found(FIRST) : new Failed(reason));
    nanos.advance(reason.isTemporary() ? SETTINGS.retry() : SETTINGS.refused());
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).hasSize(2);
    assertThat(
            metrics
                .get("courtside.feed.api.key.fetches")
                .tag("outcome", reason.label())
                .timer()
                .count())
        .isOne();
  }

  @Test
  void aFaultOfTheSourceIsNobodysFault() {
    source.answer(_ -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Failed(KeyFailure.INTERNAL));
    source.answer(_ -> {
      throw new IllegalStateException("on purpose");
    });
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Failed(KeyFailure.INTERNAL));
    source.answer(new Found(FIRST));
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
  }

  @Test
  void aDidOfNoUseCostsNothing() {
    for (int i = 0; i < CROWD; i++) {
      assertThat(keys.find(new Did("did:example:a" + i), ASKER))
          .isEqualTo(new Failed(KeyFailure.UNSUPPORTED_METHOD));
    }
    assertThat(source.asked()).isEmpty();
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(metrics.get("courtside.feed.api.keys.missing").gauge().value()).isZero();
  }

  @Test
  void strangersAreAskedAboutSoOftenASecondAndKnownKeysAreServedAllTheSame() {
    keys.find(ALICE, ASKER);
    nanos.advance(Duration.ofMinutes(1));
    source.asked().clear();
    source.answer(new Failed(KeyFailure.NOT_FOUND));
    Set<KeyAnswer> answers = new HashSet<>();
    for (int i = 0; i < CROWD; i++) {
      answers.add(keys.find(stranger(i), "192.0.2." + i % 200));
    }
    assertThat(source.asked()).hasSize(SETTINGS.perSecond());
    assertThat(answers).containsOnly(new Failed(KeyFailure.NOT_FOUND), new Failed(KeyFailure.BUSY));
    nanos.advance(SETTINGS.fresh());
    source.answer(new Found(SECOND));
    for (int i = 0; i < CROWD; i++) {
      keys.find(stranger(CROWD + i), "192.0.2." + i % 200);
    }
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(keys.find(ALICE, ASKER)).as("it is asked for anew").isEqualTo(new Found(SECOND));
  }

  @Test
  void whoAsksAboutAnyNumberOfStrangersKeepsNobodyElseFromBecomingKnown() {
    int others = 0;
    for (int i = 0; i < 6_000; i++) {
      // A hundred a second and more, for a minute, and one a second by others.
      keys.find(stranger(2 * i), "198.51.100.1");
      keys.find(stranger(100_000 + 2 * i), "198.51.100.1");
      if (i % 100 == 0) {
        Did other = stranger(1 + 2 * i);
        assertThat(keys.find(other, "192.0.2." + others++ % 3)).isEqualTo(new Found(FIRST));
      }
      nanos.advance(Duration.ofMillis(10));
    }
    assertThat(source.asked()).hasSizeBetween(5_500, 6_000 + SETTINGS.perSecond());
  }

  @Test
  void whatOneMayNotAskForAnewAnotherMay() {
    for (int i = 0; i < 200; i++) {
      keys.find(stranger(i), "192.0.2." + i % 50);
      nanos.advance(Duration.ofMillis(20));
    }
    keys.find(ALICE, ASKER);
    nanos.advance(SETTINGS.fresh());
    source.answer(new Found(SECOND));
    source.asked().clear();
    for (int i = 0; i < 200; i++) {
      keys.find(stranger(i), "198.51.100.1");
    }
    assertThat(keys.find(ALICE, "198.51.100.1")).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).isNotEmpty().doesNotContain(ALICE);

    keys.find(ALICE, ASKER);
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(SECOND));
  }

  @Test
  void aFloodOfDidsWithoutAKeyPushesOutNoneThatHasOne() {
    KeySettings small =
        new KeySettings(
            SETTINGS.fresh(),
            SETTINGS.stale(),
            SETTINGS.refused(),
            SETTINGS.retry(),
            SETTINGS.forced(),
            SETTINGS.patience(),
            50,
            100,
            1_000_000);
    SigningKeys bounded = keys(small);
    for (int i = 0; i < 50; i++) {
      bounded.find(stranger(i), ASKER);
    }
    source.answer(new Failed(KeyFailure.NOT_FOUND));
    for (int i = 0; i < 100_000; i++) {
      bounded.find(stranger(1_000 + i), ASKER);
    }
    source.asked().clear();
    for (int i = 0; i < 50; i++) {
      assertThat(bounded.find(stranger(i), ASKER)).isEqualTo(new Found(FIRST));
    }
    assertThat(source.asked()).isEmpty();
  }

  @Test
  void whatIsKeptIsBounded() {
    KeySettings small =
        new KeySettings(
            SETTINGS.fresh(),
            SETTINGS.stale(),
            SETTINGS.refused(),
            SETTINGS.retry(),
            SETTINGS.forced(),
            SETTINGS.patience(),
            50,
            100,
            1_000_000);
    SimpleMeterRegistry own = new SimpleMeterRegistry();
    SigningKeys bounded = new SigningKeys(source, small, nanos, new Random(SEED), own);
    for (int i = 0; i < 5_000; i++) {
      source.answer(i % 2 == 0 ? new Found(FIRST) : new Failed(KeyFailure.NOT_FOUND));
      bounded.find(stranger(i), ASKER);
      assertThat(own.get("courtside.feed.api.keys").gauge().value()).isLessThanOrEqualTo(50);
      assertThat(own.get("courtside.feed.api.keys.missing").gauge().value())
          .isLessThanOrEqualTo(100);
    }
    assertThat(own.get("courtside.feed.api.keys").gauge().value()).isPositive();
  }

  @Test
  void whatCameTogetherDoesNotGoTogether() {
    for (int i = 0; i < 100; i++) {
      keys.find(stranger(i), ASKER);
    }
    source.asked().clear();
    nanos.advance(SETTINGS.fresh().multipliedBy(95).dividedBy(100));
    for (int i = 0; i < 100; i++) {
      keys.find(stranger(i), ASKER);
    }
    assertThat(source.asked()).as("seed %d", SEED).hasSizeBetween(20, 80);
  }

  @Test
  void aKeyThatWasRotatedIsHadOnceASignatureFails() {
    keys.find(ALICE, ASKER);
    source.answer(new Found(SECOND));
    nanos.advance(Duration.ofSeconds(10));
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).contains(SECOND);
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(SECOND));
    assertThat(source.asked()).hasSize(2);
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).as("already known").contains(SECOND);
    assertThat(source.asked()).hasSize(2);
  }

  @Test
  void signaturesThatFailBringOneQuestionAMinute() {
    keys.find(ALICE, ASKER);
    nanos.advance(Duration.ofSeconds(10));
    Duration step = Duration.ofMillis(180);
    for (int i = 0; i < CROWD; i++) {
      assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
      nanos.advance(step);
    }
    // Three minutes.
    assertThat(source.asked()).hasSize(1 + 3);
    assertThat(metrics.get("courtside.feed.api.key.forced").counter().count()).isEqualTo(3);
  }

  @Test
  void aKeyThatWasJustHadIsNotAskedForAgain() {
    keys.find(ALICE, ASKER);
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
    nanos.advance(Duration.ofSeconds(4));
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
    assertThat(source.asked()).hasSize(1);
  }

  @Test
  void aRefreshDoesNotOpenTheWayForMoreForcedOnes() {
    keys.find(ALICE, ASKER);
    nanos.advance(SETTINGS.fresh().minusSeconds(1));
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
    assertThat(source.asked()).hasSize(2);
    nanos.advance(Duration.ofSeconds(30));
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
    assertThat(source.asked()).hasSize(2);
  }

  @Test
  void whoeverAlsoFailsWaitsForTheSameQuestion() throws Exception {
    keys.find(ALICE, ASKER);
    nanos.advance(Duration.ofSeconds(10));
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    var answers =
        crowd(() -> keys.otherThan(ALICE, FIRST, ASKER), () -> slow.complete(new Found(SECOND)));
    assertThat(answers).hasSize(CROWD).allMatch(answer -> answer.equals(Optional.of(SECOND)));
    assertThat(source.asked()).hasSize(2);
  }

  @Test
  void aForcedQuestionThatFailsLeavesTheKeyAsItWas() {
    keys.find(ALICE, ASKER);
    nanos.advance(Duration.ofSeconds(10));
    source.answer(new Failed(KeyFailure.UNREACHABLE));
    assertThat(keys.otherThan(ALICE, FIRST, ASKER)).isEmpty();
    assertThat(keys.find(ALICE, ASKER)).isEqualTo(new Found(FIRST));
    assertThat(source.asked()).hasSize(2);
  }

  @Test
  void aFloodOfForcedQuestionsHasItsBound() {
    KeySettings few =
        new KeySettings(
            SETTINGS.fresh(),
            SETTINGS.stale(),
            SETTINGS.refused(),
            SETTINGS.retry(),
            SETTINGS.forced(),
            SETTINGS.patience(),
            10_000,
            10,
            100);
    SigningKeys many = keys(few);
    for (int i = 0; i < 500; i++) {
      many.find(stranger(i), ASKER);
      nanos.advance(Duration.ofMillis(10));
    }
    nanos.advance(Duration.ofSeconds(10));
    source.asked().clear();
    for (int i = 0; i < 500; i++) {
      assertThat(many.otherThan(stranger(i), FIRST, "192.0.2." + i % 200)).isEmpty();
    }
    assertThat(source.asked()).hasSize(100);
  }

  /** What each of a crowd is told that waits at once, before this happens. */
  private <T> List<T> crowd(Callable<T> question, Runnable meanwhile) throws Exception {
    Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> all = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        all.add(
            threads.submit(() -> {
              waiting.add(Thread.currentThread());
              return question.call();
            }));
      }
      Awaitility.await()
          .until(() ->
              waiting.size() == CROWD
                  && waiting.stream()
                      .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
      meanwhile.run();
      List<T> answers = new ArrayList<>();
      for (Future<T> one : all) {
        answers.add(one.get());
      }
      return answers;
    }
  }
}
