package courtside.atproto.record;

/**
 * A limit of a lexicon that a record breaks. Immutable.
 *
 * @param field which field, such as {@code tags[2]}
 * @param unit what is counted
 * @param most as many as the lexicon allows
 * @param found as many as there are
 * @see <a href="https://atproto.com/specs/lexicon">Lexicon</a>
 */
public record BrokenLimit(String field, Unit unit, long most, long found) {

  /** What a limit counts. */
  public enum Unit {
    /** Bytes of a text in UTF-8, or of a file. */
    BYTES,
    /** Characters as a reader counts them: extended grapheme clusters. */
    GRAPHEMES,
    /** Items of a list. */
    ITEMS,
  }
}
