package courtside.doctor;

import courtside.eventlog.status.ServiceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How long ago the relay's last frame came, and how far behind each service says it is. */
final class LagCheck implements Check {
  private static final String BEAT = "seconds_since_last_beat";
  private static final String TIMEOUT = "heartbeat_timeout_seconds";

  /** By figure, what is said of it. */
  private static final Map<String, String> LAGS =
      Map.of(
          "lag_seconds", "its frames are old when they come",
          "frames_lag_seconds", "frames wait to be taken apart",
          "posts_lag_seconds", "posts wait to be matched",
          "seconds_behind", "what it serves is old");

  private final Examination examination;

  LagCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "lag";
  }

  @Override
  public List<Finding> look(Chart chart) {
    Optional<List<ServiceStatus>> speaking = chart.speaking();
    if (speaking.isEmpty()) {
      return List.of(
          Finding.skipped(name(), TopicsCheck.obstacle(chart).orElse("nobody listened")));
    }
    List<String> wrong = new ArrayList<>();
    Optional<Double> beat = Optional.empty();
    double most = 0;
    for (ServiceStatus status : speaking.get()) {
      Map<String, Double> figures = status.figures();
      Double silence = figures.get(BEAT);
      if (silence != null) {
        beat = Optional.of(silence);
        double timeout = figures.getOrDefault(TIMEOUT, silence);
        if (silence > timeout) {
          wrong.add(
              "expected a frame within "
                  + Words.ofSeconds(timeout)
                  + ", found none for "
                  + Words.ofSeconds(silence)
                  + " ("
                  + status.instance()
                  + ")");
        }
      }
      for (Map.Entry<String, String> lag : LAGS.entrySet()) {
        double seconds = figures.getOrDefault(lag.getKey(), 0.0);
        most = Math.max(most, seconds);
        if (seconds > examination.limits().lag().toMillis() / 1e3) {
          wrong.add(
              "expected "
                  + status.service()
                  + " to be at most "
                  + Words.of(examination.limits().lag())
                  + " behind, found "
                  + Words.ofSeconds(seconds)
                  + ": "
                  + lag.getValue());
        }
      }
    }
    if (!wrong.isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              String.join("; ", wrong),
              "nothing while it falls; otherwise another relay, or more processors"));
    }
    if (speaking.get().isEmpty()) {
      return List.of(Finding.skipped(name(), "no service speaks"));
    }
    return List.of(
        Finding.ok(
            name(),
            beat.map(seconds -> "the last frame came " + Words.ofSeconds(seconds) + " ago; ")
                    .orElse("no ingestor reads; ")
                + "at most "
                + Words.ofSeconds(most)
                + " behind"));
  }
}
