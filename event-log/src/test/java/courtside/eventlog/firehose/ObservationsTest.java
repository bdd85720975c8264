package courtside.eventlog.firehose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ObservationsTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Duration OVERLAP = Duration.ofMinutes(2);

  private static Observation at(long seq, int minute) {
    Instant time = NOON.plus(Duration.ofMinutes(minute));
    return new Observation(seq, time, time.plusSeconds(1));
  }

  private static Observations ofMinutes(int from, int to) {
    Observations observations = Observations.none("relay.example");
    for (int minute = from; minute <= to; minute++) {
      observations = observations.with(at(minute * 1_000L, minute));
    }
    return observations;
  }

  @Test
  void keepTheNewest() {
    assertThat(ofMinutes(1, 180).newest()).hasSize(180).startsWith(at(1_000, 1));
    assertThat(ofMinutes(1, 181).newest())
        .hasSize(180)
        .startsWith(at(2_000, 2))
        .endsWith(at(181_000, 181));
  }

  @Test
  void begunAnewByALowerSequence() {
    assertThat(ofMinutes(1, 9).with(at(9_000, 10)).newest()).hasSize(10);
    assertThat(ofMinutes(1, 9).with(at(8_999, 10)).newest()).containsExactly(at(8_999, 10));
    assertThat(ofMinutes(1, 200).with(at(5, 201)).with(at(6, 202)).newest())
        .containsExactly(at(5, 201), at(6, 202));
  }

  @Test
  void findTheNewestThatIsOldEnough() {
    Observations observations = ofMinutes(1, 10);
    Instant fifth = NOON.plus(Duration.ofMinutes(5)).plus(OVERLAP);
    assertThat(observations.newestBefore(fifth, OVERLAP)).contains(at(5_000, 5));
    assertThat(observations.newestBefore(fifth.minusMillis(1), OVERLAP)).contains(at(4_000, 4));
    assertThat(observations.newestBefore(NOON.plus(Duration.ofDays(1)), OVERLAP))
        .contains(at(10_000, 10));
    assertThat(observations.newestBefore(NOON.plus(OVERLAP), OVERLAP)).isEmpty();
    assertThat(Observations.none("relay.example").newestBefore(fifth, OVERLAP)).isEmpty();
  }

  @Test
  void findTheNewestAlsoWhereAMedianIsWild() {
    Observations observations =
        ofMinutes(1, 3).with(new Observation(4_000, NOON.plus(Duration.ofDays(9)), NOON));
    assertThat(observations.newestBefore(NOON.plus(Duration.ofHours(1)), OVERLAP))
        .contains(at(3_000, 3));
  }

  @Test
  void haveAKeyThatIsNoRelay() {
    assertThat(Observations.key("relay.example")).isEqualTo("relay.example#observed");
    assertThat(Observations.isKey(Observations.key("relay.example"))).isTrue();
    assertThat(Observations.isKey("relay.example")).isFalse();
  }

  @Test
  void areNeverTooMany() {
    List<Observation> many = Collections.nCopies(181, at(1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Observations("relay.example", many));
  }
}
