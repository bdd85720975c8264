package courtside.ingestor.pump;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where to begin where there is no cursor. A cursor that is there always goes before: to leave it,
 * rewind. Immutable.
 *
 * @param cursor what follows this number, for {@link Mode#AFTER}; otherwise 0
 */
public record Start(Mode mode, long cursor) {
  /** What a text must be to be a start, as the end of "must be …". */
  public static final String EXPECTED =
      "live-if-new, oldest-if-new, cursor, live, oldest, or a sequence number to begin after";

  private static final long LARGEST = (1L << 53) - 1;

  /** What to begin with, and on what condition. */
  public enum Mode {
    /**
     * At the live tip, if nothing was ever written; where frames exist without a cursor, refuse.
     */
    LIVE_IF_NEW,
    /** At the oldest frame that the relay has, on the same condition. */
    OLDEST_IF_NEW,
    /** Only at a cursor. */
    CURSOR,
    /** At the live tip, whatever was written before. */
    LIVE,
    /** At the oldest frame that the relay has, whatever was written before. */
    OLDEST,
    /** After a sequence number, whatever was written before. */
    AFTER,
  }

  /** Reads the text form. */
  public static Optional<Start> parse(String text) {
    return switch (text) {
      case "live-if-new" -> Optional.of(new Start(Mode.LIVE_IF_NEW, 0));
      case "oldest-if-new" -> Optional.of(new Start(Mode.OLDEST_IF_NEW, 0));
      case "cursor" -> Optional.of(new Start(Mode.CURSOR, 0));
      case "live" -> Optional.of(new Start(Mode.LIVE, 0));
      case "oldest" -> Optional.of(new Start(Mode.OLDEST, 0));
      default -> number(text).map(seq -> new Start(Mode.AFTER, seq));
    };
  }

  private static Optional<Long> number(String text) {
    // 16 digits hold 2^53 - 1, and never overflow a long.
    return text.matches("[0-9]{1,16}")
        ? Optional.of(Long.parseLong(text)).filter(seq -> seq > 0 && seq <= LARGEST)
        : Optional.empty();
  }

  /** What to ask the relay for; absent for the live tip. */
  OptionalLong cursorToAsk() {
    return switch (mode) {
      case LIVE_IF_NEW, LIVE -> OptionalLong.empty();
      case OLDEST_IF_NEW, OLDEST, CURSOR -> OptionalLong.of(0);
      case AFTER -> OptionalLong.of(cursor);
    };
  }

  /** Whether a person has said that there is no cursor and that this is as it should be. */
  boolean whateverWasWritten() {
    return switch (mode) {
      case LIVE_IF_NEW, OLDEST_IF_NEW, CURSOR -> false;
      case LIVE, OLDEST, AFTER -> true;
    };
  }
}
