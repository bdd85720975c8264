package courtside.testkit.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Who is on the network. Immutable. */
final class Cast {
  /** Each language and how many speak it. */
  enum Language {
    /** English. */
    EN("en", 40),
    /** Spanish. */
    ES("es", 16),
    /** Portuguese, as in Brazil. */
    PT("pt", 16),
    /** French. */
    FR("fr", 12),
    /** German. */
    DE("de", 12),
    /** Italian. */
    IT("it", 12),
    /** Japanese. */
    JA("ja", 16),
    /** Turkish. */
    TR("tr", 12),
    /** Greek. */
    EL("el", 10),
    /** Filipino. */
    FIL("fil", 14);

    private final String tag;
    private final int speakers;

    Language(String tag, int speakers) {
      this.tag = tag;
      this.speakers = speakers;
    }

    String tag() {
      return tag;
    }
  }

  private static final int INTERESTS = 3;

  private final List<Voice> voices;

  private Cast(List<Voice> voices) {
    this.voices = List.copyOf(voices);
  }

  /** Casts an evening: every team has a fan, every topic somebody whom it interests. */
  static Cast of(League league, RandomGenerator random) {
    Deck<Team> teams = new Deck<>(league.teams());
    Deck<Topic> topics = new Deck<>(Topic.of(Topic.Genre.LIFE));
    List<Voice> voices = new ArrayList<>();
    for (Language language : Language.values()) {
      int reporters = language.speakers / 6;
      int fans = language.speakers * 2 / 5;
      for (int i = 0; i < language.speakers; i++) {
        Voice.Role role =
            i < reporters
                ? Voice.Role.REPORTER
                : i < reporters + fans ? Voice.Role.FAN : Voice.Role.NEIGHBOUR;
        Optional<Team> team =
            role == Voice.Role.FAN ? Optional.of(teams.deal(random)) : Optional.empty();
        List<Topic> interests = new ArrayList<>();
        while (role != Voice.Role.REPORTER && interests.size() < INTERESTS) {
          interests.add(topics.deal(random, topic -> !interests.contains(topic)));
        }
        voices.add(new Voice(voices.size(), language.tag, role, team, interests));
      }
    }
    return new Cast(voices);
  }

  List<Voice> voices() {
    return voices;
  }

  /** Anybody. */
  Voice anybody(RandomGenerator random) {
    return voices.get(random.nextInt(voices.size()));
  }

  /**
   * Somebody who suits.
   *
   * @throws java.util.NoSuchElementException if nobody does
   */
  Voice one(RandomGenerator random, Predicate<Voice> suits) {
    return somebody(random, suits).orElseThrow();
  }

  /** Somebody who suits, if anybody does. */
  Optional<Voice> somebody(RandomGenerator random, Predicate<Voice> suits) {
    List<Voice> found = voices.stream().filter(suits).toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(found.get(random.nextInt(found.size())));
  }
}
