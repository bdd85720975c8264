package courtside.doctor;

import courtside.eventlog.status.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How old the newest item is. A quiet feed is no fault, and one that was just made is empty: what
 * stands still is said by lags.
 */
final class FreshCheck implements Check {
  private final Examination examination;
  private final InstantSource clock;

  FreshCheck(Examination examination, InstantSource clock) {
    this.examination = examination;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "fresh";
  }

  @Override
  public List<Finding> look(Chart chart) {
    Map<String, Instant> newest = chart.newest();
    List<String> said = new ArrayList<>();
    Subjects.of(examination, chart)
        .forEach(feed -> {
          Instant at = newest.get(feed.value());
          if (at != null) {
            Duration age = Duration.between(at, clock.instant());
            said.add(
                "the newest post of "
                    + feed
                    + (age.isNegative()
                        ? " says of itself that it was made "
                            + Words.of(age.negated())
                            + " in the future"
                        : " was made " + Words.of(age) + " ago"));
          } else if (chart.isShown(feed)) {
            said.add(feed + " has no posts yet: history begins with installation");
          }
        });
    OptionalDouble item =
        chart.speaking().orElse(List.of()).stream()
            .map(ServiceStatus::figures)
            .map(figures -> figures.get("seconds_since_item"))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .min();
    if (item.isPresent()) {
      said.add("the last change of any feed was " + Words.ofSeconds(item.getAsDouble()) + " ago");
    }
    return List.of(
        said.isEmpty()
            ? Finding.skipped(
                name(),
                (chart.host().isPresent()
                        ? "no feed shows its first page"
                        : HostCheck.obstacle(examination))
                    + ", and no feed API says it by the log")
            : Finding.ok(name(), String.join("; ", said)));
  }
}
