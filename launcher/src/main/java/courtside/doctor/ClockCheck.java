package courtside.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether this machine's clock agrees with those of everybody who was asked. */
final class ClockCheck implements Check {
  private final Examination examination;

  ClockCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "clock";
  }

  @Override
  public List<Finding> look(Chart chart) {
    Map<String, Duration> clocks = chart.clocks();
    if (clocks.isEmpty()) {
      return List.of(Finding.skipped(name(), "nobody has said what time it is"));
    }
    Duration most = Duration.ZERO;
    List<String> apart = new ArrayList<>();
    for (Map.Entry<String, Duration> other : clocks.entrySet()) {
      Duration distance = other.getValue().abs();
      most = distance.compareTo(most) > 0 ? distance : most;
      if (distance.compareTo(examination.limits().clock()) > 0) {
        apart.add(
            "that of "
                + other.getKey()
                + " "
                + Words.of(distance)
                + (other.getValue().isNegative() ? " behind" : " ahead"));
      }
    }
    if (apart.isEmpty()) {
      return List.of(
          Finding.ok(
              name(),
              "within "
                  + Words.of(most)
                  + " of "
                  + Words.of(clocks.size(), "other clock", "other clocks")));
    }
    return List.of(
        Finding.wrong(
            name(),
            "expected clocks to be within "
                + Words.of(examination.limits().clock())
                + " of this machine's, found "
                + String.join(", ", apart),
            apart.size() == clocks.size() && apart.size() > 1
                ? "set this machine's clock (NTP)"
                : "set the clock of that machine (NTP), or of this one"));
  }
}
