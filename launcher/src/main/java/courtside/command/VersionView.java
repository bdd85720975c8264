package courtside.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A version of a feed as people see it. Immutable.
 *
 * @param role {@code serving}, {@code following}, {@code replaying}, {@code held}, {@code new} or
 *     {@code removed}
 */
record VersionView(
    FeedVersion version, FeedDefinition definition, String role, VersionProgress progress) {
  static final String SERVING = "serving";
  static final String REPLAYING = "replaying";
  static final String REMOVED = "removed";

  /** Statuses are written each second; where there is no newer one, nobody is there. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /** The versions of a feed, the newest last. */
  static List<VersionView> of(FeedsLog log, RecordKey feed, List<Long> begins) {
    Optional<FeedState> state = log.catalogue().state(feed);
    return log.catalogue().definitions(feed).entrySet().stream()
        .map(one ->
            new VersionView(
                one.getKey(),
                one.getValue(),
                role(one.getKey().version(), one.getValue(), state),
                log.progress(one.getKey(), begins)))
        .toList();
  }

  private static String role(String version, FeedDefinition definition, Optional<FeedState> state) {
    Optional<String> id = Optional.of(version);
    if (state.isEmpty()) {
      return "new";
    }
    FeedState known = state.get();
    if (known.served().equals(id)) {
      return SERVING;
    }
    if (known.previous().equals(id)) {
      return "following";
    }
    if (known.candidate().equals(id)) {
      return definition.hold() ? "held" : REPLAYING;
    }
    return known.removing().contains(version) ? REMOVED : "new";
  }

  /** How far it is, in words. */
  String words(Instant now) {
    if (progress.sum().said().isEmpty()) {
      return "no processor has said anything of it yet";
    }
    String words =
        role.equals(REMOVED)
            ? "its items are being taken out"
            : progress.current()
                ? String.format(
                    Locale.ROOT,
                    "up to date, %,d read, %,.0f/s",
                    progress.sum().passed(),
                    progress.sum().rate())
                : progress.inWords();
    return words + silence(now);
  }

  /** Since when nothing has been heard of it, where that is long; otherwise empty. */
  String silence(Instant now) {
    return progress
        .sum()
        .said()
        .map(said -> Duration.between(said, now))
        .filter(silent -> silent.compareTo(SILENCE) > 0)
        .map(
            silent -> " (as of " + VersionProgress.inWords(silent) + " ago: does a processor run?)")
        .orElse("");
  }

  /** As JSON: version, role, and how far it is, in offsets of {@code posts}. */
  ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", version.version())
            .put("role", role)
            .put("percent", progress.sum().percent())
            .put("passed", progress.sum().passed())
            .put("total", progress.sum().total())
            .put("rate", progress.sum().rate())
            .put("up_to_date", progress.current());
    progress.sum().left().ifPresent(left -> json.put("seconds_left", left.toSeconds()));
    progress.sum().said().ifPresent(said -> json.put("said_at", said.toString()));
    return json;
  }
}
