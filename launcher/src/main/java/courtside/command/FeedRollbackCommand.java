package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.screen.Screen;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Goes back to the version before. */
@Command(
    name = "rollback",
    description = {
      "Serves the version of a feed that was served before, at once.",
      "The version served now goes on following the log: the same again goes back to it."
    },
    mixinStandardHelpOptions = true)
final class FeedRollbackCommand extends FeedWishCommand {
  @Override
  Asked ask(FeedsLog log, RecordKey feed, FeedState state, String id, Screen screen)
      throws RefusedException {
    FeedVersion version =
        new FeedVersion(
            feed,
            state
                .previous()
                .orElseThrow(() ->
                    new RefusedException(
                        "there is no version of "
                            + feed
                            + " to go back to: none was served before "
                            + describe(state.served())
                            + ", or it is gone. Apply its definition: courtside feeds apply"
                            + " FILE")));
    screen.line(version + "  is to be served in the place of " + describe(state.served()));
    state
        .candidate()
        .ifPresent(other ->
            screen.line(
                "But "
                    + other
                    + " is on its way, and takes its place in turn "
                    + (log.isHeld(new FeedVersion(feed, other))
                        ? "when somebody promotes it."
                        : "when it has caught up.")));
    return new Asked(
        new Wish.Rollback(id, Instant.now(), feed.value(), version.version()),
        Optional.of(version));
  }
}
