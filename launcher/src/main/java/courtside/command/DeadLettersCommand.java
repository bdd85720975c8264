package courtside.command;

import picocli.CommandLine.Command;

/** What there is to see of dead letters. */
@Command(
    name = "dead-letters",
    description = "Dead letters: what could not be used, kept with why.",
    subcommands = {DeadLettersListCommand.class, DeadLettersShowCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand {}
