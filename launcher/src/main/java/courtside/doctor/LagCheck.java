package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.status.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long ago the relay's last frame came, how far behind each service says it is, and each feed
 * that is served. What replays or fills for the first time is behind as it has to be.
 */
final class LagCheck implements Check {
  private static final String BEAT = "seconds_since_last_beat";
  private static final String TIMEOUT = "heartbeat_timeout_seconds";
  private static final String LATE = "lag_seconds";
  private static final String MOST_LATE = "lag_limit_seconds";

  /** By figure, what is said of it. */
  private static final Map<String, String> LAGS =
      Map.of(
          LATE,
          "its frames are old when they come",
          "frames_lag_seconds",
          "frames wait to be taken apart",
          "seconds_behind",
          "what it serves is old");

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
        double limit =
            lag.getKey().equals(LATE) ? mostLate(figures) : seconds(examination.limits().lag());
        if (seconds > limit) {
          wrong.add(
              "expected "
                  + status.service()
                  + " to be at most "
                  + Words.ofSeconds(limit)
                  + " behind, found "
                  + Words.ofSeconds(seconds)
                  + ": "
                  + lag.getValue());
        }
      }
    }
    Optional<Instant> now =
        speaking.get().stream()
            .filter(status -> status.service().equals("processor"))
            .map(ServiceStatus::at)
            .max(Comparator.naturalOrder());
    if (now.isPresent()) {
      // Otherwise what was said of feeds is old, and that no processor speaks is said already.
      for (Map.Entry<FeedVersion, List<FeedStatus>> served : chart.following().entrySet()) {
        double behind = behind(served.getKey().feed(), served.getValue(), wrong);
        most = Math.max(most, behind);
        silence(served.getKey().feed(), served.getValue(), now.get(), wrong);
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

  /** What was set here, else what the ingestor has itself: it may be told to read history. */
  private double mostLate(Map<String, Double> figures) {
    return examination
        .limits()
        .late()
        .map(LagCheck::seconds)
        .orElseGet(() -> figures.getOrDefault(MOST_LATE, seconds(examination.limits().lag())));
  }

  private double behind(RecordKey feed, List<FeedStatus> partitions, List<String> wrong) {
    Duration behind = Duration.ZERO;
    for (FeedStatus partition : partitions) {
      // A task that has just begun has seen nothing, and knows not how old that is.
      if (partition.position() < partition.end() && partition.seenAt().isAfter(Instant.EPOCH)) {
        Duration lag = Duration.between(partition.seenAt(), partition.at());
        behind = lag.compareTo(behind) > 0 ? lag : behind;
      }
    }
    if (behind.compareTo(examination.limits().lag()) > 0) {
      wrong.add(
          "expected "
              + feed
              + " to be at most "
              + Words.of(examination.limits().lag())
              + " behind, found "
              + Words.of(behind)
              + ": posts wait to be matched");
    }
    return seconds(behind);
  }

  /** By the processors' own clocks. */
  private void silence(
      RecordKey feed, List<FeedStatus> partitions, Instant now, List<String> wrong) {
    partitions.stream()
        .map(FeedStatus::at)
        .min(Comparator.naturalOrder())
        .map(said -> Duration.between(said, now))
        .filter(silent -> silent.compareTo(examination.limits().told()) > 0)
        .ifPresent(silent ->
            wrong.add(
                "expected a word of where "
                    + feed
                    + " is within "
                    + Words.of(examination.limits().told())
                    + ", found none for "
                    + Words.of(silent)));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
