package courtside.processor.definition;

import courtside.atproto.MalformedDataException;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.FeedDefinition;
import courtside.processor.definition.Node.Entry;
import courtside.processor.definition.Node.Mapping;
import courtside.processor.definition.Node.Scalar;
import courtside.processor.definition.Node.Sequence;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Matches;
import courtside.processor.rule.Rule;
import courtside.processor.rule.RuleException;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads one file. What cannot be read is noted and something harmless put in its place, so that
 * everything wrong is found; nothing is returned then. Confined to one thread.
 */
final class DefinitionReader {
  private static final List<String> KEYS =
      List.of(
          "feed",
          "name",
          "description",
          "terms",
          "rule",
          "threshold",
          "exclude",
          "languages",
          "include-authors",
          "block-authors",
          "max-age",
          "keep",
          "pinned",
          "hide-seen",
          "examples");
  private static final List<String> EXAMPLE_KEYS =
      List.of("text", "tags", "langs", "links", "alt", "labels");

  // What a published feed may carry, by its lexicon.
  private static final int NAME_GRAPHEMES = 24;
  private static final int NAME_BYTES = 240;
  private static final int DESCRIPTION_GRAPHEMES = 300;
  private static final int DESCRIPTION_BYTES = 3_000;

  /** Most values of a list: a feed of more authors is better a rule. */
  private static final int MAX_VALUES = 1_000;

  /** Characters of all terms together: four rules of the greatest length. */
  private static final long MAX_WRITTEN_OUT = 4L * Rule.MAX_BYTES;

