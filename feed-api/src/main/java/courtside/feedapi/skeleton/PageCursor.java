package courtside.feedapi.skeleton;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.store.Position;
import courtside.feedapi.xrpc.XrpcException;
import java.util.Optional;

/**
 * Where a page ended, as text: {@code <milliseconds>::<uri>}, and behind it {@code ,<uri>} of the
 * post that was pinned to the first page, where one was. It names a place in the order of all
 * posts, not in one version of a feed, so it holds in every version, replica and restart; and as it
 * says which post was shown out of that order, another version that pins another one, or none,
 * neither shows that one again nor leaves one out. Immutable.
 *
 * @param position below which the next page begins
 * @param pinned what the first page showed first
 */
record PageCursor(Position position, Optional<String> pinned) {
  private static final String SEPARATOR = "::";

  /** Occurs in no uri, as the other one may. */
  private static final String BEFORE_PINNED = ",";

  String write() {
    return position.sortAt()
        + SEPARATOR
        + position.uri()
        + pinned.map(uri -> BEFORE_PINNED + uri).orElse("");
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws XrpcException if it is anything else
   */
  static PageCursor read(String text) {
    int separator = text.indexOf(SEPARATOR);
    int comma = text.indexOf(BEFORE_PINNED);
    if (separator > 0) {
      try {
        PageCursor cursor =
            new PageCursor(
                new Position(
                    Long.parseLong(text.substring(0, separator)),
                    uri(
                        text.substring(
                            separator + SEPARATOR.length(),
                            comma > separator ? comma : text.length()))),
                comma > separator
                    ? Optional.of(uri(text.substring(comma + BEFORE_PINNED.length())))
                    : Optional.empty());
        if (cursor.write().equals(text)) {
          return cursor;
        }
      } catch (NumberFormatException | MalformedDataException e) {
        // Said below, as for every other text.
      }
    }
    throw XrpcException.invalidRequest("the cursor is none that this generator gave");
  }

  private static String uri(String text) throws MalformedDataException {
    return RecordUri.parse(text).toString();
  }
}
