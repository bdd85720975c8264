package courtside.publish;

/**
 * Something is not as it has to be. Immutable.
 *
 * @param found what was expected and what was found, a sentence
 * @param todo what to do; empty where the first part says it
 */
public record Problem(String found, String todo) {
  /** Both in one sentence. */
  public String inWords() {
    return todo.isEmpty() ? found : found + ": " + todo;
  }
}
