package courtside.feedapi.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A place in the order of a feed, which means the same in every version, replica and restart.
 * Greater is newer; a feed is read downwards. Immutable.
 *
 * @param sortAt milliseconds since 1970
 * @param uri of the post
 */
public record Position(long sortAt, String uri) implements Comparable<Position> {
  @Override
  public int compareTo(Position other) {
    int byTime = Long.compare(sortAt, other.sortAt);
    // As bytes, because that is how the index on disk compares.
    return byTime != 0
        ? byTime
        : Arrays.compareUnsigned(
            uri.getBytes(StandardCharsets.UTF_8), other.uri.getBytes(StandardCharsets.UTF_8));
  }
}
