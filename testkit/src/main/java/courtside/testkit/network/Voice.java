package courtside.testkit.network;

import java.util.List;
import java.util.Optional;

/**
 * Somebody who keeps language, role, team and interests for the whole evening. Immutable.
 *
 * @param index its place in {@link Evening#voices()}
 * @param language the language of all its posts, a BCP 47 tag
 * @param team whom a fan cheers for; nobody else has one
 * @param interests what it mostly speaks about when that is not the NBA
 */
public record Voice(
    int index, String language, Role role, Optional<Team> team, List<Topic> interests) {
  /** What somebody is on the network for. */
  public enum Role {
    /** Reports games of all teams, and nothing else. */
    REPORTER,
    /** Cheers for one team, and has a life beside that. */
    FAN,
    /** Never speaks about the NBA on purpose. */
    NEIGHBOUR,
  }

  /** Copies the list. */
  public Voice {
    interests = List.copyOf(interests);
  }
}
