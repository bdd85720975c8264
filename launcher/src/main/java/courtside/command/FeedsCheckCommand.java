package courtside.command;

import courtside.processor.definition.DefinitionFile;
import courtside.processor.evaluation.Evaluation;
import courtside.processor.evaluation.LabelledPost;
import courtside.processor.evaluation.LabelledPosts;
import courtside.processor.evaluation.Labels;
import courtside.processor.evaluation.Score;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a definition by posts that people have judged. */
@Command(
    name = "check",
    description = {
      "Checks a feed definition: its rule, its examples, and how many of the posts in POSTS it takes"
          + " rightly, wrongly, and not at all. Needs no pipeline.",
      "POSTS hold one JSON object a line: text, match (true or false), and where known lang, kind,"
          + " tags, links, alt."
    },
    mixinStandardHelpOptions = true)
final class FeedsCheckCommand implements Callable<Integer> {
  /** More than a post and the texts of its pictures usually are. */
  private static final int MOST_QUOTED = 2_000;

  private static final int MOST_OF_NAME = 60;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "FILE", description = "The definition, a YAML file.")
  private Path definition = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "POSTS",
      description = "Labelled posts: *.jsonl, *.jsonl.gz, or directories of them.")
  private List<Path> posts = List.of();

  @Option(
      names = "--match",
      paramLabel = "KEY=VALUE",
      description = "What says that a post belongs to the feed. Default: ${DEFAULT-VALUE}.",
      defaultValue = "match=true")
  private Map<String, String> match = Map.of();

  @Option(
      names = "--kind",
      paramLabel = "KEY",
      description = "Whose value is the kind of a post. Default: ${DEFAULT-VALUE}.",
      defaultValue = "kind")
  private String kind = "kind";

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "KIND",
      description = "Kinds of posts that are not looked at.")
  private Set<String> without = Set.of();

  @Option(names = "--mistakes", description = "Print the posts themselves that it gets wrong.")
  private boolean mistakes;

  @Option(
      names = "--precision",
      paramLabel = "PART",
      description = "Fail below this precision, from 0 to 1.")
  private double precision;

  @Option(
      names = "--recall",
      paramLabel = "PART",
      description = "Fail below this recall, from 0 to 1.")
  private double recall;

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    PrintWriter out = spec.commandLine().getOut();
    DefinitionFile file = DefinitionFile.read(definition);
    out.printf(
        Locale.ROOT,
        "%s  %s  all its examples, %d, come out as they must%n",
        file.feed(),
        file.version().version(),
        file.examples().size());
    file.notice().ifPresent(out::println);
    if (posts.isEmpty()) {
      return ServiceProcess.EX_OK;
    }
    if (match.size() != 1) {
      throw new ParameterException(
          spec.commandLine(), "expected --match once, found it " + match.size() + " times");
    }
    Map.Entry<String, String> label = match.entrySet().iterator().next();
    Evaluation evaluation =
        Evaluation.of(
            file,
            LabelledPosts.read(posts, new Labels(label.getKey(), label.getValue(), kind, without)));
    print(evaluation, out);
    if (evaluation.all().precision() < precision || evaluation.all().recall() < recall) {
      throw new RefusedException(
          String.format(
              Locale.ROOT,
              "expected a precision of %.3f and a recall of %.3f at least, found %.3f and %.3f",
              precision,
              recall,
              evaluation.all().precision(),
              evaluation.all().recall()));
    }
    return ServiceProcess.EX_OK;
  }

  private void print(Evaluation evaluation, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%n%-18s %9s %9s %9s %9s %9s %9s%n",
        "",
        "posts",
        "belong",
        "wrong",
        "missed",
        "precision",
        "recall");
    row("all", evaluation.all(), out);
    out.println("by language");
    evaluation.byLanguage().forEach((language, score) -> row("  " + language, score, out));
    out.println("by kind");
    evaluation.byKind().forEach((name, score) -> row("  " + name, score, out));
    if (mistakes) {
      out.println();
      for (LabelledPost post : evaluation.mistakes()) {
        out.printf(
            Locale.ROOT,
            "%s  %s  %s  %s:%d  %s%n",
            post.match() ? "missed" : "wrong ",
            name(post.language()),
            name(post.kind()),
            name(post.file()),
            post.line(),
            quote(post));
      }
    }
  }

  private static void row(String name, Score score, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%-18s %,9d %,9d %,9d %,9d %9s %9s%n",
        name(name),
        score.posts(),
        score.belonging(),
        score.wrong(),
        score.missed(),
        score.right() + score.wrong() == 0
            ? "-"
            : String.format(Locale.ROOT, "%.3f", score.precision()),
        score.belonging() == 0 ? "-" : String.format(Locale.ROOT, "%.3f", score.recall()));
  }

  private static String name(String text) {
    return VisibleText.line(text, MOST_OF_NAME);
  }

  /** On one line, and without what a terminal would obey. */
  private static String quote(LabelledPost post) {
    String alt = post.post().altTexts().isEmpty() ? "" : "  alt " + post.post().altTexts();
    return VisibleText.line((post.post().text() + alt).replaceAll("\\s+", " "), MOST_QUOTED);
  }
}
