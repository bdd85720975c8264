package courtside.processor.reserve;

/** What was asked for needs room that there is not. Nothing was written. */
public final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes a sentence: what was expected, what was found, and what to do. */
  public NoRoomException(String why) {
    super("nothing was applied, as there is no room for it: " + why);
  }
}