  private static final int QUOTED = 60;

  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[a-z0-9]{1,8}){0,4}");
  private static final Pattern TERMS_NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smhd])");
  private static final Duration DEFAULT_MAX_AGE = Duration.ofDays(7);
  private static final Duration DEFAULT_KEEP = Duration.ofDays(3);
  private static final String NO_AGE = "none";

  /** Examples are posts of nobody, at no particular time. */
  private static final Did NOBODY = new Did("did:web:example.invalid");

  private final String yaml;
  private final Mistakes mistakes;

  DefinitionReader(String yaml, Mistakes mistakes) {
    this.yaml = yaml;
    this.mistakes = mistakes;
  }

  DefinitionFile read() throws DefinitionException {
    Node root = Node.read(yaml, mistakes);
    if (!(root instanceof Mapping mapping)) {
      mistakes.add(root.line(), "expected the keys of a definition, found " + root.what());
      mistakes.check();
      throw new IllegalStateException("a mistake was noted and is gone");
    }
    knownKeys(mapping, KEYS);
    Map<String, Rule> terms = terms(mapping);
    Optional<Integer> threshold = optional(mapping, "threshold", this::threshold);
    DefinitionFile file =
        new DefinitionFile(
            required(mapping, "feed", new RecordKey("unreadable"), this::feed),
            required(
                mapping, "name", "", scalar -> bounded(scalar, "name", NAME_GRAPHEMES, NAME_BYTES)),
            optional(
                    mapping,
                    "description",
                    scalar ->
                        bounded(scalar, "description", DESCRIPTION_GRAPHEMES, DESCRIPTION_BYTES))
                .orElse(""),
            optional(mapping, "rule", text -> rule(text, terms, threshold))
                .map(Rule::text)
                .orElse(""),
            threshold,
            optional(mapping, "exclude", text -> rule(text, terms, Optional.empty()))
                .map(Rule::text)
                .orElse(""),
            list(mapping, "languages", this::language),
            list(mapping, "include-authors", this::did),
            list(mapping, "block-authors", this::did),
            maxAge(mapping),
            optional(mapping, "keep", this::duration).orElse(DEFAULT_KEEP),
            optional(mapping, "pinned", this::post),
            optional(mapping, "hide-seen", this::truth).orElse(false),
            examples(mapping));
    if (!mapping.entries().containsKey("rule") && file.includeAuthors().isEmpty()) {
      mistakes.add(mapping.line(), "expected a 'rule', or 'include-authors', found neither");
    }
    Entry unused = mapping.entries().get("threshold");
    if (unused != null && !mapping.entries().containsKey("rule")) {
      mistakes.add(unused.keyLine(), "a 'threshold' says nothing without a 'rule'");
    }
    mistakes.check();
    checkExamples(file, mapping);
    mistakes.check();
    return file;
  }

  private void knownKeys(Mapping mapping, List<String> known) {
    mapping
        .entries()
        .forEach((key, entry) -> {
          if (!known.contains(key)) {
            mistakes.add(
                entry.keyLine(),
                "expected one of " + known + ", found the key '" + quote(key) + "'");
          }
        });
  }

  private <T> T required(
      Mapping mapping, String key, T otherwise, Function<Scalar, Optional<T>> read) {
    if (!mapping.entries().containsKey(key)) {
      mistakes.add(mapping.line(), "expected the key '" + key + "', found none");
    }
    return optional(mapping, key, read).orElse(otherwise);
  }

  /** The value of a key; empty where it is missing, or was noted as a mistake. */
  private <T> Optional<T> optional(
      Mapping mapping, String key, Function<Scalar, Optional<T>> read) {
    return Optional.ofNullable(mapping.entries().get(key))
        .flatMap(entry -> scalar(entry.value(), "for '" + key + "'"))
        .flatMap(read);
  }

  private Optional<Scalar> scalar(Node node, String where) {
    if (node instanceof Scalar scalar && !scalar.text().isBlank()) {
      return Optional.of(scalar);
    }
    mistakes.add(node.line(), "expected a text " + where + ", found " + node.what());
    return Optional.empty();
  }

  private <T extends Comparable<T>> List<T> list(
      Mapping mapping, String key, Function<Scalar, Optional<T>> read) {
    return values(mapping, key, read).orElse(List.of()).stream().sorted().distinct().toList();
  }

  private <T> Optional<List<T>> values(
      Mapping mapping, String key, Function<Scalar, Optional<T>> read) {
    Entry entry = mapping.entries().get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!(entry.value() instanceof Sequence sequence)) {
      mistakes.add(
          entry.keyLine(), "expected a list for '" + key + "', found " + entry.value().what());
      return Optional.empty();
    }
    if (sequence.items().size() > MAX_VALUES) {
      mistakes.add(
          entry.keyLine(),
          "expected at most "
              + MAX_VALUES
              + " values for '"
              + key
              + "', found "
              + sequence.items().size());
      return Optional.empty();
    }
    List<T> values = new ArrayList<>();
    for (Node item : sequence.items()) {
      scalar(item, "in '" + key + "'").flatMap(read).ifPresent(values::add);
    }
    return Optional.of(values);
  }

  private Optional<RecordKey> feed(Scalar scalar) {
    try {
      return Optional.of(RecordKey.parse(scalar.text()));
    } catch (MalformedDataException e) {
      return wrong(scalar, "1 to 512 letters, digits and ._:~- as the name of a feed");
    }
  }

  private Optional<String> bounded(Scalar scalar, String key, int mostGraphemes, int mostBytes) {
    String text = scalar.text().strip();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    int graphemes = graphemes(text);
    if (graphemes > mostGraphemes || bytes > mostBytes) {
      mistakes.add(
          scalar.line(),
          "expected at most "
              + mostGraphemes
              + " characters and "
              + mostBytes
              + " bytes for '"
              + key
              + "', found "
              + graphemes
              + " and "
              + bytes);
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private static int graphemes(String text) {
    BreakIterator breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
    breaks.setText(text);
    int count = 0;
    while (breaks.next() != BreakIterator.DONE) {
      count++;
    }
    return count;
  }

  /** Terms by their names, each of which may refer to those before it. */
  private Map<String, Rule> terms(Mapping mapping) {
    Entry entry = mapping.entries().get("terms");
    if (entry == null) {
      return Map.of();
    }
    if (!(entry.value() instanceof Mapping named)) {
      mistakes.add(
          entry.keyLine(), "expected names with terms for 'terms', found " + entry.value().what());
      return Map.of();
    }
    if (named.entries().size() > MAX_VALUES) {
      mistakes.add(
          entry.keyLine(),
          "expected at most " + MAX_VALUES + " names for 'terms', found " + named.entries().size());
      return Map.of();
    }
    Map<String, Rule> terms = new LinkedHashMap<>();
    named
        .entries()
        .forEach((name, value) -> {
          // All are held while the file is read, each with what it refers to.
          if (terms.values().stream().mapToLong(rule -> rule.text().length()).sum()
              > MAX_WRITTEN_OUT) {
            mistakes.add(
                value.keyLine(),
                "expected terms that come to at most "
                    + MAX_WRITTEN_OUT
                    + " characters, each written out, found more before this");
            return;
          }
          if (!TERMS_NAME.matcher(name).matches()) {
            mistakes.add(
                value.keyLine(),
                "expected a small letter and then letters, digits and _ as a name, found '"
                    + quote(name)
                    + "'");
          }
          scalar(value.value(), "for '" + name + "'")
              .flatMap(text -> rule(text, terms, Optional.empty()))
              .ifPresent(rule -> terms.put(name, rule));
        });
    return terms;
  }

  private Optional<Integer> threshold(Scalar scalar) {
    return scalar.text().matches("[0-9]{1,3}")
            && Integer.parseInt(scalar.text()) >= Rule.LEAST_THRESHOLD
            && Integer.parseInt(scalar.text()) <= Rule.MAX_THRESHOLD
        ? Optional.of(Integer.valueOf(scalar.text()))
        : wrong(
            scalar,
            "a number from "
                + Rule.LEAST_THRESHOLD
                + " to "
                + Rule.MAX_THRESHOLD
                + " as threshold");
  }

  private Optional<Rule> rule(Scalar scalar, Map<String, Rule> terms, Optional<Integer> threshold) {
    try {
      Rule rule = Rule.parse(scalar.text(), terms, threshold);
      if (threshold.isEmpty() && rule.hasWeights()) {
        mistakes.add(
            scalar.line(), "a weight (^) counts only in a 'rule' at the top, with a 'threshold'");
      }
      return Optional.of(rule);
    } catch (RuleException e) {
      mistakes.add(lineOf(scalar, e.offset()), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The line of a place in a text of several. YAML moves white space and nothing else, so as many
   * other characters stand before the place in the file; except in quotes, where the line is that
   * of the first.
   */
  private int lineOf(Scalar scalar, int offset) {
    List<String> lines = yaml.lines().toList();
    if (offset < 0 || scalar.line() > lines.size()) {
      return scalar.line();
    }
    String first = lines.get(scalar.line() - 1);
    int column = Math.min(scalar.column(), first.codePointCount(0, first.length()));
    String from = first.substring(first.offsetByCodePoints(0, column));
    if (from.isEmpty() || from.startsWith("\"") || from.startsWith("'")) {
      return scalar.line();
    }
    boolean block = from.startsWith("|") || from.startsWith(">");
    // What is missing at the end is missing after the last character.
    long before = Math.min(inked(scalar.text().substring(0, offset)), inked(scalar.text()) - 1);
    int line = scalar.line();
    String rest = block ? "" : from;
    while (true) {
      long here = inked(rest);
      if (here > before || line >= lines.size()) {
        return line;
      }
      before -= here;
      rest = lines.get(line);
      line++;
    }
  }

  /** How many characters are no white space of YAML. */
  private static long inked(String text) {
    return text.chars().filter(c -> c != ' ' && c != '\t' && c != '\n' && c != '\r').count();
  }

  private Optional<String> language(Scalar scalar) {
    String language = scalar.text().toLowerCase(Locale.ROOT);
    return LANGUAGE.matcher(language).matches()
        ? Optional.of(language)
        : wrong(scalar, "a language such as en or pt-BR");
  }

  private Optional<String> did(Scalar scalar) {
    return Did.isValid(scalar.text())
        ? Optional.of(scalar.text())
        : wrong(scalar, "a DID such as did:plc:… (a handle may change hands)");
  }

  private Optional<String> post(Scalar scalar) {
    String expected = "the address of a post, at://did/" + Post.TYPE + "/key";
    try {
      RecordUri uri = RecordUri.parse(scalar.text());
      return uri.collection().toString().equals(Post.TYPE)
          ? Optional.of(uri.toString())
          : wrong(scalar, expected);
    } catch (MalformedDataException e) {
      return wrong(scalar, expected);
    }
  }

  private Optional<Boolean> truth(Scalar scalar) {
    return switch (scalar.text()) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> wrong(scalar, "true or false");
    };
  }

  private Optional<Duration> maxAge(Mapping mapping) {
    Entry entry = mapping.entries().get("max-age");
    if (entry == null) {
      return Optional.of(DEFAULT_MAX_AGE);
    }
    return scalar(entry.value(), "for 'max-age'")
        .filter(scalar -> !scalar.text().equals(NO_AGE))
        .flatMap(this::duration);
  }

  private Optional<Duration> duration(Scalar scalar) {
    java.util.regex.Matcher matcher = DURATION.matcher(scalar.text());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      return wrong(scalar, "a duration such as 30m, 12h or 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  private <T> Optional<T> wrong(Scalar scalar, String expected) {
    mistakes.add(scalar.line(), "expected " + expected + ", found '" + quote(scalar.text()) + "'");
    return Optional.empty();
  }

  private List<Example> examples(Mapping mapping) {
    Entry entry = mapping.entries().get("examples");
    if (entry == null) {
      return List.of();
    }
    if (!(entry.value() instanceof Mapping groups)) {
      mistakes.add(
          entry.keyLine(),
          "expected 'match' and 'no-match' for 'examples', found " + entry.value().what());
      return List.of();
    }
    knownKeys(groups, List.of("match", "no-match"));
    List<Example> examples = new ArrayList<>();
    examples(groups, "match", true, examples);
    examples(groups, "no-match", false, examples);
    return examples;
  }

  private void examples(Mapping groups, String key, boolean matches, List<Example> into) {
    Entry entry = groups.entries().get(key);
    if (entry == null) {
      return;
    }
    if (!(entry.value() instanceof Sequence sequence)) {
      mistakes.add(
          entry.keyLine(), "expected a list for '" + key + "', found " + entry.value().what());
      return;
    }
    for (Node item : sequence.items()) {
      if (item instanceof Mapping mapping) {
        into.add(example(mapping, matches));
      } else {
        scalar(item, "or keys " + EXAMPLE_KEYS + " as an example")
            .ifPresent(text ->
                into.add(
                    Example.of(
                        item.line(),
                        matches,
                        text.text().strip(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of())));
      }
    }
  }

  private Example example(Mapping mapping, boolean matches) {
    knownKeys(mapping, EXAMPLE_KEYS);
    return Example.of(
        mapping.line(),
        matches,
        optional(mapping, "text", text -> Optional.of(text.text().strip())).orElse(""),
        values(mapping, "tags", tag -> Optional.of(tag.text())),
        values(mapping, "langs", lang -> Optional.of(lang.text())).orElse(List.of()),
        values(mapping, "links", link -> Optional.of(link.text())).orElse(List.of()),
        values(mapping, "alt", alt -> Optional.of(alt.text())).orElse(List.of()),
        values(mapping, "labels", label -> Optional.of(label.text())).orElse(List.of()));
  }

  private void checkExamples(DefinitionFile file, Mapping mapping) {
    FeedDefinition definition = file.toDefinition("", false);
    try {
      Matcher matcher = Matcher.of(Map.of(file.version(), definition));

      for (Example example : file.examples()) {
        checkExample(example, file, matcher);
      }
    } catch (RuleException e) {
      // Each for itself was fine; together they are not.
      Entry rule = mapping.entries().get("rule");
      mistakes.add(rule == null ? mapping.line() : rule.keyLine(), e.getMessage());
    }
  }

  private void checkExample(Example example, DefinitionFile file, Matcher matcher) {
    PostSummary post = example.inOneOf(file.languages());
    Matches matches = matcher.match(new Candidate(NOBODY, post, Instant.EPOCH));
    boolean matched = !matches.versions().isEmpty();
    for (String why : matches.failed().values()) {
      mistakes.add(example.line(), "the example " + example.quote() + " cannot be used: " + why);
    }
    if (matches.failed().isEmpty() && matched != example.matches()) {
      mistakes.add(
          example.line(),
          "the example "
              + example.quote()
              + (matched ? " must not match, but does" : " must match, but does not"));
    }
  }

  private static String quote(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= QUOTED
        ? line
        : line.substring(0, line.offsetByCodePoints(0, QUOTED)) + "…";
  }
}
