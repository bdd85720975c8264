package courtside.service.health;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a service says of itself at one moment. Being behind, silent or on standby is no reason to
 * restart a process, so it never makes {@code live} false. Immutable.
 *
 * @param live whether the process can still do its work without being restarted
 * @param ready whether it does its work now; standing by and being paused count as work
 * @param state in one word
 * @param reasons why it is not ready, in sentences
 * @param figures numbers by name, in the unit that the name says
 * @param answers the id of the last wish that was carried out, by the wish's key; absent where the
 *     service carries out none
 */
public record Health(
    boolean live,
    boolean ready,
    String state,
    List<String> reasons,
    Map<String, Double> figures,
    Optional<Map<String, String>> answers) {
  /** Copies the collections. */
  public Health {
    reasons = List.copyOf(reasons);
    figures = Map.copyOf(figures);
    answers = answers.map(Map::copyOf);
  }

  /** The health of a service that carries out no wishes. */
  public Health(
      boolean live,
      boolean ready,
      String state,
      List<String> reasons,
      Map<String, Double> figures) {
    this(live, ready, state, reasons, figures, Optional.empty());
  }
}
