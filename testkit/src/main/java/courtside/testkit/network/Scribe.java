package courtside.testkit.network;

import courtside.testkit.network.Pen.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Finds the words for what is planned, if it can such as were not used lately. One thread only. */
final class Scribe {
  private static final int REMEMBERED = 3_000;
  private static final int TRIES = 8;
  private static final int TAGGED_PERCENT = 45;

  private final RandomGenerator random;
  private final Map<String, Phrasebook> books = new HashMap<>();
  private final Set<String> used = new LinkedHashSet<>();

  Scribe(League league, RandomGenerator random) {
    this.random = random;
    for (Cast.Language language : Cast.Language.values()) {
      books.put(language.tag(), Phrasebook.bundled(language.tag(), league));
    }
  }

  /** What is said, and by which line. Immutable. */
  record Spoken(Line line, Utterance utterance) {}

  /** Words for a plan; none if all that were tried were used lately. */
  Optional<Spoken> fresh(Plan plan, Optional<Reference> reference) {
    for (int i = 0; i < TRIES; i++) {
      Spoken spoken = any(plan, reference);
      if (used.add(spoken.utterance().text())) {
        if (used.size() > REMEMBERED) {
          used.remove(used.iterator().next());
        }
        return Optional.of(spoken);
      }
    }
    return Optional.empty();
  }

  /** Words for a plan, used lately or not. */
  Spoken any(Plan plan, Optional<Reference> reference) {
    Phrasebook book = book(plan.voice());
    Line line = book.deal(plan.topic(), plan.stance(), random);
    return spoken(plan, line, "", languages(plan.voice()), reference);
  }

  /** The same line once more, marked as corrected; its words and numbers may be others. */
  Spoken corrected(Plan plan, Spoken before) {
    String mark = book(plan.voice()).edited(random) + " ";
    return spoken(
        plan, before.line(), mark, before.utterance().langs(), before.utterance().reference());
  }

  /** Something else in the place of what was said. */
  Spoken replaced(Plan plan, Spoken before) {
    Phrasebook book = book(plan.voice());
    String mark = book.wrong(random) + " ";
    Line line = book.deal(plan.topic(), plan.stance(), random);
    return spoken(plan, line, mark, before.utterance().langs(), before.utterance().reference());
  }

  private Spoken spoken(
      Plan plan, Line line, String mark, List<String> langs, Optional<Reference> reference) {
    Written written = Pen.write(book(plan.voice()), line, plan.scene(), random);
    PostText.Builder text = new PostText.Builder().append(mark).append(written.text());
    List<String> beside = new ArrayList<>();
    if (plan.scene().isPresent()) {
      Scene scene = plan.scene().get();
      if (written.text().facets().isEmpty() && random.nextInt(100) < TAGGED_PERCENT) {
        text.append(" ").tag(hashtag(plan.voice(), scene));
      }
      if (random.nextInt(20) == 0) {
        beside.add("NBA");
        beside.addAll(scene.team().hashtags());
      }
    }
    PostText post = text.build();
    return new Spoken(
        line,
        new Utterance(
            post.text(),
            langs,
            plan.topic().aboutNba(),
            post.facets(),
            written.pictures(),
            beside,
            labels(written),
            reference));
  }

  private String hashtag(Voice voice, Scene scene) {
    Team team = voice.team().filter(scene::has).orElse(scene.team());
    return random.nextInt(5) == 0
        ? "NBA"
        : team.hashtags().get(random.nextInt(team.hashtags().size()));
  }

  private List<String> languages(Voice voice) {
    int roll = random.nextInt(40);
    if (roll == 0) {
      return List.of();
    }
    return roll == 1 && !voice.language().equals("en")
        ? List.of(voice.language(), "en")
        : List.of(voice.language());
  }

  private List<String> labels(Written written) {
    return switch (random.nextInt(150)) {
      case 0 -> List.of("!no-unauthenticated");
      case 1 -> written.pictures().isEmpty() ? List.of() : List.of("graphic-media");
      default -> List.of();
    };
  }

  private Phrasebook book(Voice voice) {
    Phrasebook book = books.get(voice.language());
    if (book == null) {
      throw new IllegalStateException("nobody has written what to say in " + voice.language());
    }
    return book;
  }
}
