package courtside.processor.model;

import courtside.eventlog.feed.FeedVersion;
import courtside.processor.definition.DefinitionException;
import courtside.processor.definition.DefinitionFile;
import courtside.testkit.history.Pace;
import courtside.testkit.history.Wanted;
import courtside.testkit.history.Writing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/**
 * One version of a feed, said twice: as somebody writes it, and in plain terms. Immutable.
 *
 * @param definition what is applied
 * @param wanted what the histories are asked
 */
record Taste(DefinitionFile definition, Wanted wanted) {
  private static final List<String> WORDS = List.of("nba", "dunk", "chat");
  private static final List<String> LANGUAGES = List.of("es", "en", "pt");

  FeedVersion version() {
    return definition.version();
  }

  /**
   * A version of each of five feeds: of a word, of some authors, of a language, of everything, of a
   * kind of post.
   *
   * @param number tells these versions from others
   * @param authors of the histories
   */
  static List<Taste> five(int number, List<String> authors, Pace pace, RandomGenerator random) {
    List<Taste> tastes = new ArrayList<>();
    String word = any(WORDS, random);
    tastes.add(
        taste(
            "word",
            number,
            "rule: " + word + "\nexclude: weather\n",
            (_, writing) -> writing.says(word) && !writing.says("weather"),
            pace,
            random));
    Set<String> some = new TreeSet<>();
    while (some.size() < Math.min(authors.size() / 2 + 1, 300)) {
      some.add(any(authors, random));
    }
    tastes.add(
        taste(
            "authors",
            number,
            "include-authors: " + some + "\n",
            (did, _) -> some.contains(did),
            pace,
            random));
    String language = any(LANGUAGES, random);
    tastes.add(
        taste(
            "language",
            number,
            "rule: '*:*'\nlanguages: [" + language + "]\n",
            (_, writing) -> writing.isIn(language),
            pace,
            random));
    String blocked = any(authors, random);
    tastes.add(
        taste(
            "everything",
            number,
            "rule: '*:*'\nblock-authors: ['" + blocked + "']\n",
            (did, _) -> !did.equals(blocked),
            pace,
            random));
    tastes.add(kind(number, pace, random));
    return tastes;
  }

  private static Taste kind(int number, Pace pace, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          taste(
              "kind",
              number,
              "rule: 'kind:reply'\n",
              (_, writing) -> writing.answers().isPresent(),
              pace,
              random);
      case 1 ->
          taste(
              "kind",
              number,
              "rule: 'kind:quote OR alt:dunk'\n",
              (_, writing) -> writing.shows().isPresent() || writing.pictures().contains("a dunk"),
              pace,
              random);
      case 2 ->
          taste(
              "kind",
              number,
              "rule: 'kind:media OR tag:hoops'\n",
              (_, writing) -> !writing.pictures().isEmpty() || writing.tags().contains("hoops"),
              pace,
              random);
      default ->
          taste(
              "kind",
              number,
              "rule: 'kind:post AND host:example.com'\n",
              (_, writing) -> writing.answers().isEmpty() && !writing.links().isEmpty(),
              pace,
              random);
    };
  }

  private static Taste taste(
      String feed,
      int number,
      String yaml,
      BiPredicate<String, Writing> rule,
      Pace pace,
      RandomGenerator random) {
    Duration keep = pace.days(any(List.of(1L, 3L, 10L, 25L), random));
    Optional<Duration> maxAge =
        random.nextInt(3) == 0
            ? Optional.empty()
            : Optional.of(pace.days(any(List.of(1L, 7L), random)));
    String all =
        "feed: "
            + feed
            + "\nname: version "
            + number
            + "\n"
            + yaml
            + "keep: "
            + written(keep)
            + "\nmax-age: "
            + maxAge.map(Taste::written).orElse("none")
            + "\n";
    try {
      return new Taste(
          DefinitionFile.read(feed, new ByteArrayInputStream(all.getBytes(StandardCharsets.UTF_8))),
          new Wanted(rule, maxAge, keep));
    } catch (DefinitionException e) {
      throw new IllegalStateException("a definition that is wrong: " + all, e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static String written(Duration duration) {
    return duration.toMinutes() * 60 == duration.toSeconds()
        ? duration.toMinutes() + "m"
        : duration.toSeconds() + "s";
  }

  private static <T> T any(List<T> list, RandomGenerator random) {
    return list.get(random.nextInt(list.size()));
  }
}
