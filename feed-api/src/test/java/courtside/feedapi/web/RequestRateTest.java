package courtside.feedapi.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.server.handler.DoSHandler.Tracker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestRateTest {
  private static final int PER_SECOND = 1_000;
  private static final long SECOND = 1_000_000_000;

  private final Tracker tracker = new RequestRate(PER_SECOND).newTracker("192.0.2.1");

  @ParameterizedTest
  @ValueSource(ints = {1_010, 1_500, 2_000, 10_000})
  void holdsWhoAsksTooOftenToTheRate(int asked) {
    for (int n = 0; n < 5 * PER_SECOND; n++) {
      tracker.onRequest(0);
    }

    assertThat(passed(0, 60, asked)).isBetween(60 * PER_SECOND - 1, 60 * PER_SECOND + 1);
  }

  @Test
  void letsPassWhoAsksAtTheRate() {
    assertThat(passed(0, 60, PER_SECOND)).isEqualTo(60 * PER_SECOND);
  }

  @Test
  void letsTwiceAsManyPassAtOnce() {
    int passed = 0;
    for (int n = 0; n < 5 * PER_SECOND; n++) {
      passed += tracker.onRequest(0) ? 1 : 0;
    }

    assertThat(passed).isEqualTo(2 * PER_SECOND);
    // From then on it is as one that was never there.
    assertThat(tracker.getExpireNanoTime()).isEqualTo(2 * SECOND);
  }

  private int passed(int fromSecond, int toSecond, int perSecond) {
    int passed = 0;
    for (long n = (long) fromSecond * perSecond; n < (long) toSecond * perSecond; n++) {
      passed += tracker.onRequest(n * SECOND / perSecond) ? 1 : 0;
    }
    return passed;
  }
}
