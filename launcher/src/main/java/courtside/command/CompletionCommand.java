package courtside.command;

import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete what is typed. */
@Command(
    name = "completion",
    description = {
      "Prints the script by which a shell completes commands and options.",
      "For bash: source <(courtside completion bash)",
      "For zsh: source <(courtside completion zsh)"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  private static final String NAME = "courtside";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  /** A shell that there is a script for. */
  private enum Shell {
    BASH,
    ZSH;

    /** As it is typed. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String script =
        switch (shell) {
          // In zsh it loads bashcompinit by itself, and compinit where that is not loaded yet.
          case BASH, ZSH -> AutoComplete.bash(NAME, spec.root().commandLine());
        };
    out.println(script);
    out.flush();
    return ServiceProcess.EX_OK;
  }
}
