package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.control.Wish;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What there is to do with what is to be shown nowhere. */
@Command(
    name = "block",
    aliases = "blocks",
    description = "Blocks: accounts and records that no feed shows.",
    subcommands = {
      BlockCommand.ListCommand.class,
      BlockCommand.AddCommand.class,
      BlockCommand.RemoveCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BlockCommand {
  private static final Duration PATIENCE = BlockList.SILENCE;

  /** More are only counted. */
  private static final int NAMED = 20;

  /** Says what became of each subject, or of how many. */
  private static void print(Collection<String> subjects, String what, PrintWriter out) {
    if (subjects.size() > NAMED) {
      out.printf(Locale.ROOT, "%,d  %s%n", subjects.size(), what);
    } else {
      subjects.forEach(subject -> out.println(subject + "  " + what));
    }
  }

  /** Writes, waits until that is in force, and says so. */
  private static int change(
      BlockList list, Map<String, Optional<Wish.Block>> changes, String done, CommandSpec spec)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (changes.isEmpty()) {
      out.println(blocked(list));
      return ServiceProcess.EX_OK;
    }
    long end = list.write(changes);
    print(changes.keySet(), done, out);
    out.println(blocked(list));
    BlockList.InForce found = list.await(end, PATIENCE);
    if (found.everywhere()) {
      out.println("in force on " + Failure.line(String.join(", ", found.hiding())));
      return ServiceProcess.EX_OK;
    }
    String who =
        found.silent().isEmpty()
            ? "no feed API has answered"
            : String.join(", ", found.silent()) + " has not answered";
    spec.commandLine()
        .getErr()
        .println(
            "courtside: written, but "
                + Failure.line(who)
                + " within "
                + PATIENCE.toSeconds()
                + " s. It holds as soon as one reads the log.");
    return ServiceProcess.EX_SOFTWARE;
  }

  private static String blocked(BlockList list) {
    int size = list.blocks().size();
    return String.format(Locale.ROOT, size == 1 ? "%,d is blocked" : "%,d are blocked", size);
  }

  /** Lists them. */
  @Command(
      name = "list",
      description = "Lists what is blocked, with since when and why.",
      footer = "%nWith --json: an array of blocks, with subject, time and reason.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();
    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      PrintWriter out = spec.commandLine().getOut();
      try (BlockList list = new BlockList(kafka.address())) {
        if (json.wanted()) {
          ArrayNode all = JsonNodeFactory.instance.arrayNode();
          list.blocks().values().forEach(block -> all.add(json(block)));
          JsonPrinter.print(all, out);
          return ServiceProcess.EX_OK;
        }
        if (list.blocks().isEmpty()) {
          out.println("# Nothing is blocked. To block something: courtside block add SUBJECT");
        }
        list.blocks()
            .values()
            .forEach(block ->
                out.println(
                    block.subject()
                        + "  # "
                        + block.at().truncatedTo(ChronoUnit.SECONDS)
                        + block
                            .reason()
                            .map(reason -> "  " + VisibleText.line(reason))
                            .orElse("")));
      }
      return ServiceProcess.EX_OK;
    }
  }

  private static ObjectNode json(Wish.Block block) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", block.subject())
            .put("at", block.at().toString());
    block.reason().ifPresent(reason -> json.put("reason", reason));
    return json;
  }

  /** Blocks. */
  @Command(
      name = "add",
      description = {
        "Blocks accounts, with all that they write, and single records: no feed shows them, pinned"
            + " or not, within a second and until they are removed from the list. Adding the same"
            + " again does nothing."
      },
      mixinStandardHelpOptions = true)
  static final class AddCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();
    @Mixin private SubjectsOption subjects = new SubjectsOption();

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why, for whoever looks at the list; shown to nobody else.")
    private String reason = "";

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      if (!Wish.Block.isReason(reason)) {
        throw new ParameterException(
            spec.commandLine(), "--reason must be one line of 500 characters at most");
      }
      SequencedSet<String> wanted = subjects.read();
      try (BlockList list = new BlockList(kafka.address())) {
        Optional<String> why = Optional.of(reason.strip()).filter(text -> !text.isEmpty());
        Map<String, Optional<Wish.Block>> changes = new LinkedHashMap<>();
        List<String> already = new ArrayList<>();
        int more = 0;
        for (String subject : wanted) {
          Optional<Wish.Block> before = Optional.ofNullable(list.blocks().get(subject));
          more += before.isPresent() ? 0 : 1;
          if (before.isPresent() && (why.isEmpty() || why.equals(before.get().reason()))) {
            already.add(subject);
          } else {
            String id = UUID.randomUUID().toString();
            changes.put(subject, Optional.of(new Wish.Block(id, Instant.now(), subject, why)));
          }
        }
        requireRoom(list.blocks().size(), more);
        print(already, "was blocked already", spec.commandLine().getOut());
        return change(list, changes, "blocked", spec);
      }
    }

    private static void requireRoom(int held, int more) throws RefusedException {
      if (more > 0 && held + more > Wish.Block.MOST) {
        throw new RefusedException(
            String.format(
                Locale.ROOT,
                "nothing was changed: expected at most %,d accounts and records, found %,d that are"
                    + " blocked and %,d more. Make room: courtside block remove SUBJECT",
                Wish.Block.MOST,
                held,
                more));
      }
    }
  }

  /** Blocks no more. */
  @Command(
      name = "remove",
      description = {
        "Takes accounts and records from the list: what feeds still hold of them is shown again,"
            + " where it was, within a second."
      },
      mixinStandardHelpOptions = true)
  static final class RemoveCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();
    @Mixin private SubjectsOption subjects = new SubjectsOption();

    @Override
    public Integer call() throws Exception {
      Logging.quiet();
      SequencedSet<String> unwanted = subjects.read();
      try (BlockList list = new BlockList(kafka.address())) {
        Map<String, Optional<Wish.Block>> changes = new LinkedHashMap<>();
        List<String> absent = new ArrayList<>();
        for (String subject : unwanted) {
          if (list.blocks().containsKey(subject)) {
            changes.put(subject, Optional.empty());
          } else {
            absent.add(subject);
          }
        }
        print(absent, "was not blocked", spec.commandLine().getOut());
        return change(list, changes, "no longer blocked", spec);
      }
    }
  }
}
