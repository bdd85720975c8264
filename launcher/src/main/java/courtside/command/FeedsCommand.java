package courtside.command;

import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.service.ServiceProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What there is to do with feeds. */
@Command(
    name = "feeds",
    description = "Feeds: what they consist of.",
    subcommands = FeedsCommand.ApplyCommand.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FeedsCommand {
  /** Applies definitions. */
  @Command(
      name = "apply",
      description = {
        "Applies feed definitions: a new feed fills from the whole retained history, a changed one"
            + " does so beside the version that is served. Applying the same again does nothing."
      },
      mixinStandardHelpOptions = true)
  static final class ApplyCommand implements Callable<Integer> {
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Option(names = "--hold", description = "Wait for a person before a changed feed is served.")
    private boolean hold;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML files, or directories.")
    private List<Path> files = List.of();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      List<DefinitionFile> definitions = Definitions.read(files.toArray(Path[]::new));
      for (DefinitionFile one : definitions) {
        one.notice().ifPresent(notice -> System.out.println(one.feed() + ": " + notice));
      }
      List<Applied> applied =
          Apply.apply(
              kafka.address(), definitions, hold, Apply.setIds(RandomGenerator.getDefault()));
      boolean refused = false;
      for (Applied one : applied) {
        String outcome = one.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String why = one.refusal().map(reason -> ": " + reason).orElse("");
        System.out.println(one.version() + "  " + outcome + why);
        refused |= one.refusal().isPresent();
      }
      return refused ? ServiceProcess.EX_SOFTWARE : ServiceProcess.EX_OK;
    }
  }
}
