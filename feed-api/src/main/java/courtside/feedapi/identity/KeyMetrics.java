package courtside.feedapi.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What is counted about keys. Thread-safe. */
final class KeyMetrics {
  private static final String FOUND = "found";

  private final Counter found;
  private final Map<KeyFailure, Counter> failed = new EnumMap<>(KeyFailure.class);
  private final Timer fetched;
  private final Map<KeyFailure, Timer> fetchedInVain = new EnumMap<>(KeyFailure.class);
  private final Counter forced;

  KeyMetrics(MeterRegistry metrics) {
    found = answers(metrics, FOUND);
    fetched = fetches(metrics, FOUND);
    for (KeyFailure reason : KeyFailure.values()) {
      failed.put(reason, answers(metrics, reason.label()));
      fetchedInVain.put(reason, fetches(metrics, reason.label()));
    }
    forced =
        Counter.builder("courtside.feed.api.key.forced")
            .description("fetches because of a signature that failed")
            .register(metrics);
  }

  private static Counter answers(MeterRegistry metrics, String answer) {
    return Counter.builder("courtside.feed.api.key.answers")
        .description("what came of asking for an account's signing key")
        .tag("answer", answer)
        .register(metrics);
  }

  private static Timer fetches(MeterRegistry metrics, String outcome) {
    return Timer.builder("courtside.feed.api.key.fetches")
        .description("fetches of documents, by what came of them")
        .tag("outcome", outcome)
        .register(metrics);
  }

  KeyAnswer answered(KeyAnswer answer) {
    switch (answer) {
      case KeyAnswer.Found _ -> found.increment();
      case KeyAnswer.Failed(KeyFailure reason) -> of(failed, reason).increment();
    }
    return answer;
  }

  void fetched(KeyAnswer answer, Duration taken) {
    switch (answer) {
      case KeyAnswer.Found _ -> fetched.record(taken);
      case KeyAnswer.Failed(KeyFailure reason) -> of(fetchedInVain, reason).record(taken);
    }
  }

  void forced() {
    forced.increment();
  }

  private static <T> T of(Map<KeyFailure, T> meters, KeyFailure reason) {
    T meter = meters.get(reason);
    if (meter == null) {
      throw new IllegalStateException("every reason has its meter, but not " + reason);
    }
    return meter;
  }
}
