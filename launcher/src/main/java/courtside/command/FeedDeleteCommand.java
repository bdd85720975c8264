package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.screen.Screen;
import java.io.Console;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Takes a feed away. */
@Command(
    name = "delete",
    description = {
      "Takes a feed away from its readers at once, and its items out of the log. Asks before.",
      "Applying its definition again makes it anew from the retained history."
    },
    mixinStandardHelpOptions = true)
final class FeedDeleteCommand extends FeedWishCommand {
  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  Asked ask(FeedsLog log, RecordKey feed, FeedState state, String id, Screen screen)
      throws RefusedException {
    String versions =
        log.catalogue().versions(feed).stream()
            .map(FeedVersion::version)
            .collect(Collectors.joining(", "));
    screen.line(
        feed
            + " is to be deleted with all its versions: "
            + versions
            + "; "
            + describe(state.served())
            + " is served");
    if (!yes && !isMeant(feed.value())) {
      throw new RefusedException("nothing was deleted: expected '" + feed + "' to be typed");
    }
    return new Asked(new Wish.DeleteFeed(id, Instant.now(), feed.value()), Optional.empty());
  }

  /** Whether somebody at a terminal says so. */
  @SuppressWarnings(
      "SystemConsoleNull") // Still null where the console is unusable, by its contract.
  private boolean isMeant(String name) {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new ParameterException(
          spec().commandLine(),
          "expected --yes, as there is nobody to ask: courtside feeds delete " + name + " --yes");
    }
    @Nullable String typed =
        console.readLine("Its readers lose it at once. Type its name to delete it: ");
    return name.equals(typed);
  }
}
