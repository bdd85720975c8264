package courtside.command;

import picocli.CommandLine.Command;

/** What there is to see of replays. */
@Command(
    name = "replay",
    description = "Replays: versions of feeds that fill from the posts that are kept.",
    subcommands = {ReplayStatusCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ReplayCommand {}
