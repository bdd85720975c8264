package courtside.command;

import courtside.eventlog.feed.FeedState;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import courtside.service.ServiceProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Applies definitions. */
@Command(
    name = "apply",
    description = {
      "Applies feed definitions: a new feed fills from the whole retained history, a changed one"
          + " does so beside the version that is served. Applying the same again does nothing.",
      "Then shows how far that is, until it is served. Ctrl-C ends the showing alone."
    },
    mixinStandardHelpOptions = true)
final class FeedsApplyCommand extends FeedsLogCommand {
  @Option(
      names = "--hold",
      description = "Wait for 'feeds promote' before a changed feed is served.")
  private boolean hold;

  @Option(names = "--detach", description = "Write the definitions, and do not follow them.")
  private boolean detach;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML files, or directories.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    Screen screen = screen();
    List<DefinitionFile> definitions = Definitions.read(files.toArray(Path[]::new));
    for (DefinitionFile one : definitions) {
      one.notice().ifPresent(notice -> screen.line(one.feed() + ": " + notice));
    }
    List<Applied> applied =
        Apply.apply(kafka(), definitions, hold, Apply.setIds(RandomGenerator.getDefault()));
    boolean refused = false;
    for (Applied one : applied) {
      String outcome = one.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      String why = one.refusal().map(reason -> ": " + reason).orElse("");
      screen.line(one.version() + "  " + outcome + why);
      refused |= one.refusal().isPresent();
    }
    int followed = detach ? ServiceProcess.EX_OK : followThese(applied, screen);
    return refused ? ServiceProcess.EX_SOFTWARE : followed;
  }

  private int followThese(List<Applied> applied, Screen screen) throws Exception {
    if (applied.stream().allMatch(one -> one.refusal().isPresent())) {
      return ServiceProcess.EX_OK;
    }
    try (FeedsLog log = open()) {
      List<Following.Target> targets = new ArrayList<>();
      for (Applied one : applied) {
        if (isToCome(one, log)) {
          targets.add(Following.Target.of(one.version(), one.wish()));
        }
      }
      return targets.isEmpty() ? ServiceProcess.EX_OK : follow(log, screen, targets);
    }
  }

  /** What was applied before may still be on its way. */
  private static boolean isToCome(Applied applied, FeedsLog log) throws InterruptedException {
    return switch (applied.outcome()) {
      case WRITTEN, ROLLBACK -> true;
      case UNCHANGED -> {
        VersionProgress progress = log.progress(applied.version(), log.begins());
        Optional<String> served =
            log.catalogue().state(applied.version().feed()).flatMap(FeedState::served);
        yield !served.equals(Optional.of(applied.version().version()))
            || (progress.sum().partitions() > 0 && !progress.current());
      }
      case PREVIOUS, BEING_REMOVED, KEEPS_TOO_LONG -> false;
    };
  }
}
