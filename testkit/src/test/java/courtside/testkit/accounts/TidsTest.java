package courtside.testkit.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TidsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00.000123Z");

  @Test
  void saysTheMomentThatItIsGiven() {
    Tids tids = new Tids(17);
    Tid first = tids.next(NOW);
    assertThat(first.time()).isEqualTo(NOW);
    assertThat(first.clockId()).isEqualTo(17);
    assertThat(tids.next(NOW.plusSeconds(9)).time()).isEqualTo(NOW.plusSeconds(9));
  }

  @Test
  void risesWhereTheClockStandsOrGoesBack() {
    Tids tids = new Tids(0);
    List<Tid> made =
        List.of(
            tids.next(NOW),
            tids.next(NOW),
            tids.next(NOW.minusSeconds(3600)),
            tids.next(NOW.plusNanos(1_000)),
            tids.next(NOW.plusSeconds(1)));
    assertThat(made).isSorted().doesNotHaveDuplicates();
    assertThat(made.get(3).time()).isEqualTo(NOW.plusNanos(3_000));
    assertThat(made.getLast().time()).isEqualTo(NOW.plusSeconds(1));
  }
}
