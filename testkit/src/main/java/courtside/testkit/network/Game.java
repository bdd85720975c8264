package courtside.testkit.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One game, played possession by possession, of which only the moments worth a word are shown.
 * Confined to one thread.
 */
final class Game {
  private static final int QUARTER_SECONDS = 720;
  private static final int OVERTIME_SECONDS = 300;
  private static final int CLOSE = 5;
  private static final int RUN_WORTH_A_WORD = 8;
  private static final int HOME = 0;

  private final List<Team> teams;
  private final int[] score = new int[2];
  private final List<Map<String, Figures>> figures = new ArrayList<>();
  private Phase phase = Phase.BEFORE;
  private int quarter = 1;
  private int secondsLeft = QUARTER_SECONDS;
  private int attacking;
  private int leader = -1;
  private int runner = -1;
  private int run;
  private int runTold;
  private int clutchTold;
  private int wordsAfter;

  Game(Team home, Team away) {
    teams = List.of(home, away);
    for (Team team : teams) {
      Map<String, Figures> players = new LinkedHashMap<>();
      team.players().forEach(player -> players.put(player, new Figures()));
      figures.add(players);
    }
  }

  List<Team> teams() {
    return teams;
  }

  /** Whether there is nothing more to say. */
  boolean over() {
    return phase == Phase.OVER;
  }

  /** Whether it is so far on that another game may begin beside it. */
  boolean late() {
    return phase.compareTo(Phase.PLAY) > 0 || (phase == Phase.PLAY && quarter > 2);
  }

  /** Plays on to the next moment. */
  Moment next(RandomGenerator random) {
    return switch (phase) {
      case BEFORE -> {
        phase = Phase.TIP_OFF;
        yield moment(Topic.PREVIEW, HOME);
      }
      case TIP_OFF -> {
        phase = Phase.PLAY;
        attacking = random.nextInt(2);
        yield moment(Topic.TIP_OFF, attacking);
      }
      case PLAY -> play(random);
      case AFTER -> {
        if (--wordsAfter == 0) {
          phase = Phase.OVER;
        }
        yield moment(Topic.AFTER, ahead());
      }
      case OVER -> throw new IllegalStateException("the game is over");
    };
  }

  private Moment play(RandomGenerator random) {
    while (true) {
      secondsLeft -= random.nextInt(7, 21);
      if (secondsLeft <= 0) {
        return buzzer(random);
      }
      Optional<Moment> moment = possession(random);
      attacking = 1 - attacking;
      if (moment.isPresent()) {
        return moment.get();
      }
    }
  }

  private Moment buzzer(RandomGenerator random) {
    int ended = quarter;
    boolean level = score[0] == score[1];
    secondsLeft = 0;
    if (ended >= 4 && !level) {
      phase = Phase.AFTER;
      wordsAfter = random.nextInt(2, 5);
      return moment(Topic.FINAL, ahead());
    }
    Topic topic =
        ended >= 4
            ? Topic.OVERTIME
            : level ? Topic.TIED : ended == 2 ? Topic.HALF_TIME : Topic.QUARTER_END;
    Moment moment = moment(topic, level ? HOME : ahead());
    quarter++;
    secondsLeft = quarter > 4 ? OVERTIME_SECONDS : QUARTER_SECONDS;
    clutchTold = 0;
    return moment;
  }

  /** Plays one attack; figures change whether or not it is worth a word. */
  private Optional<Moment> possession(RandomGenerator random) {
    double roll = random.nextDouble();
    int defending = 1 - attacking;
    if (roll < 0.005) {
      return Optional.of(moment(Topic.INJURY, attacking));
    }
    if (roll < 0.02) {
      return Optional.of(moment(Topic.SUBSTITUTION, attacking, anyone(attacking, random)));
    }
    if (roll < 0.14) {
      boolean stolen = random.nextBoolean();
      return worth(
          0.12,
          random,
          stolen
              ? moment(Topic.STEAL, defending, anyone(defending, random))
              : moment(Topic.TURNOVER, attacking));
    }
    if (roll < 0.24) {
      int made = (random.nextDouble() < 0.78 ? 1 : 0) + (random.nextDouble() < 0.78 ? 1 : 0);
      return made == 0
          ? Optional.empty()
          : basket(made, made == 2 ? 0.08 : 0, Topic.FREE_THROWS, random);
    }
    if (roll < 0.59) {
      return random.nextDouble() < 0.37 ? basket(3, 0.15, Topic.THREE, random) : missed(0, random);
    }
    if (random.nextDouble() < 0.56) {
      boolean dunk = random.nextDouble() < 0.2;
      return basket(2, dunk ? 0.3 : 0, Topic.DUNK, random);
    }
    return missed(0.12, random);
  }

