package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;

/** Lists them. */
@Command(
    name = "list",
    description = "Lists the feeds and their versions: which is served, and how far each is.",
    mixinStandardHelpOptions = true)
final class FeedsListCommand extends FeedsLogCommand {
  /** Statuses are written each second; where there is no newer one, nobody is there. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    PrintWriter out = spec().commandLine().getOut();
    try (FeedsLog log = open()) {
      List<Long> begins = log.begins();
      Instant now = Instant.now();
      if (log.catalogue().feeds().isEmpty()) {
        out.println("There are no feeds. Make one: courtside feeds apply FILE");
      }
      for (RecordKey feed : log.catalogue().feeds()) {
        print(log, feed, begins, now, out);
      }
    }
    return ServiceProcess.EX_OK;
  }

  private static void print(
      FeedsLog log, RecordKey feed, List<Long> begins, Instant now, PrintWriter out) {
    SequencedMap<FeedVersion, FeedDefinition> definitions = log.catalogue().definitions(feed);
    Optional<FeedState> state = log.catalogue().state(feed);
    String name =
        definitions.isEmpty() ? "" : "  " + definitions.lastEntry().getValue().displayName();
    String deleted = state.filter(FeedState::deleted).isPresent() ? "  deleted" : "";
    out.println(feed + name + deleted);
    definitions.forEach((version, definition) -> {
      String role = role(version.version(), definition, state);
      VersionProgress progress = log.progress(version, begins);
      out.printf(
          Locale.ROOT, "  %s  %-10s %s%n", version.version(), role, words(role, progress, now));
    });
  }

  private static String role(String version, FeedDefinition definition, Optional<FeedState> state) {
    Optional<String> id = Optional.of(version);
    if (state.isEmpty()) {
      return "new";
    }
    FeedState known = state.get();
    if (known.served().equals(id)) {
      return "serving";
    }
    if (known.previous().equals(id)) {
      return "following";
    }
    if (known.candidate().equals(id)) {
      return definition.hold() ? "held" : "replaying";
    }
    return known.removing().contains(version) ? "removed" : "new";
  }

  private static String words(String role, VersionProgress progress, Instant now) {
    if (progress.said().isEmpty()) {
      return "no processor has said anything of it yet";
    }
    Duration silent = Duration.between(progress.said().get(), now);
    String words =
        role.equals("removed")
            ? "its items are being taken out"
            : progress.current()
                ? String.format(
                    Locale.ROOT,
                    "up to date, %,d read, %,.0f/s",
                    progress.passed(),
                    progress.rate())
                : progress.inWords();
    return silent.compareTo(SILENCE) > 0
        ? words + " (as of " + VersionProgress.inWords(silent) + " ago: does a processor run?)"
        : words;
  }
}
