package courtside.atproto.record;

import courtside.atproto.syntax.Datetime;
import java.time.Instant;
import java.util.Optional;

/**
 * When the writer of a record says it was made. Nobody checks it: it may be any moment, or none.
 * Immutable.
 *
 * @param text as it was written
 * @see <a href="https://atproto.com/specs/lexicon#datetime">datetime</a>
 */
public record Timestamp(String text) {
  /** The moment, to the nanosecond; empty where the text is no datetime. Read at every call. */
  public Optional<Instant> moment() {
    return Datetime.momentOf(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
