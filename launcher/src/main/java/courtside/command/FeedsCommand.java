package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import courtside.service.ServiceProcess;
import courtside.service.StopSignal;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What there is to do with feeds. */
@Command(
    name = "feeds",
    description = "Feeds: what they consist of, and which version of each is served.",
    subcommands = {
      FeedsCommand.ListCommand.class,
      FeedsCommand.ApplyCommand.class,
      FeedsCommand.PromoteCommand.class,
      FeedsCommand.RollbackCommand.class,
      FeedsCommand.DeleteCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class FeedsCommand {
  /** Statuses are written each second; where there is no newer one, nobody is there. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static FeedsLog open(KafkaOption kafka) throws InterruptedException {
    return FeedsLog.open(kafka.address(), System::nanoTime);
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  /** Fails a command, with what is wrong and what to do. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  /** The feed of that name, with its state. */
  private static RecordKey feed(FeedsLog log, String name) throws RefusedException {
    Optional<RecordKey> feed = log.feed(name);
    if (feed.isEmpty()) {
      String there =
          log.catalogue().feeds().stream().map(RecordKey::value).collect(Collectors.joining(", "));
      throw new RefusedException(
          "expected the name of a feed, found '"
              + name
              + "'; "
              + (there.isEmpty()
                  ? "there is none yet. Make one: courtside feeds apply FILE"
                  : "there is: " + there));
    }
    return feed.get();
  }

  private static FeedState state(FeedsLog log, RecordKey feed) throws RefusedException {
    FeedState state =
        log.catalogue()
            .state(feed)
            .orElseThrow(() ->
                new RefusedException(
                    feed
                        + " is applied, and no processor has looked at it yet: does one run?"
                        + " courtside feeds list"));
    if (state.deleted() && log.catalogue().definitions(feed).isEmpty()) {
      throw new RefusedException(
          feed + " was deleted. To have it again: courtside feeds apply FILE");
    }
    return state;
  }

  private static String describe(Optional<String> version) {
    return version.orElse("nothing");
  }

  /** Follows until all is decided, or somebody ends it. */
  private static int follow(FeedsLog log, Screen screen, List<Following.Target> targets)
      throws Exception {
    try (StopSignal signal = StopSignal.toThisThread()) {
      try {
        return new Following(log, screen, System::nanoTime, Following.PATIENCE).follow(targets)
            ? ServiceProcess.EX_OK
            : ServiceProcess.EX_SOFTWARE;
      } catch (InterruptedException | InterruptException e) {
        if (!signal.received()) {
          throw e;
        }
        screen.endStatus();
        screen.line(
            "You look no longer; it goes on without you. How far it is: courtside feeds list");
        return ServiceProcess.EX_OK;
      }
    }
  }

  private static Screen screen(CommandSpec spec) {
    return Screen.ofProcess(spec.commandLine().getOut(), System.getenv());
  }

  /** Lists them. */
  @Command(
      name = "list",
      description = "Lists the feeds and their versions: which is served, and how far each is.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      PrintWriter out = spec.commandLine().getOut();
      try (FeedsLog log = open(kafka)) {
        List<Long> begins = log.begins();
        Instant now = Instant.now();
        if (log.catalogue().feeds().isEmpty()) {
          out.println("There are no feeds. Make one: courtside feeds apply FILE");
        }
        for (RecordKey feed : log.catalogue().feeds()) {
          print(log, feed, begins, now, out);
        }
      }
      return ServiceProcess.EX_OK;
    }

    private static void print(
        FeedsLog log, RecordKey feed, List<Long> begins, Instant now, PrintWriter out) {
      SequencedMap<FeedVersion, FeedDefinition> definitions = log.catalogue().definitions(feed);
      Optional<FeedState> state = log.catalogue().state(feed);
      String name =
          definitions.isEmpty() ? "" : "  " + definitions.lastEntry().getValue().displayName();
      String deleted = state.filter(FeedState::deleted).isPresent() ? "  deleted" : "";
      out.println(feed + name + deleted);
      definitions.forEach((version, definition) -> {
        String role = role(version.version(), definition, state);
        VersionProgress progress = log.progress(version, begins);
        out.printf(
            Locale.ROOT, "  %s  %-10s %s%n", version.version(), role, words(role, progress, now));
      });
    }

    private static String role(
        String version, FeedDefinition definition, Optional<FeedState> state) {
      Optional<String> id = Optional.of(version);
      if (state.isEmpty()) {
        return "new";
      }
      FeedState known = state.get();
      if (known.served().equals(id)) {
        return "serving";
      }
      if (known.previous().equals(id)) {
        return "following";
      }
      if (known.candidate().equals(id)) {
        return definition.hold() ? "held" : "replaying";
      }
      return known.removing().contains(version) ? "removed" : "new";
    }

    private static String words(String role, VersionProgress progress, Instant now) {
      if (progress.said().isEmpty()) {
        return "no processor has said anything of it yet";
      }
      Duration silent = Duration.between(progress.said().get(), now);
      String words =
          role.equals("removed")
              ? "its items are being taken out"
              : progress.current()
                  ? String.format(
                      Locale.ROOT,
                      "up to date, %,d read, %,.0f/s",
                      progress.passed(),
                      progress.rate())
                  : progress.inWords();
      return silent.compareTo(SILENCE) > 0
          ? words + " (as of " + VersionProgress.inWords(silent) + " ago: does a processor run?)"
          : words;
    }
  }

  /** Applies definitions. */
  @Command(
      name = "apply",
      description = {
        "Applies feed definitions: a new feed fills from the whole retained history, a changed one"
            + " does so beside the version that is served. Applying the same again does nothing.",
        "Then shows how far that is, until it is served. Ctrl-C ends the showing alone."
      },
      mixinStandardHelpOptions = true)
  static final class ApplyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

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
      Screen screen = screen(spec);
      List<DefinitionFile> definitions = Definitions.read(files.toArray(Path[]::new));
      for (DefinitionFile one : definitions) {
        one.notice().ifPresent(notice -> screen.line(one.feed() + ": " + notice));
      }
      List<Applied> applied =
          Apply.apply(
              kafka.address(), definitions, hold, Apply.setIds(RandomGenerator.getDefault()));
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
      try (FeedsLog log = open(kafka)) {
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
              || (progress.partitions() > 0 && !progress.current());
        }
        case PREVIOUS, BEING_REMOVED, KEEPS_TOO_LONG -> false;
      };
    }
  }

  /** Serves a version that waits. */
  @Command(
      name = "promote",
      description = {
        "Serves the version of a feed that is held or replaying, as soon as it has caught up.",
        "The version served now goes on following the log: 'feeds rollback' goes back to it."
      },
      mixinStandardHelpOptions = true)
  static final class PromoteCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Parameters(paramLabel = "NAME", description = "The feed's name.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      Screen screen = screen(spec);
      try (FeedsLog log = open(kafka)) {
        RecordKey feed = feed(log, name);
        FeedState state = state(log, feed);
        FeedVersion version = new FeedVersion(feed, candidate(log, feed, state));
        screen.line(version + "  is to be served in the place of " + describe(state.served()));
        Wish.Promote wish = new Wish.Promote(newId(), Instant.now(), name, version.version());
        log.wish(wish);
        return follow(log, screen, List.of(Following.Target.of(version, Optional.of(wish.id()))));
      }
    }

    /** The version that waits; one that no steward has looked at yet will. */
    private static String candidate(FeedsLog log, RecordKey feed, FeedState state)
        throws RefusedException {
      SequencedMap<FeedVersion, FeedDefinition> definitions = log.catalogue().definitions(feed);
      if (!definitions.isEmpty()) {
        String newest = definitions.lastEntry().getKey().version();
        if (!state.served().equals(Optional.of(newest))
            && !state.previous().equals(Optional.of(newest))
            && !state.removing().contains(newest)) {
          return newest;
        }
      }
      return state
          .candidate()
          .orElseThrow(() ->
              new RefusedException(
                  "no version of "
                      + feed
                      + " waits to be served; "
                      + describe(state.served())
                      + " is"
                      + state
                          .previous()
                          .map(before ->
                              ", and "
                                  + before
                                  + " was before it: courtside feeds rollback "
                                  + feed)
                          .orElse(". To change it: courtside feeds apply --hold FILE")));
    }
  }

  /** Goes back to the version before. */
  @Command(
      name = "rollback",
      description = {
        "Serves the version of a feed that was served before, at once.",
        "The version served now goes on following the log: the same again goes back to it."
      },
      mixinStandardHelpOptions = true)
  static final class RollbackCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Parameters(paramLabel = "NAME", description = "The feed's name.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      Screen screen = screen(spec);
      try (FeedsLog log = open(kafka)) {
        RecordKey feed = feed(log, name);
        FeedState state = state(log, feed);
        FeedVersion version =
            new FeedVersion(
                feed,
                state
                    .previous()
                    .orElseThrow(() ->
                        new RefusedException(
                            "there is no version of "
                                + feed
                                + " to go back to: none was served before "
                                + describe(state.served())
                                + ", or it is gone. Apply its definition: courtside feeds apply"
                                + " FILE")));
        screen.line(version + "  is to be served in the place of " + describe(state.served()));
        state
            .candidate()
            .ifPresent(other ->
                screen.line(
                    "But "
                        + other
                        + " is on its way, and takes its place in turn "
                        + (log.isHeld(new FeedVersion(feed, other))
                            ? "when somebody promotes it."
                            : "when it has caught up.")));
        Wish.Rollback wish = new Wish.Rollback(newId(), Instant.now(), name, version.version());
        log.wish(wish);
        return follow(log, screen, List.of(Following.Target.of(version, Optional.of(wish.id()))));
      }
    }
  }

  /** Takes a feed away. */
  @Command(
      name = "delete",
      description = {
        "Takes a feed away from its readers at once, and its items out of the log. Asks before.",
        "Applying its definition again makes it anew from the retained history."
      },
      mixinStandardHelpOptions = true)
  static final class DeleteCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Parameters(paramLabel = "NAME", description = "The feed's name.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      Screen screen = screen(spec);
      try (FeedsLog log = open(kafka)) {
        RecordKey feed = feed(log, name);
        FeedState state = state(log, feed);
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
        if (!yes && !isMeant()) {
          throw new RefusedException("nothing was deleted: expected '" + name + "' to be typed");
        }
        Wish.DeleteFeed wish = new Wish.DeleteFeed(newId(), Instant.now(), name);
        log.wish(wish);
        return follow(
            log,
            screen,
            List.of(new Following.Target(feed, Optional.empty(), Optional.of(wish.id()))));
      }
    }

    /** Whether somebody at a terminal says so. */
    @SuppressWarnings(
        "SystemConsoleNull") // Still null where the console is unusable, by its contract.
    private boolean isMeant() {
      Console console = System.console();
      if (console == null || !console.isTerminal()) {
        throw new ParameterException(
            spec.commandLine(),
            "expected --yes, as there is nobody to ask: courtside feeds delete " + name + " --yes");
      }
      @Nullable String typed =
          console.readLine("Its readers lose it at once. Type its name to delete it: ");
      return name.equals(typed);
    }
  }
}
