package courtside.command;

import picocli.CommandLine.Command;

/** What there is to do with feeds. */
@Command(
    name = "feeds",
    description = "Feeds: what they consist of, and which version of each is served.",
    subcommands = {
      FeedsListCommand.class,
      FeedsShowCommand.class,
      FeedsApplyCommand.class,
      FeedsCheckCommand.class,
      FeedPromoteCommand.class,
      FeedRollbackCommand.class,
      FeedDeleteCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FeedsCommand {}
