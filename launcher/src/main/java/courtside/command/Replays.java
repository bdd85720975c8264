package courtside.command;

import courtside.screen.Screen;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Which versions replay, and how far they are. Confined to one thread. */
final class Replays {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Set<String> OUT_OF_PLAY = Set.of("following", VersionView.REMOVED);

  private final FeedsLog log;
  private final InstantSource clock;
  private final List<Long> begins;

  Replays(FeedsLog log, InstantSource clock) throws InterruptedException {
    this.log = log;
    this.clock = clock;
    this.begins = log.begins();
  }

  /** Those that have not read all, and candidates that have and are not served yet. */
  List<VersionView> now() {
    return log.catalogue().feeds().stream()
        .flatMap(feed -> VersionView.of(log, feed, begins).stream())
        .filter(one -> !OUT_OF_PLAY.contains(one.role()))
        .filter(one -> one.role().equals(VersionView.REPLAYING) || !one.progress().current())
        .toList();
  }

  /** A line of each. */
  List<String> lines() {
    Instant now = clock.instant();
    return now().stream().map(one -> one.version().key() + "  " + line(one, now)).toList();
  }

  private static String line(VersionView one, Instant now) {
    if (one.progress().sum().partitions() == 0) {
      return "waits for a processor";
    }
    return (one.progress().current()
            ? "has caught up, and is served once it has kept up for a while"
            : one.progress().bar())
        + one.silence(now);
  }

  /** Rewrites the lines until nothing replays, or the thread is interrupted. */
  void watch(Screen screen) throws InterruptedException {
    List<String> lines = lines();
    while (!lines.isEmpty()) {
      screen.status(lines);
      Thread.sleep(LOOK);
      log.read();
      lines = lines();
    }
    screen.clearStatus();
  }
}
