package courtside.processor.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.queryparser.classic.QueryParser;

/** Rules of every shape over words of some texts, and posts of the same: for tests. */
final class RandomRules {
  private static final List<String> AUTHORS =
      List.of(
          "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
          "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb",
          "did:web:nba.com");
  private static final List<String> HOSTS =
      List.of(
          "nba.com",
          "www.NBA.com",
          "İstanbul.example",
          "ΟΔΟΣ.gr",
          "user@x.org:80",
          "[::1]",
          "a.b.");
  private static final List<String> LANGS =
      List.of("en", "pt-BR", "zh-Hant-TW", "TR", "x", "İ", "");

  /** What a rule is made with. */
  enum Shape {
    WORD,
    PHRASE,
    NEAR,
    AND,
    OR,
    NOT,
    PREFIX,
    WILDCARD,
    FUZZY,
    REGEXP,
    RANGE,
    BOOST,
    EVIDENCE,
    NAME,
    EVERYTHING,
    WHOLE_VALUE
  }

  private final RandomGenerator random;
  private final RandomText text;
  private final Set<Shape> shapes = new TreeSet<>();

  RandomRules(RandomGenerator random, RandomText text) {
    this.random = random;
    this.text = text;
  }

  /** A rule's text, which may be refused, its threshold, and of which shapes it consists. */
  record Made(String rule, Optional<Integer> threshold, Set<Shape> shapes) {}

  Made rule() {
    shapes.clear();
    if (random.nextInt(4) > 0) {
      return new Made(rule(random.nextInt(3)), Optional.empty(), Set.copyOf(shapes));
    }
    String evidence =
        IntStream.range(0, 2 + random.nextInt(5))
            .mapToObj(_ -> group(1 + random.nextInt(2)) + text.one(List.of("", "^2", "^3")))
            .collect(Collectors.joining(" "));
    shapes.add(Shape.EVIDENCE);
    return new Made(evidence, Optional.of(2 + random.nextInt(4)), Set.copyOf(shapes));
  }

  private String rule(int depth) {
    if (depth == 0) {
      return leaf();
    }
    return switch (random.nextInt(6)) {
      case 0 -> of(Shape.AND, several(depth, " AND "));
      case 1 -> of(Shape.AND, "(+" + group(depth) + " +" + group(depth) + ")");
      case 2 -> of(Shape.NOT, "(" + group(depth) + " AND NOT " + group(depth) + ")");
      case 3 -> of(Shape.NOT, "(*:* -" + group(depth) + ")");
      default -> of(Shape.OR, several(depth, " "));
    };
  }

  private String group(int depth) {
    return "(" + rule(depth - 1) + ")";
  }

  private String several(int depth, String between) {
    return IntStream.range(0, 2 + random.nextInt(3))
        .mapToObj(_ -> group(depth))
        .collect(Collectors.joining(between, "(", ")"));
  }

  private String of(Shape shape, String rule) {
    shapes.add(shape);
    return rule;
  }

  private String leaf() {
    String field = text.one(List.of("", "", "", "text:", "alt:", "card:", "tag:"));
    return switch (random.nextInt(17)) {
      case 16 -> of(Shape.NAME, "name:" + escaped(text.word()));
      case 0, 1 -> of(Shape.PHRASE, field + "\"" + escaped(phrase()) + "\"");
      case 2 -> of(Shape.NEAR, field + "\"" + escaped(phrase()) + "\"~" + random.nextInt(5));
      case 3 -> of(Shape.PREFIX, field + escaped(part()) + "*");
      case 4 -> of(Shape.WILDCARD, field + "*" + escaped(part()));
      case 5 ->
          of(
              Shape.WILDCARD,
              field + escaped(part()) + text.one(List.of("?", "*")) + escaped(part()));
      case 6 -> of(Shape.FUZZY, field + escaped(text.word()) + "~" + (1 + random.nextInt(2)));
      case 7 -> of(Shape.REGEXP, field + "/[a-m].*/");
      case 8 -> of(Shape.RANGE, field + "[" + text.one(List.of("a", "k", "\u0430")) + " TO *]");
      case 9 -> of(Shape.BOOST, field + escaped(text.word()) + "^2");
      case 10 -> of(Shape.EVERYTHING, text.one(List.of("*:*", "text:*", "alt:*", "tag:*")));
      case 11, 12 -> of(Shape.WHOLE_VALUE, whole());
      default -> of(Shape.WORD, field + escaped(text.word()));
    };
  }

  private String whole() {
    return switch (random.nextInt(9)) {
      case 8 -> "label:" + text.one(List.of("p*", "porn", "*", "gr?phic"));
      case 0 -> "author:\"" + text.one(AUTHORS) + "\"";
      case 1 -> "kind:" + text.one(PostValues.KINDS);
      case 2 ->
          "lang:\"" + escaped(changed(text.one(LANGS)) + "x".repeat(random.nextInt(2))) + "\"";
      case 3 -> "lang:" + text.one(List.of("p*", "*t", "z?"));
      case 4 -> "host:\"" + escaped(changed(text.one(HOSTS))) + "\"";
      case 5 -> "host:" + text.one(List.of("*.com", "nb*", "*tan*", "w?w.nba.com"));
      case 6 -> "link:" + text.one(List.of("*nba*", "http*", "*\\/a", "*İ*", "*σ*"));
      default -> "link:\"" + escaped(link()) + "\"";
    };
  }

  private String phrase() {
    return Stream.generate(text::word)
        .limit(2 + random.nextInt(3))
        .collect(Collectors.joining(" "));
  }

  private String part() {
    String word = text.word();
    return word.substring(
        0, word.offsetByCodePoints(0, random.nextInt(word.codePointCount(0, word.length()) + 1)));
  }

  private static String escaped(String words) {
    return QueryParser.escape(words);
  }

  private String changed(String value) {
    return switch (random.nextInt(3)) {
      case 0 -> value.toUpperCase(Locale.ROOT);
      case 1 -> value.toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  private String link() {
    return text.one(List.of("https://", "HTTP://", "x:", "://"))
        + text.one(HOSTS)
        + text.one(List.of("", "/a", "?b"));
  }

  /** A post of the same words. */
  Candidate post() {
    Posts post =
        Posts.text(text.text(10))
            .tags(some(2, text::word))
            .links(some(2, this::link))
            .langs(some(2, () -> changed(text.one(LANGS))));
    if (random.nextInt(3) == 0) {
      post = post.card(some(3, () -> text.text(6)));
    }
    if (random.nextInt(3) == 0) {
      post = post.alts(some(3, () -> text.text(6)));
    }
    if (random.nextInt(3) == 0) {
      post = post.labels(some(2, () -> changed(text.one(List.of("porn", "graphic", "!hide")))));
    }
    post = post.kinds(random.nextBoolean(), random.nextBoolean(), random.nextBoolean());
    return post.by(new courtside.atproto.syntax.Did(text.one(AUTHORS)));
  }

  private String[] some(int most, java.util.function.Supplier<String> of) {
    List<String> values = new ArrayList<>();
    int count = random.nextInt(most + 1);
    for (int i = 0; i < count; i++) {
      values.add(of.get());
    }
    return values.toArray(String[]::new);
  }
}
