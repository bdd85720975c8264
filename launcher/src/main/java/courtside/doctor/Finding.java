package courtside.doctor;

import courtside.publish.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of looking at one matter. Some of it comes from outside and is kept as it was said: who
 * prints it makes it visible. Immutable.
 *
 * @param name the matter, stable over versions; behind a space the feed or relay that it is of
 * @param said where it is well what was seen, where it is wrong what was expected and what was
 *     found, where nobody has looked why not; at most {@link #LONGEST} characters
 * @param todo what to do; empty where there is nothing to do, or it is said already
 */
public record Finding(State state, String name, String said, String todo) {
  /** More of a text is left out, which {@code …} says. */
  public static final int LONGEST = 2_000;

  /** How it stands with the matter. */
  public enum State {
    OK,
    WRONG,
    NOT_LOOKED_AT
  }

  /** Bounds each text. */
  public Finding {
    name = bounded(name);
    said = bounded(said);
    todo = bounded(todo);
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

  private static String bounded(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    // Not half of a character.
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
    return text.substring(0, end) + "…";
  }
}
