package courtside.testkit.network;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Two or three games at once, and another whenever one is over. Confined to one thread. */
final class Slate {
  private static final int MOST = 3;

  private final Deck<Team> teams;
  private final List<Game> games = new ArrayList<>();

  Slate(League league) {
    teams = new Deck<>(league.teams());
  }

  /** The next moment of some game. */
  Moment next(RandomGenerator random) {
    games.removeIf(Game::over);
    boolean room = games.size() < MOST && games.stream().anyMatch(Game::late);
    if (games.size() < MOST - 1 || (room && random.nextInt(8) == 0)) {
      Team home = idle(random);
      games.add(new Game(home, opponent(home, random)));
    }
    return games.get(random.nextInt(games.size())).next(random);
  }

  private Team idle(RandomGenerator random) {
    return teams.deal(random, this::isIdle);
  }

  private Team opponent(Team home, RandomGenerator random) {
    return teams.deal(random, team -> !team.equals(home) && isIdle(team));
  }

  private boolean isIdle(Team team) {
    return games.stream().noneMatch(game -> game.teams().contains(team));
  }
}
