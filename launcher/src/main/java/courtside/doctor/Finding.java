package courtside.doctor;

import courtside.publish.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of looking at one matter. Immutable.
 *
 * @param name the matter, stable over versions; behind a space the feed or relay that it is of
 * @param said where it is well what was seen, where it is wrong what was expected and what was
 *     found, where nobody has looked why not; one line
 * @param todo what to do; empty where there is nothing to do, or it is said already
 */
public record Finding(State state, String name, String said, String todo) {
  private static final int LONGEST = 2_000;

  /** How it stands with the matter. */
  public enum State {
    OK,
    WRONG,
    NOT_LOOKED_AT
  }

  /** Makes each text one bounded line, as some of it comes from outside. */
  public Finding {
    said = line(said);
    todo = line(todo);
  }

  static Finding ok(String name, String said) {
    return new Finding(State.OK, name, said, "");
  }

  static Finding wrong(String name, String said, String todo) {
    return new Finding(State.WRONG, name, said, todo);
  }

  /** Of everything that was found about one matter; well where that is nothing. */
  static Finding of(String name, List<Problem> problems, String well) {
    if (problems.isEmpty()) {
      return ok(name, well);
    }
    return wrong(
        name,
        problems.stream().map(Problem::found).collect(Collectors.joining("; ")),
        problems.stream()
            .map(Problem::todo)
            .filter(todo -> !todo.isEmpty())
            .distinct()
            .collect(Collectors.joining("; ")));
  }

  /** Nobody has looked, because of that. */
  static Finding skipped(String name, String because) {
    return new Finding(State.NOT_LOOKED_AT, name, because, "");
  }

  private static String line(String text) {
    String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return bounded
        .codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .strip();
  }
}
