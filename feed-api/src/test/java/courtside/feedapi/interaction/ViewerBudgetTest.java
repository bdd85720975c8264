package courtside.feedapi.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import courtside.atproto.syntax.Did;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ViewerBudgetTest {
  private static final Did ANNA = new Did("did:plc:anna");
  private static final Did BORIS = new Did("did:plc:boris");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final ViewerBudget budget = new ViewerBudget(1_000, 100, 3, nanos::get);

  @Test
  void letsEachViewerReportSoManyAtOnce() {
    assertThat(budget.take(ANNA, 600)).isEmpty();
    assertThat(budget.take(ANNA, 400)).isEmpty();

    assertThat(budget.take(ANNA, 1)).contains(Duration.ofMillis(600));
    assertThat(budget.take(BORIS, 1_000)).isEmpty();
    assertThat(budget.take(ANNA, 0)).isEmpty();
  }

  @Test
  void growsAgainByTheMinute() {
    assertThat(budget.take(ANNA, 1_000)).isEmpty();

    pass(Duration.ofMinutes(2));
    // What is refused is not taken.
    assertThat(budget.take(ANNA, 201)).contains(Duration.ofMillis(600));
    assertThat(budget.take(ANNA, 200)).isEmpty();

    pass(Duration.ofDays(1));
    assertThat(budget.take(ANNA, 1_000)).isEmpty();
    assertThat(budget.take(ANNA, 1)).isPresent();
  }

  @Test
  void hasAgainWhatIsGivenBack() {
    assertThat(budget.take(ANNA, 600)).isEmpty();
    assertThat(budget.take(ANNA, 400)).isEmpty();

    budget.giveBack(ANNA, 400);
    assertThat(budget.take(ANNA, 401)).contains(Duration.ofMillis(600));
    assertThat(budget.take(ANNA, 400)).isEmpty();

    // What has grown meanwhile is not lost, and no more than a full budget is ever there.
    pass(Duration.ofMinutes(1));
    budget.giveBack(ANNA, 400);
    assertThat(budget.take(ANNA, 500)).isEmpty();
    assertThat(budget.take(ANNA, 1)).isPresent();
    pass(Duration.ofMinutes(9));
    budget.giveBack(ANNA, 500);
    assertThat(budget.take(ANNA, 1_000)).isEmpty();
    assertThat(budget.take(ANNA, 1)).isPresent();
  }

  @Test
  void givesNothingBackToWhoWasForgotten() {
    budget.giveBack(ANNA, 1);

    assertThat(budget.remembered()).isZero();
    assertThat(budget.take(ANNA, 1_000)).isEmpty();
    assertThat(budget.take(ANNA, 1)).isPresent();
  }

  @Test
  void remembersThoseWhoReportedLast() {
    assertThat(budget.take(ANNA, 1_000)).isEmpty();
    assertThat(budget.take(new Did("did:plc:b"), 1_000)).isEmpty();
    assertThat(budget.take(new Did("did:plc:c"), 1_000)).isEmpty();
    assertThat(budget.take(ANNA, 1)).isPresent();

    // when there is one more, the one who has asked least lately is forgotten
    assertThat(budget.take(new Did("did:plc:d"), 1_000)).isEmpty();

    assertThat(budget.remembered()).isEqualTo(3);
    assertThat(budget.take(ANNA, 1)).isPresent();
    assertThat(budget.take(new Did("did:plc:b"), 1)).isEmpty();
  }

  @Test
  void neverWaitsForWhatWillNeverBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> budget.take(ANNA, 1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> budget.take(ANNA, -1));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
