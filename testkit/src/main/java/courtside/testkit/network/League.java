package courtside.testkit.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The thirty teams. Immutable. */
final class League {
  private static final Pattern BAR = Pattern.compile(" \\| ");
  private static final Pattern COMMA = Pattern.compile(", ");

  private final List<Team> teams;

  private League(List<Team> teams) {
    this.teams = List.copyOf(teams);
  }

  static League bundled() {
    return read(SectionFile.bundled("teams.txt"));
  }

  /**
   * Reads lines of {@code city | nickname | hashtags | players}.
   *
   * @throws IllegalArgumentException if they are not that; says which line
   */
  static League read(SectionFile file) {
    List<Team> teams = new ArrayList<>();
    for (SectionFile.Entry entry : file.section("teams")) {
      List<String> fields = Arrays.asList(BAR.split(entry.text()));
      if (fields.size() != 4) {
        throw new IllegalArgumentException(
            entry.place()
                + ": expected city | nickname | hashtags | players, found "
                + entry.text());
      }
      Team team = new Team(fields.get(0), fields.get(1), list(fields.get(2)), list(fields.get(3)));
      if (team.players().size() < 2) {
        throw new IllegalArgumentException(entry.place() + ": expected at least two players");
      }
      teams.add(team);
    }
    return new League(teams);
  }

  private static List<String> list(String field) {
    return Arrays.asList(COMMA.split(field.strip()));
  }

  List<Team> teams() {
    return teams;
  }
}
