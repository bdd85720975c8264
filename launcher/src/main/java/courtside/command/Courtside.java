package courtside.command;

import courtside.pipeline.SettingsException;
import courtside.service.ServiceProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code courtside}. Without a subcommand it says what there is. */
@Command(
    name = "courtside",
    description = "Bluesky feeds from an event-sourced pipeline.",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      FeedsCommand.class,
      FramesCommand.class,
      DeadLettersCommand.class,
      ReplayCommand.class,
      IngestCommand.class,
      IncidentsCommand.class,
      BlockCommand.class,
      PublishCommand.class,
      UnpublishCommand.class,
      DoctorCommand.class,
      CompletionCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:the command line is wrong",
      "70:failed; the log says why",
      "78:the settings are wrong; nothing was started",
      "130, 143:stopped by Ctrl-C or a signal, in order"
    })
public final class Courtside implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Courtside(CommandSpec spec) {
    this.spec = spec;
  }

  /** Runs a command. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new Courtside(CommandSpec.create()));
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setExecutionExceptionHandler((failure, failed, _) -> {
      if (failure instanceof SettingsException wrong) {
        wrong
            .problems()
            .forEach(problem -> failed.getErr().println("courtside: " + Failure.line(problem)));
        return ServiceProcess.EX_CONFIG;
      }
      // What a command could not do is one sentence; where it happened is in the log.
      failed.getErr().println("courtside: " + Failure.sentence(failure));
      return ServiceProcess.EX_SOFTWARE;
    });
    return command;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
