package courtside.testkit.network;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that is said in one language: lines by topic, and the words that fill them. Deals each
 * line of a topic once before it deals one again. Confined to one thread.
 *
 * <p>A placeholder is a list of words of the language ({@code {dish}}), a range of whole numbers
 * ({@code {2-9}}), {@code {link}}, or, in lines about the NBA, one of {@link Scene}.
 */
final class Phrasebook {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,4})-([0-9]{1,4})");
  private static final Pattern MARKUP = Pattern.compile("[{}#|]");
  private static final Pattern MAPPING = Pattern.compile("(.+?) = (.+)");
  private static final Set<String> MAPPINGS = Set.of("the", "of", "team", "city", "player");
  private static final String EDITED = "edited";
  private static final String WRONG = "wrong";
  private static final String QUARTER = "quarter";
  private static final String IN_QUARTER = "in-quarter";
  private static final Set<String> RESERVED = Set.of(EDITED, WRONG, QUARTER, IN_QUARTER);
  private static final int QUARTERS = 5;

  private final Locale locale;
  private final Map<String, List<String>> words = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> names = new LinkedHashMap<>();
  private final Map<Topic, List<Line>> lines = new EnumMap<>(Topic.class);
  private final Map<Topic, Deck<Line>> decks = new EnumMap<>(Topic.class);

  private Phrasebook(String language) {
    locale = Locale.forLanguageTag(language);
  }

  /**
   * Reads the language's files that come with Courtside.
   *
   * @throws IllegalArgumentException if one cannot be used; says in which line
   */
  static Phrasebook bundled(String language, League league) {
    return read(language, league, name -> SectionFile.bundled(language + "/" + name + ".txt"));
  }

  /**
   * Reads a language: its words, and a file for each genre.
   *
   * @throws IllegalArgumentException if a file cannot be used; says in which line
   */
  static Phrasebook read(String language, League league, Function<String, SectionFile> files) {
    Phrasebook book = new Phrasebook(language);
    Set<String> known = known(league);
    SectionFile vocabulary = files.apply("words");
    vocabulary
        .sections()
        .forEach((heading, entries) -> {
          if (MAPPINGS.contains(heading)) {
            book.names.put(heading, mapping(entries, known));
          } else {
            book.words.put(heading, words(entries));
          }
        });
    book.require(vocabulary);
    for (Topic.Genre genre : Topic.Genre.values()) {
      book.readLines(genre, files.apply(genre.file()));
    }
    book.requireUse(vocabulary);
    return book;
  }

  private static Set<String> known(League league) {
    Set<String> names = new HashSet<>();
    names.add("*");
    for (Team team : league.teams()) {
      names.add(team.city());
      names.add(team.nickname());
      names.addAll(team.players());
    }
    return names;
  }

  private static Map<String, String> mapping(List<SectionFile.Entry> entries, Set<String> known) {
    Map<String, String> mapping = new LinkedHashMap<>();
    for (SectionFile.Entry entry : entries) {
      Matcher matcher = MAPPING.matcher(entry.text());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            entry.place() + ": expected name = name, found " + entry.text());
      }
      if (!known.contains(matcher.group(1))) {
        throw new IllegalArgumentException(
            entry.place()
                + ": expected a city, nickname or player of the league, found "
                + matcher.group(1));
      }
      mapping.put(matcher.group(1), matcher.group(2));
    }
    return mapping;
  }

  private static List<String> words(List<SectionFile.Entry> entries) {
    for (SectionFile.Entry entry : entries) {
      if (MARKUP.matcher(entry.text()).find()) {
        throw new IllegalArgumentException(
            entry.place() + ": expected plain words, found " + entry.text());
      }
    }
    return entries.stream().map(SectionFile.Entry::text).toList();
  }

  private void require(SectionFile vocabulary) {
    for (String heading : new TreeSet<>(RESERVED)) {
      int found = vocabulary.section(heading).size();
      if (heading.endsWith(QUARTER) && found != QUARTERS) {
        throw new IllegalArgumentException(
            vocabulary.name()
                + ": expected in ["
                + heading
                + "] four quarters and overtime, found "
                + found);
      }
    }
    for (String heading : words.keySet()) {
      if ((Scene.GAME_SLOTS.contains(heading) && !RESERVED.contains(heading))
          || heading.equals(Template.LINK)) {
        throw new IllegalArgumentException(
            vocabulary.name() + ": [" + heading + "] is the name of a placeholder already");
      }
    }
  }

  private void readLines(Topic.Genre genre, SectionFile file) {
    Set<String> headings = new TreeSet<>(file.sections().keySet());
    for (Topic topic : Topic.of(genre)) {
      headings.remove(topic.heading());
      List<Line> found = file.section(topic.heading()).stream().map(Line::parse).toList();
      found.forEach(line -> check(line, topic));
      if (found.stream().noneMatch(line -> line.stance() == Line.Stance.NEUTRAL)) {
        throw new IllegalArgumentException(
            file.name() + ": expected in [" + topic.heading() + "] a line that anybody can say");
      }
      lines.put(topic, found);
      decks.put(topic, new Deck<>(found));
    }
    if (!headings.isEmpty()) {
      throw new IllegalArgumentException(file.name() + ": nothing uses sections " + headings);
    }
  }

  private void check(Line line, Topic topic) {
    for (String slot : line.slots()) {
      boolean known =
          topic.slots().contains(slot)
              || slot.equals(Template.LINK)
              || (words.containsKey(slot) && !RESERVED.contains(slot))
              || isRange(slot, line);
      if (!known) {
        Set<String> expected = new TreeSet<>(topic.slots());
        expected.addAll(words.keySet());
        expected.removeAll(RESERVED);
        throw new IllegalArgumentException(
            line.place()
                + ": unknown placeholder {"
                + slot
                + "}; expected {link}, a range of"
                + " numbers like {2-9}, or one of "
                + expected);
      }
    }
    if (line.stance() != Line.Stance.NEUTRAL && topic.genre() != Topic.Genre.GAME) {
      throw new IllegalArgumentException(line.place() + ": only lines about a game take sides");
    }
    boolean named = line.saysNba() || line.slots().stream().anyMatch(Scene::names);
    if (topic.aboutNba() && !named) {
      throw new IllegalArgumentException(
          line.place() + ": expected a line about the NBA to name it, a team or a player");
    }
  }

  private static boolean isRange(String slot, Line line) {
    Matcher range = RANGE.matcher(slot);
    if (!range.matches()) {
      return false;
    }
    if (Integer.parseInt(range.group(1)) >= Integer.parseInt(range.group(2))) {
      throw new IllegalArgumentException(
          line.place() + ": expected a range that rises, found {" + slot + "}");
    }
    return true;
  }

  /** A list that no line uses is most likely one whose name was mistyped. */
  private void requireUse(SectionFile vocabulary) {
    Set<String> unused = new TreeSet<>(words.keySet());
    unused.removeAll(RESERVED);
    lines.values().forEach(of -> of.forEach(line -> unused.removeAll(line.slots())));
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(vocabulary.name() + ": no line uses " + unused);
    }
  }

  /** By whose rules letters become capitals. */
  Locale locale() {
    return locale;
  }

  /** All lines of a topic. */
  List<Line> lines(Topic topic) {
    return List.copyOf(lines.getOrDefault(topic, List.of()));
  }

  /** Deals a line, in three of four cases one that takes the side, where there is any. */
  Line deal(Topic topic, Line.Stance stance, RandomGenerator random) {
    Deck<Line> deck = decks.get(topic);
    if (deck == null) {
      throw new IllegalStateException("no lines for " + topic);
    }
    boolean partisan =
        stance != Line.Stance.NEUTRAL
            && random.nextInt(4) > 0
            && lines(topic).stream().anyMatch(line -> line.stance() == stance);
    Line.Stance wanted = partisan ? stance : Line.Stance.NEUTRAL;
    return deck.deal(random, line -> line.stance() == wanted);
  }

  /** What stands before a corrected text. */
  String edited(RandomGenerator random) {
    return word(EDITED, random);
  }

  /** What stands before a text that replaces one of another kind. */
  String wrong(RandomGenerator random) {
    return word(WRONG, random);
  }

  /** A value for a placeholder that needs no scene. */
  String word(String slot, RandomGenerator random) {
    Matcher range = RANGE.matcher(slot);
    if (range.matches()) {
      int from = Integer.parseInt(range.group(1));
      return Integer.toString(random.nextInt(from, Integer.parseInt(range.group(2)) + 1));
    }
    List<String> list = words.get(slot);
    if (list == null) {
      throw new IllegalArgumentException("no placeholder {" + slot + "}");
    }
    return list.get(random.nextInt(list.size()));
  }

  /** A value for a placeholder of a scene. */
  String word(String slot, Scene scene, RandomGenerator random) {
    return switch (slot) {
      case "team" -> name("team", scene.team().nickname());
      case "opp" -> name("team", scene.opponent().nickname());
      case "city" -> name("city", scene.team().city());
      case "opp-city" -> name("city", scene.opponent().city());
      case "host" -> name("city", scene.host().city());
      case "the" -> withArticle(scene.team());
      case "opp-the" -> withArticle(scene.opponent());
      case "player" -> name("player", scene.player());
      case "of-city" -> of(scene.team().city(), word("city", scene, random));
      case "of-player" -> of(scene.player(), word("player", scene, random));
      case "tag" -> hashtag(scene.team(), random);
      case "opp-tag" -> hashtag(scene.opponent(), random);
      case "us" -> Integer.toString(scene.us());
      case "them" -> Integer.toString(scene.them());
      case "lead" -> Integer.toString(Math.abs(scene.us() - scene.them()));
      case "run" -> Integer.toString(scene.run());
      case "points" -> Integer.toString(scene.points());
      case "rebounds" -> Integer.toString(scene.rebounds());
      case "assists" -> Integer.toString(scene.assists());
      case "clock" -> scene.clock();
      case QUARTER, IN_QUARTER ->
          words.getOrDefault(slot, List.of()).get(Math.min(scene.quarter(), QUARTERS) - 1);
      default -> word(slot, random);
    };
  }

  private static String hashtag(Team team, RandomGenerator random) {
    return team.hashtags().get(random.nextInt(team.hashtags().size()));
  }

  private String name(String kind, String name) {
    return names.getOrDefault(kind, Map.of()).getOrDefault(name, name);
  }

  private String of(String name, String translated) {
    Map<String, String> forms = names.getOrDefault("of", Map.of());
    String special = forms.get(name);
    return special != null ? special : forms.getOrDefault("*", "*").replace("*", translated);
  }

  private String withArticle(Team team) {
    Map<String, String> articles = names.getOrDefault("the", Map.of());
    String special = articles.get(team.nickname());
    return special != null
        ? special
        : articles.getOrDefault("*", "*").replace("*", name("team", team.nickname()));
  }
}
