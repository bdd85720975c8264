package courtside.testkit.network;

import java.util.List;

/**
 * A team of the league. Immutable.
 *
 * @param city where it is at home, as its name says it
 * @param nickname the rest of its name
 * @param hashtags its fans' hashtags, without the sign; at least one
 * @param players surnames of some of its players; at least two
 */
public record Team(String city, String nickname, List<String> hashtags, List<String> players) {
  /** Copies the lists. */
  public Team {
    hashtags = List.copyOf(hashtags);
    players = List.copyOf(players);
  }

  /** City and nickname. */
  public String name() {
    return city + " " + nickname;
  }
}
