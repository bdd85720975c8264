package courtside.command;

import picocli.CommandLine.Command;

/** What there is to see of frames. */
@Command(
    name = "frames",
    description = "Frames: what relays sent, as it stands in the log.",
    subcommands = {FramesTailCommand.class, FramesShowCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FramesCommand {}
