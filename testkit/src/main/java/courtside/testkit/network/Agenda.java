package courtside.testkit.network;

import courtside.testkit.network.Voice.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides who speaks about what next. Confined to one thread. */
final class Agenda {
  private static final double GAMES = 0.72;

  /** Moments that many have a word on. */
  private static final Set<Topic> BIG =
      Set.of(Topic.TIP_OFF, Topic.HALF_TIME, Topic.CLUTCH, Topic.OVERTIME, Topic.FINAL);

  private final RandomGenerator random;
  private final Cast cast;
  private final Slate slate;
  private final Deck<Team> teams;
  private final Deck<Topic> talk = new Deck<>(Topic.of(Topic.Genre.TALK));
  private final Deck<Topic> life = new Deck<>(Topic.of(Topic.Genre.LIFE));
  private final Set<Voice> heard = new HashSet<>();
  private @Nullable Moment moment;
  private int wordsOnMoment;

  Agenda(League league, Cast cast, RandomGenerator random) {
    this.random = random;
    this.cast = cast;
    slate = new Slate(league);
    teams = new Deck<>(league.teams());
  }

  /** Somebody about a game that is on, or about the league. */
  Plan nba() {
    return random.nextDouble() < GAMES
        ? game()
        : league(cast.one(random, who -> who.role() != Role.NEIGHBOUR));
  }

  /** A word on the latest moment, by somebody who has not had one, or on the next. */
  private Plan game() {
    Moment now = moment;
    if (now == null || wordsOnMoment == 0) {
      now = slate.next(random);
      moment = now;
      wordsOnMoment = 1 + random.nextInt(BIG.contains(now.topic()) ? 4 : 2);
      heard.clear();
    }
    wordsOnMoment--;
    Scene scene = now.scene();
    Optional<Voice> fan =
        random.nextInt(5) < 2
            ? cast.somebody(
                random, who -> who.team().filter(scene::has).isPresent() && !heard.contains(who))
            : Optional.empty();
    Voice voice =
        fan.orElseGet(
            () -> cast.one(random, who -> who.role() == Role.REPORTER && !heard.contains(who)));
    heard.add(voice);
    return Plan.nba(voice, now.topic(), scene);
  }

  /** This voice about the league; mostly about its own team, if it has one. */
  Plan league(Voice voice) {
    Team team =
        voice.team().isPresent() && random.nextInt(4) > 0 ? voice.team().get() : teams.deal(random);
    Team opponent = teams.deal(random, other -> !other.equals(team));
    String player = team.players().get(random.nextInt(team.players().size()));
    return Plan.nba(voice, talk.deal(random), Scene.of(team, opponent, player));
  }

  /** Somebody about something else. */
  Plan life() {
    Role role = random.nextInt(6) == 0 ? Role.FAN : Role.NEIGHBOUR;
    return life(cast.one(random, who -> who.role() == role));
  }

  /** This voice about something else; mostly about what interests it. */
  Plan life(Voice voice) {
    List<Topic> interests = voice.interests();
    boolean usual = !interests.isEmpty() && random.nextInt(3) > 0;
    return Plan.life(
        voice, usual ? interests.get(random.nextInt(interests.size())) : life.deal(random));
  }

  /** An answer to a post, by somebody else who speaks its language; every language has several. */
  Plan answer(Plan to) {
    boolean nba = to.scene().isPresent() && random.nextInt(5) < 2;
    Voice voice =
        cast.one(
            random,
            who ->
                who.language().equals(to.voice().language())
                    && who.index() != to.voice().index()
                    && !(nba && who.role() == Role.NEIGHBOUR));
    return nba ? new Plan(voice, Topic.BASKETBALL, to.scene()) : Plan.life(voice, Topic.ANYTHING);
  }
}
