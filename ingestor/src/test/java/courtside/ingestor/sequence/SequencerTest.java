package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import courtside.ingestor.sequence.Outcome.Gap.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SequencerTest {
  private static final SequencerSettings SETTINGS = SequencerSettings.DEFAULT;
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final long FAR = SETTINGS.plausibleStep() + 1;
  private static final int LENGTH = 1_000;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** So that whatever compares times must not mind an overflow. */
  private static final long START = Long.MAX_VALUE - 2 * SECOND;

  private Sequencer<String> sequencer =
      new Sequencer<>(Position.beginning("relay.example"), SETTINGS);
  private long now = START;

  /** Short: what a list of outcomes says. */
  private static List<String> said(List<Outcome<String>> outcomes) {
    return outcomes.stream().map(SequencerTest::say).toList();
  }

  private static String say(Outcome<String> outcome) {
    return switch (outcome) {
      case Outcome.Accepted<String>(String frame, Position at) ->
          frame + " at " + at.epoch() + "/" + at.seq();
      case Outcome.Passed<String>(String frame, Position at) -> frame + " after " + at.seq();
      case Outcome.Duplicate<String>(String frame) -> frame + " again";
      case Outcome.Contradicted<String>(String frame, Position at) ->
          frame + " astray at " + at.seq();
      case Outcome.Dropped<String>(String frame) -> frame + " dropped";
      case Outcome.EpochBegan<String>(Position before, Position first, boolean unresumed) ->
          (unresumed ? "unresumed epoch " : "epoch ")
              + before.epoch()
              + "/"
              + before.seq()
              + " "
              + first.epoch()
              + "/"
              + first.seq();
      case Outcome.Gap<String>(long from, long to, Optional<Duration> span, Reason reason) ->
          reason + " " + from + " " + to + span.map(s -> " " + s.toSeconds() + " s").orElse("");
      case Outcome.Skipped<String>(long from, long to, long numbers) ->
          "skipped " + numbers + " " + from + " " + to;
    };
  }

  private List<String> give(String frame, long seq) {
    return give(frame, seq, Optional.empty());
  }

  private List<String> give(String frame, long seq, Optional<Instant> time) {
    return said(sequencer.numbered(frame, seq, identity(frame), time, LENGTH, now));
  }

  private List<String> give(String frame, long seq, double secondsAfterNoon) {
    return give(frame, seq, Optional.of(time(secondsAfterNoon)));
  }

  private static Instant time(double secondsAfterNoon) {
    return NOON.plusMillis(Math.round(secondsAfterNoon * 1_000));
  }

  private List<String> giveUnnumbered(String frame) {
    return said(sequencer.unnumbered(frame, LENGTH, now));
  }

  private List<String> tick(Duration later) {
    now += later.toNanos();
    return said(sequencer.tick(now));
  }

  private static FrameIdentity identity(String frame) {
    return FrameIdentity.of(frame.getBytes(StandardCharsets.UTF_8));
  }

  /** Had up to a number, by frames a tenth of a second apart; the last one is of noon. */
  private void had(long last) {
    for (long seq = last - 29; seq <= last; seq++) {
      assertThat(give("f" + seq, seq, (seq - last) / 10.0)).hasSize(1);
    }
  }

  private void resume(long seq, Optional<Instant> time) {
    FrameIdentity had = FrameIdentity.ofHash(identity("f" + seq).sha256());
    sequencer =
        new Sequencer<>(new Position("relay.example", 3, seq, Optional.of(had), time), SETTINGS);
    sequencer.connected();
  }

  private void reconnect() {
    assertThat(sequencer.disconnected()).isEmpty();
    sequencer.connected();
  }

  // What is new, and what is had

  @Test
  void takesRisingNumbers() {
    assertThat(give("a", 5)).containsExactly("a at 1/5");
    assertThat(give("b", 6)).containsExactly("b at 1/6");
    Position at = sequencer.position();
    assertThat(at.relay()).isEqualTo("relay.example");
    assertThat(at.epoch()).isEqualTo(1);
    assertThat(at.seq()).isEqualTo(6);
    assertThat(at.hash()).isEqualTo(identity("b").sha256());
    assertThat(at.frameTime()).isEmpty();
  }

  @Test
  void takesTheFirstFrameOfAnEpochWhateverItsNumber() {
    for (long asked : new long[] {0, 5, 1L << 52}) {
      sequencer = new Sequencer<>(Position.beginning("r").nextEpoch(asked), SETTINGS);
      sequencer.connected();
      assertThat(give("a", 1L << 40)).containsExactly("a at 2/" + (1L << 40));
    }
  }

  @Test
  void dropsWhatItHasByNumberAndBytes() {
    had(100);
    assertThat(give("f99", 99)).containsExactly("f99 again");
    assertThat(give("f100", 100)).containsExactly("f100 again");
    assertThat(sequencer.position().seq()).isEqualTo(100);
  }

  @Test
  void knowsTheFrameOfItsCursorAfterAStart() {
    resume(40, Optional.empty());
    assertThat(give("f40", 40)).containsExactly("f40 again");
    assertThat(give("f41", 41)).containsExactly("f41 at 3/41");
  }

  @Test
  void takesTheSameBytesUnderAHigherNumberAsNew() {
    give("a", 5);
    assertThat(give("a", 6)).containsExactly("a at 1/6");
  }

  @Test
  void forgetsWhatLiesTooFarBack() {
    sequencer =
        new Sequencer<>(
            Position.beginning("relay.example"),
            new SequencerSettings(
                3,
                10,
                2,
                SETTINGS.heldBytes(),
                SETTINGS.heldFor(),
                SETTINGS.gapSpan(),
                2,
                SETTINGS.gapWait(),
                SETTINGS.skipsEvery()));
    IntStream.rangeClosed(1, 4).forEach(seq -> give("f" + seq, seq));
    assertThat(give("f2", 2)).containsExactly("f2 again");
    assertThat(give("f1", 1)).isEmpty();
  }

  // Held

  @Test
  void holdsANumberThatFallsUntilFiftyAgree() {
    had(1_000);
    for (int seq = 1; seq < 50; seq++) {
      assertThat(give("n" + seq, seq)).isEmpty();
      assertThat(sequencer.position().seq()).isEqualTo(1_000);
    }
    List<String> all = new ArrayList<>(List.of("epoch 1/1000 2/1"));
    IntStream.rangeClosed(1, 50).forEach(seq -> all.add("n" + seq + " at 2/" + seq));
    assertThat(give("n50", 50)).isEqualTo(all);
    assertThat(give("n51", 51)).containsExactly("n51 at 2/51");
    assertThat(sequencer.nextDeadline()).isEmpty();
  }

  @Test
  void holdsANumberImplausiblyFarAboveUntilFiftyAgree() {
    had(1_000);
    long far = 1_000 + FAR;
    for (long seq = far; seq < far + 49; seq++) {
      assertThat(give("n" + seq, seq, seq - far + 60.0)).isEmpty();
    }
    List<String> said = give("n", far + 49, 109);
    assertThat(said)
        .hasSize(51)
        .startsWith("JUMP 1000 " + far + " 60 s", "n" + far + " at 1/" + far);
    assertThat(said).endsWith("n at 1/" + (far + 49));
  }

  @Test
  void takesTheFarthestPlausibleNumber() {
    had(1_000);
    long farthest = 1_000 + SETTINGS.plausibleStep();
    assertThat(give("n", farthest)).contains("n at 1/" + farthest);
  }

  @Test
  void takesWhatNothingContradictedForFiveSeconds() {
    had(1_000);
    assertThat(give("n", 7)).isEmpty();
    assertThat(sequencer.nextDeadline()).hasValue(now + 5 * SECOND);
    assertThat(tick(Duration.ofNanos(5 * SECOND - 1))).isEmpty();
    assertThat(tick(Duration.ofNanos(1))).containsExactly("epoch 1/1000 2/7", "n at 2/7");
    assertThat(give("m", 8)).containsExactly("m at 2/8");
  }

  @Test
  void anEpochSaysWhetherItsConnectionBroughtAnythingOfTheOneBefore() {
    had(1_000);
    sequencer.connected();
    assertThat(give("n", 7)).isEmpty();
    assertThat(tick(Duration.ofSeconds(5)))
        .containsExactly("unresumed epoch 1/1000 2/7", "n at 2/7");
    assertThat(give("m", 3)).isEmpty();
    assertThat(tick(Duration.ofSeconds(5))).containsExactly("epoch 2/7 3/3", "m at 3/3");
  }

  @Test
  void takesAllWhenSixteenMebibytesAreHeld() {
    had(1_000);
    int third = (16 << 20) / 3 - Held.OVERHEAD;
    assertThat(sequencer.numbered("n1", 1, identity("n1"), Optional.empty(), third, now)).isEmpty();
    assertThat(sequencer.unnumbered("x", third, now)).isEmpty();
    assertThat(said(sequencer.numbered("n2", 2, identity("n2"), Optional.empty(), third + 1, now)))
        .containsExactly("epoch 1/1000 2/1", "n1 at 2/1", "x after 1", "n2 at 2/2");
    assertThat(sequencer.heldBytes()).isZero();
  }

  @Test
  void countsWhatHoldingSmallFramesTakes() {
    had(1_000);
    give("n1", 1);
    long most = 0;
    for (int i = 0; i < 100_000 && sequencer.heldBytes() > 0; i++) {
      most = Math.max(most, i);
      sequencer.unnumbered("x", 1, now);
    }
    assertThat(most).isLessThan(40_000);
  }

  @Test
  void givesWhatIsAstrayToTheDeadLettersWhenTheOldSequenceGoesOn() {
    had(1_000);
    assertThat(give("low", 7)).isEmpty();
    assertThat(giveUnnumbered("info")).isEmpty();
    assertThat(give("high", 1L << 52)).isEmpty();
    assertThat(give("f1001", 1_001, 0.1))
        .containsExactly(
            "low astray at 1000", "info after 1000", "high astray at 1000", "f1001 at 1/1001");
    assertThat(tick(Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void letsAFrameThatWaitedContradictWhatIsOverdue() {
    had(1_000);
    give("low", 7);
    now += 60 * SECOND;
    assertThat(give("f1001", 1_001)).containsExactly("low astray at 1000", "f1001 at 1/1001");
  }

  @Test
  void takesDuplicatesForDuplicatesWhileHolding() {
    had(1_000);
    give("n1", 1);
    assertThat(give("f999", 999)).containsExactly("f999 again");
    assertThat(give("n1", 1)).containsExactly("n1 again");
    assertThat(tick(Duration.ofSeconds(5))).containsExactly("epoch 1/1000 2/1", "n1 at 2/1");
  }

  @Test
  void countsAgreementAnewWhereHeldNumbersDisagreeAndLosesNothing() {
    had(1_000);
    for (int seq = 1; seq <= 30; seq++) {
      give("n" + seq, seq);
    }
    long astray = 1L << 53;
    assertThat(give("astray", astray - 1)).isEmpty();
    for (int seq = 31; seq <= 79; seq++) {
      assertThat(give("n" + seq, seq)).isEmpty();
    }
    List<String> said = give("n80", 80);
    assertThat(said)
        .hasSize(81 + 3)
        .contains("epoch 1/1000 2/1", "n30 at 2/30")
        .contains("JUMP 30 " + (astray - 1), "epoch 2/" + (astray - 1) + " 3/31")
        .endsWith("n80 at 3/80");
  }

  @Test
  void keepsAWindowThatIsSentAgainWithOtherBytes() {
    had(1_000);
    for (int seq = 991; seq <= 1_010; seq++) {
      assertThat(give("n" + seq, seq)).isEmpty();
    }
    List<String> said = tick(Duration.ofSeconds(5));
    assertThat(said).hasSize(21).startsWith("epoch 1/1000 2/991").endsWith("n1010 at 2/1010");
  }

  @Test
  void keepsAWindowWithOtherBytesThatSkipsNumbers() {
    had(1_000);
    for (int seq = 960; seq <= 1_000; seq += 5) {
      assertThat(give("n" + seq, seq)).isEmpty();
    }
    assertThat(give("n1003", 1_003)).isEmpty();
    assertThat(give("n1900", 1_900)).isEmpty();
    assertThat(tick(Duration.ofSeconds(5))).contains("n1003 at 2/1003", "n1900 at 2/1900");
  }

  @Test
  void takesAWindowForAstrayWhereTheRelayAlsoHasTheOldBytes() {
    resume(1_000, Optional.of(NOON));
    for (int seq = 990; seq < 1_000; seq++) {
      assertThat(give("f" + seq, seq)).isEmpty();
    }
    assertThat(give("f1000", 1_000)).containsExactly("f1000 again");
    assertThat(give("f1001", 1_001))
        .hasSize(11)
        .startsWith("f990 astray at 1000")
        .endsWith("f1001 at 3/1001");
  }

  @Test
  void takesOneOtherFrameUnderTheLastNumberForAstray() {
    had(1_000);
    assertThat(give("other", 1_000)).isEmpty();
    assertThat(give("f1001", 1_001)).containsExactly("other astray at 1000", "f1001 at 1/1001");
  }

  @Test
  void dropsWhatIsHeldWhenTheConnectionEnds() {
    had(1_000);
    give("n1", 1);
    giveUnnumbered("x");
    assertThat(said(sequencer.disconnected())).containsExactly("n1 dropped", "x after 1000");
    assertThat(sequencer.position().seq()).isEqualTo(1_000);
    assertThat(sequencer.nextDeadline()).isEmpty();
    sequencer.connected();
    assertThat(give("n1", 1)).isEmpty();
  }

  @Test
  void needsToKnowThatAConnectionEndedWhileHolding() {
    had(1_000);
    give("n1", 1);
    assertThatIllegalStateException().isThrownBy(sequencer::connected);
  }

  @Test
  void beginsWhereItIsToldAndForgetsWhatItHad() {
    had(1_000);
    give("n1", 1);
    assertThat(said(sequencer.begin(sequencer.position().nextEpoch(500), now)))
        .containsExactly("n1 dropped");
    sequencer.connected();
    assertThat(give("f990", 990)).containsExactly("f990 at 2/990");
  }

  @Test
  void passesFramesWithoutANumber() {
    had(1_000);
    assertThat(giveUnnumbered("x")).containsExactly("x after 1000");
  }

  @Test
  void takesTheGreatestNumbers() {
    long most = (1L << 53) - 1;
    had(most - 1);
    assertThat(give("last", most)).containsExactly("last at 1/" + most);
    assertThat(give("n", 1)).isEmpty();
    assertThat(tick(Duration.ofSeconds(5))).contains("n at 2/1");
  }

  // Gaps

  /** Twenty-one frames after a reconnect, the first two hundred numbers on. */
  private List<String> afterReconnect(double secondsAfterNoon) {
    reconnect();
    for (int i = 0; i < 20; i++) {
      assertThat(give("g" + i, 1_200 + i, secondsAfterNoon + i / 10.0)).isEmpty();
    }
    return give("g20", 1_220, secondsAfterNoon + 2);
  }

  @Test
  void saysAGapAfterAConnectWhereTooMuchTimeIsMissing() {
    had(1_000);
    assertThat(afterReconnect(45))
        .hasSize(22)
        .startsWith("TIME 1000 1200 45 s", "g0 at 1/1200")
        .endsWith("g20 at 1/1220");
  }

  @Test
  void saysNoGapWhereNumbersAreMissingAndLittleTimeIs() {
    had(1_000);
    assertThat(afterReconnect(30)).hasSize(22).startsWith("skipped 199 1000 1200");
  }

  @Test
  void judgesAGapByWhatCameWithinASecond() {
    had(1_000);
    reconnect();
    assertThat(give("g", 1_200, 45)).isEmpty();
    assertThat(sequencer.nextDeadline()).hasValue(now + SECOND);
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("TIME 1000 1200 45 s", "g at 1/1200");
  }

  @Test
  void holdsNothingWhereTheNextNumberComes() {
    had(1_000);
    reconnect();
    assertThat(give("f1001", 1_001, 9_000)).containsExactly("f1001 at 1/1001");
  }

  @Test
  void holdsNothingAfterTheFrameOfTheCursor() {
    had(1_000);
    reconnect();
    assertThat(give("f1000", 1_000)).containsExactly("f1000 again");
    assertThat(give("f2000", 2_000, 9_000)).contains("f2000 at 1/2000");
  }

  @Test
  void saysNoGapOnARunningConnection() {
    had(1_000);
    assertThat(give("f2000", 2_000, 9_000))
        .containsExactly("skipped 999 1000 2000", "f2000 at 1/2000");
  }

  @Test
  void saysNoGapForASlowRelay() {
    for (int i = 0; i <= 21; i++) {
      give("s" + i, 10 + i, i * 10);
    }
    reconnect();
    for (int i = 23; i <= 42; i++) {
      give("s" + i, 10 + i, i * 10);
    }
    assertThat(give("s43", 53, 430)).hasSize(22).startsWith("skipped 1 31 33");
  }

  @Test
  void doesNotTrustAFewWildClocks() {
    for (double wild : new double[] {-1e9, -40, 40, 1e9}) {
      sequencer = new Sequencer<>(Position.beginning("relay.example"), SETTINGS);
      had(1_000);
      for (int i = 1; i <= 21; i++) {
        give("f" + i, 1_000 + i, i % 4 == 0 ? wild : i / 10.0);
      }
      reconnect();
      List<String> said = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        said.addAll(give("g" + i, 1_200 + i, i % 4 == 1 ? -wild : 50 + i / 10.0));
      }
      assertThat(said).as("%s", wild).hasSize(22);
      assertThat(said.getFirst()).as("%s", wild).isEqualTo("TIME 1021 1200 47 s");
    }
  }

  @Test
  void knowsTheTimeOfItsCursorAfterAStart() {
    resume(1_000, Optional.of(NOON));
    give("g", 1_200, 31);
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("TIME 1000 1200 31 s", "g at 3/1200");

    resume(1_000, Optional.of(NOON));
    give("g", 1_200, 29);
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("skipped 199 1000 1200", "g at 3/1200");
  }

  @Test
  void saysAGapWhereNoTimeTells() {
    resume(1_000, Optional.empty());
    give("g", 1_200, 0);
    assertThat(tick(Duration.ofSeconds(1)))
        .containsExactly("UNKNOWN_TIME 1000 1200", "g at 3/1200");

    resume(1_000, Optional.of(NOON));
    give("g", 1_200);
    assertThat(tick(Duration.ofSeconds(1)))
        .containsExactly("UNKNOWN_TIME 1000 1200", "g at 3/1200");

    // Given: the frame of the cursor had a clock that was a day fast.
    resume(1_000, Optional.of(time(86_400)));
    give("g", 1_200, 0);
    assertThat(tick(Duration.ofSeconds(1)))
        .containsExactly("UNKNOWN_TIME 1000 1200", "g at 3/1200");
  }

  @Test
  void judgesAGapEarlyWhereTheNextNumberFalls() {
    had(1_000);
    reconnect();
    give("g", 1_200, 45);
    assertThat(give("n", 3)).containsExactly("TIME 1000 1200 45 s", "g at 1/1200");
    assertThat(tick(Duration.ofSeconds(5))).containsExactly("epoch 1/1200 2/3", "n at 2/3");
  }

  @Test
  void looksForAGapBehindAFrameThatWasAstray() {
    had(1_000);
    reconnect();
    assertThat(give("low", 3)).isEmpty();
    assertThat(give("g", 1_200, 45)).containsExactly("low astray at 1000");
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("TIME 1000 1200 45 s", "g at 1/1200");
  }

  @Test
  void saysTheSameGapAgainWhereTheConnectionEndedBeforeItWasSaid() {
    had(1_000);
    reconnect();
    give("g", 1_200, 45);
    assertThat(said(sequencer.disconnected())).containsExactly("g dropped");
    sequencer.connected();
    give("g", 1_200, 45);
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("TIME 1000 1200 45 s", "g at 1/1200");
  }

  @Test
  void saysAGapWhereTheRelaySaysThatTheCursorIsOutdated() {
    had(1_000);
    reconnect();
    sequencer.outdatedCursor();
    assertThat(give("g", 1_200, 1)).containsExactly("OUTDATED_CURSOR 1000 1200", "g at 1/1200");
    assertThat(give("h", 1_300, 1)).doesNotContain("OUTDATED_CURSOR 1200 1300");
  }

  @Test
  void saysNoGapForAnOutdatedCursorWhereNothingIsMissing() {
    sequencer.connected();
    sequencer.outdatedCursor();
    assertThat(give("a", 5)).containsExactly("a at 1/5");
    reconnect();
    sequencer.outdatedCursor();
    assertThat(give("a", 5)).containsExactly("a again");
    assertThat(give("b", 7)).containsExactly("skipped 1 5 7", "b at 1/7");
  }

  @Test
  void looksForAGapBehindAnAskedNumberWhoseTimeIsKnown() {
    Position asked = Position.before("other.example", 2, 1_000, Optional.of(NOON));
    var _ = sequencer.begin(asked, now);
    sequencer.connected();
    assertThat(give("g", 9_000, 60)).isEmpty();
    assertThat(tick(Duration.ofSeconds(1))).containsExactly("TIME 1000 9000 60 s", "g at 2/9000");
  }

  // Skipped numbers

  @Test
  void saysSkippedNumbersAtMostOnceASecond() {
    had(100);
    assertThat(give("a", 102)).containsExactly("skipped 1 100 102", "a at 1/102");
    assertThat(give("b", 105)).containsExactly("b at 1/105");
    assertThat(give("c", 106)).containsExactly("c at 1/106");
    assertThat(give("d", 108)).containsExactly("d at 1/108");
    assertThat(sequencer.nextDeadline()).hasValue(now + SECOND);
    assertThat(tick(Duration.ofNanos(SECOND - 1))).isEmpty();
    assertThat(tick(Duration.ofNanos(1))).containsExactly("skipped 3 102 108");
    assertThat(sequencer.nextDeadline()).isEmpty();
  }

  @Test
  void saysSkippedNumbersBeforeTheirEpochEnds() {
    had(100);
    give("a", 102);
    give("b", 104);
    assertThat(said(sequencer.begin(sequencer.position().nextEpoch(0), now)))
        .containsExactly("skipped 1 102 104");
  }
}
