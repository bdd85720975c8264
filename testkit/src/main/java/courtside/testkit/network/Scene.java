package courtside.testkit.network;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a post about the NBA speaks of, in no language. Figures are zero where no game is meant.
 * Immutable.
 *
 * @param team the team spoken of
 * @param opponent the other one
 * @param host whose home the game is at
 * @param player surname of a player of the team spoken of
 * @param us points of the team spoken of
 * @param them points of the opponent
 * @param run points in a row
 * @param quarter from 1; above 4 is overtime
 * @param secondsLeft of the quarter
 * @param points the player's, in this game
 * @param rebounds the player's
 * @param assists the player's
 */
record Scene(
    Team team,
    Team opponent,
    Team host,
    String player,
    int us,
    int them,
    int run,
    int quarter,
    int secondsLeft,
    int points,
    int rebounds,
    int assists) {

  /** Placeholders that name a team or a player. */
  static final Set<String> TEAM_SLOTS =
      Set.of(
          "team",
          "city",
          "of-city",
          "the",
          "opp",
          "opp-city",
          "opp-the",
          "player",
          "of-player",
          "tag",
          "opp-tag");

  private static final String HOST = "host";

  /** Placeholders of a moment of a game. */
  static final Set<String> GAME_SLOTS =
      Stream.concat(
              TEAM_SLOTS.stream(),
              Stream.of(
                  HOST,
                  "us",
                  "them",
                  "lead",
                  "run",
                  "quarter",
                  "in-quarter",
                  "clock",
                  "points",
                  "rebounds",
                  "assists"))
          .collect(Collectors.toUnmodifiableSet());

  /** Whether a placeholder stands for a team, its city or a player. */
  static boolean names(String slot) {
    return TEAM_SLOTS.contains(slot) || slot.equals(HOST);
  }

  static Scene of(Team team, Team opponent, String player) {
    return new Scene(team, opponent, team, player, 0, 0, 0, 1, 0, 0, 0, 0);
  }

  /** Whether a team is one of the two. */
  boolean has(Team other) {
    return other.equals(team) || other.equals(opponent);
  }

  String clock() {
    int seconds = secondsLeft % 60;
    return secondsLeft / 60 + (seconds < 10 ? ":0" : ":") + seconds;
  }
}
