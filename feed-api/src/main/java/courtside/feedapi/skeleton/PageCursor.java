package courtside.feedapi.skeleton;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.store.Position;

/**
 * Where a page ended, as text: {@code <milliseconds>::<uri>}. It names a place in the order of all
 * posts, not in one version of a feed, so it holds in every version, replica and restart.
 */
final class PageCursor {
  private static final String SEPARATOR = "::";

  private PageCursor() {}

  static String write(Position position) {
    return position.sortAt() + SEPARATOR + position.uri();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws XrpcException if it is anything else
   */
  static Position read(String text) {
    int separator = text.indexOf(SEPARATOR);
    if (separator > 0) {
      try {
        Position position =
            new Position(
                Long.parseLong(text.substring(0, separator)),
                RecordUri.parse(text.substring(separator + SEPARATOR.length())).toString());
        if (write(position).equals(text)) {
          return position;
        }
      } catch (NumberFormatException | MalformedDataException e) {
        // Said below, as for every other text.
      }
    }
    throw XrpcException.invalidRequest("the cursor is none that this generator gave");
  }
}
