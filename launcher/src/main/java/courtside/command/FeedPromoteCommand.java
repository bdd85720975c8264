package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.screen.Screen;
import java.time.Instant;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;

/** Serves a version that waits. */
@Command(
    name = "promote",
    description = {
      "Serves the version of a feed that is held or replaying, as soon as it has caught up.",
      "The version served now goes on following the log: 'feeds rollback' goes back to it."
    },
    mixinStandardHelpOptions = true)
final class FeedPromoteCommand extends FeedWishCommand {
  @Override
  Asked ask(FeedsLog log, RecordKey feed, FeedState state, String id, Screen screen)
      throws RefusedException {
    FeedVersion version = new FeedVersion(feed, candidate(log, feed, state));
    screen.line(version + "  is to be served in the place of " + describe(state.served()));
    return new Asked(
        new Wish.Promote(id, Instant.now(), feed.value(), version.version()), Optional.of(version));
  }

  /** The version that waits; one that no steward has looked at yet will. */
  private static String candidate(FeedsLog log, RecordKey feed, FeedState state)
      throws RefusedException {
    SequencedMap<FeedVersion, FeedDefinition> definitions = log.catalogue().definitions(feed);
    if (!definitions.isEmpty()) {
      String newest = definitions.lastEntry().getKey().version();
      if (!state.served().equals(Optional.of(newest))
          && !state.previous().equals(Optional.of(newest))
          && !state.removing().contains(newest)) {
        return newest;
      }
    }
    return state
        .candidate()
        .orElseThrow(() ->
            new RefusedException(
                "no version of "
                    + feed
                    + " waits to be served; "
                    + describe(state.served())
                    + " is"
                    + state
                        .previous()
                        .map(before ->
                            ", and " + before + " was before it: courtside feeds rollback " + feed)
                        .orElse(". To change it: courtside feeds apply --hold FILE")));
  }
}
