package courtside.command;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordKey;
import courtside.publish.Owner;
import courtside.service.ServiceProcess;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a feed from the network. */
@Command(
    name = "unpublish",
    description =
        "Deletes the record by which people find a feed from its owner's repository. The feed itself"
            + " goes on: 'feeds delete' ends that.",
    mixinStandardHelpOptions = true)
final class UnpublishCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OwnerOption owner = new OwnerOption();

  @Parameters(paramLabel = "NAME", description = "The feed's name.")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    RecordKey feed;
    try {
      feed = RecordKey.parse(name);
    } catch (MalformedDataException e) {
      throw new ParameterException(
          spec.commandLine(), "expected the name of a feed, found '" + name + "'", e);
    }
    try (Owner account = owner.login()) {
      Optional<Owner.Held> held = account.held(feed);
      if (held.isPresent()) {
        account.delete(feed, held.get());
      }
      spec.commandLine()
          .getOut()
          .println(
              account.uri(feed)
                  + (held.isPresent() ? "  is no longer published" : "  was not there"));
      return ServiceProcess.EX_OK;
    }
  }
}