  private Optional<Moment> missed(double blocked, RandomGenerator random) {
    int defending = 1 - attacking;
    String rebounder = anyone(defending, random);
    if (known(14, defending, random)) {
      figures(defending, rebounder).rebounds++;
    }
    return random.nextDouble() < blocked
        ? worth(0.6, random, moment(Topic.BLOCK, defending, rebounder))
        : Optional.empty();
  }

  private Optional<Moment> basket(int points, double worth, Topic topic, RandomGenerator random) {
    score[attacking] += points;
    run = attacking == runner ? run + points : points;
    runTold = attacking == runner ? runTold : 0;
    runner = attacking;
    int before = leader;
    leader = score[0] == score[1] ? leader : ahead();

    if (known(11, attacking, random)) {
      figures(attacking, anyone(attacking, random)).assists++;
    }
    boolean known = known(18, attacking, random);
    String scorer = anyone(attacking, random);
    if (known) {
      Figures of = figures(attacking, scorer);
      int tens = of.points / 10;
      of.points += points;
      if (of.points / 10 > tens && of.points >= 20) {
        return Optional.of(moment(Topic.MILESTONE, attacking, scorer));
      }
    }
    return clutch()
        .or(() -> run(random))
        .or(() -> changes(before, random))
        .or(() ->
            known ? worth(worth, random, moment(topic, attacking, scorer)) : Optional.empty());
  }

  private Optional<Moment> clutch() {
    int stage = secondsLeft < 25 ? 3 : secondsLeft < 60 ? 2 : secondsLeft < 120 ? 1 : 0;
    if (quarter < 4 || stage <= clutchTold || Math.abs(score[0] - score[1]) > CLOSE) {
      return Optional.empty();
    }
    clutchTold = stage;
    return Optional.of(moment(Topic.CLUTCH, attacking));
  }

  private Optional<Moment> run(RandomGenerator random) {
    if (run < RUN_WORTH_A_WORD || run < runTold + 4 || random.nextInt(3) == 0) {
      return Optional.empty();
    }
    boolean timeout = random.nextInt(3) == 0;
    runTold = run;
    return Optional.of(timeout ? moment(Topic.TIMEOUT, 1 - runner) : moment(Topic.RUN, runner));
  }

  private Optional<Moment> changes(int before, RandomGenerator random) {
    int lead = Math.abs(score[0] - score[1]);
    if (lead == 0) {
      return worth(0.12, random, moment(Topic.TIED, attacking));
    }
    return before >= 0 && leader != before && lead > 1
        ? worth(0.3, random, moment(Topic.LEAD_CHANGE, leader))
        : Optional.empty();
  }

  private static Optional<Moment> worth(double chance, RandomGenerator random, Moment moment) {
    return random.nextDouble() < chance ? Optional.of(moment) : Optional.empty();
  }

  /** Whether one of the named players did it, of whom each does so many of a hundred. */
  private boolean known(int percentEach, int side, RandomGenerator random) {
    return random.nextInt(100) < percentEach * teams.get(side).players().size();
  }

  private int ahead() {
    return score[0] >= score[1] ? 0 : 1;
  }

  private String anyone(int side, RandomGenerator random) {
    List<String> players = teams.get(side).players();
    return players.get(random.nextInt(players.size()));
  }

  private Figures figures(int side, String player) {
    Figures found = figures.get(side).get(player);
    if (found == null) {
      throw new IllegalArgumentException(player + " does not play for " + teams.get(side).name());
    }
    return found;
  }

  private String best(int side) {
    List<String> players = teams.get(side).players();
    String best = players.getFirst();
    for (String player : players) {
      if (figures(side, player).points > figures(side, best).points) {
        best = player;
      }
    }
    return best;
  }

  private Moment moment(Topic topic, int side) {
    return moment(topic, side, best(side));
  }

  private Moment moment(Topic topic, int side, String player) {
    Figures of = figures(side, player);
    return new Moment(
        topic,
        new Scene(
            teams.get(side),
            teams.get(1 - side),
            teams.get(HOME),
            player,
            score[side],
            score[1 - side],
            run,
            quarter,
            secondsLeft,
            // Sentences are written for plurals; one rebound is told as two.
            Math.max(2, of.points),
            Math.max(2, of.rebounds),
            Math.max(2, of.assists)));
  }

  private enum Phase {
    BEFORE,
    TIP_OFF,
    PLAY,
    AFTER,
    OVER,
  }

  /** A player's line in the box score. */
  private static final class Figures {
    private int points;
    private int rebounds;
    private int assists;
  }
}
