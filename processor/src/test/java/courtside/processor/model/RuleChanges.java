package courtside.processor.model;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.history.Pace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Applies definitions as somebody does who changes them often, and knows what is wanted by that.
 * Confined to one thread.
 */
final class RuleChanges {
  private final KafkaAddress kafka;
  private final List<String> authors;
  private final Pace pace;
  private final Random random;
  private final Map<FeedVersion, Taste> tastes = new HashMap<>();
  private final Map<RecordKey, FeedVersion> wanted = new TreeMap<>(RuleChanges::byName);
  private int number;
  private int rollbacks;

  RuleChanges(KafkaAddress kafka, List<String> authors, Pace pace, Random random) {
    this.kafka = kafka;
    this.authors = authors;
    this.pace = pace;
    this.random = random;
  }

  private static int byName(RecordKey one, RecordKey other) {
    return one.value().compareTo(other.value());
  }

  /** A new version of every feed, and every other time of some of them. */
  void change() throws InterruptedException {
    number++;
    List<Taste> next = new ArrayList<>(Taste.five(number, authors, pace, random));
    if (number % 2 == 0) {
      Collections.shuffle(next, random);
      next = next.subList(0, 1 + random.nextInt(next.size()));
    }
    next.forEach(taste -> tastes.put(taste.version(), taste));
    apply(next, Applied.Outcome.WRITTEN);
  }

  /**
   * Goes back to the version before, in one feed that has one.
   *
   * @param catalogue in which nothing is under way
   */
  void rollBack(Catalogue catalogue) throws InterruptedException {
    for (RecordKey feed : wanted.keySet()) {
      Optional<Taste> previous =
          catalogue
              .state(feed)
              .flatMap(FeedState::previous)
              .map(version -> tastes.get(new FeedVersion(feed, version)));
      if (previous.isPresent()) {
        apply(List.of(previous.get()), Applied.Outcome.ROLLBACK);
        rollbacks++;
        return;
      }
    }
  }

  private void apply(List<Taste> next, Applied.Outcome expected) throws InterruptedException {
    List<DefinitionFile> definitions = next.stream().map(Taste::definition).toList();
    for (Applied applied : Apply.apply(kafka, definitions, false, Apply.setIds(random))) {
      if (applied.outcome() != expected) {
        throw new AssertionError("expected it to be " + expected + ", found " + applied);
      }
      wanted.put(applied.version().feed(), applied.version());
    }
  }

  /** The version of each feed that has to be served in the end. */
  Map<RecordKey, FeedVersion> wanted() {
    return Collections.unmodifiableMap(wanted);
  }

  /** What a version wants. */
  Taste taste(FeedVersion version) {
    Taste taste = tastes.get(version);
    if (taste == null) {
      throw new AssertionError("expected a version that was applied, found " + version);
    }
    return taste;
  }

  @Override
  public String toString() {
    return number + " rule changes and " + rollbacks + " rollbacks";
  }
}
