package courtside.feedapi.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Did;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UsedTokensTest {
  private static final Did ALICE = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Did MALLORY = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final Instant SOON = NOW.plusSeconds(65);
  private static final Instant LATE = NOW.plusSeconds(3_605);
  private static final int MOST = 1_000;

  private final UsedTokens used = new UsedTokens(MOST);

  @Test
  void whoeverMakesManyForLongProtectsHimselfLess() {
    for (int i = 0; i < MOST - 1; i++) {
      assertThat(used.use(MALLORY, "m" + i, LATE, NOW)).isTrue();
    }
    assertThat(used.use(ALICE, "a", SOON, NOW)).isTrue();
    for (int i = 0; i < 10 * MOST; i++) {
      used.use(MALLORY, "n" + i, LATE, NOW);
      assertThat(used.size()).isLessThanOrEqualTo(MOST);
    }
    assertThat(used.forgotten()).isEqualTo(10 * MOST);
    assertThat(used.use(ALICE, "a", SOON, NOW)).isFalse();
    for (int i = 0; i < MOST / 2; i++) {
      assertThat(used.use(ALICE, "b" + i, SOON, NOW)).isTrue();
    }
    for (int i = 0; i < MOST / 2; i++) {
      assertThat(used.holds(ALICE, "b" + i, NOW)).isTrue();
    }
  }

  @Test
  void whatHoldsNoLongerTakesNoRoom() {
    for (int i = 0; i < MOST; i++) {
      used.use(ALICE, "a" + i, NOW.plusSeconds(i), NOW);
    }
    assertThat(used.size()).isEqualTo(MOST);
    assertThat(used.holds(ALICE, "a0", NOW.plusMillis(999))).isTrue();
    assertThat(used.holds(ALICE, "a0", NOW.plusSeconds(1))).isFalse();
    assertThat(used.size()).isEqualTo(MOST - 1);
    assertThat(used.holds(ALICE, "x", LATE)).isFalse();
    assertThat(used.size()).isZero();
    assertThat(used.forgotten()).isZero();
  }

  @Test
  void aClockThatGoesBackBringsNothingBack() {
    used.use(ALICE, "a", NOW.plusSeconds(5), NOW);
    used.use(ALICE, "b", LATE, NOW.plusSeconds(10));
    assertThat(used.use(ALICE, "a", NOW.plusSeconds(5), NOW)).isFalse();
  }

  @Test
  void issuerAndNonceAreNotOneText() {
    used.use(new Did("did:web:a.example"), "b", SOON, NOW);
    assertThat(used.holds(new Did("did:web:a.exampleb"), "", NOW)).isFalse();
    assertThat(used.holds(new Did("did:web:a.example"), "b", NOW)).isTrue();
  }
}
