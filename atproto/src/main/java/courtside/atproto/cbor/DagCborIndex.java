package courtside.atproto.cbor;

import courtside.atproto.MalformedDataException;

/**
 * Values inside one buffer, each checked to be canonical, from which every value inside them can be
 * read without parsing again. Made in one pass by a {@link Builder}. Holds eight bytes for each
 * value and each key. Immutable, over a buffer that must not change.
 *
 * @see <a href="https://dasl.ing/drisl.html">DRISL</a>
 */
public final class DagCborIndex {
  /** Largest buffer, in bytes: lengths and offsets share a word. */
  public static final int MAX_BYTES = 1 << 30;

  private final byte[] buffer;
  private final long[] words;

  DagCborIndex(byte[] buffer, long[] words) {
    this.buffer = buffer;
    this.words = words;
  }

  /**
   * Indexes the one value that fills the range.
   *
   * @throws MalformedDataException if the bytes are not exactly one canonical value
   */
  public static Value of(byte[] buffer, int from, int to) throws MalformedDataException {
    Builder builder = new Builder(buffer, to - from);
    int place = builder.add(from, to);
    return builder.build().value(place);
  }

  /** The value that {@link Builder#add} gave this place to. */
  public Value value(int place) {
    return new Value(buffer, words, place);
  }

  /** Validates values one after another. Confined to one thread. */
  public static final class Builder {
    private final DagCborParser parser;
    private final byte[] buffer;

    /**
     * Begins.
     *
     * @param expectedBytes how many bytes of the buffer will be added, or a guess
     */
    public Builder(byte[] buffer, int expectedBytes) {
      if (buffer.length > MAX_BYTES) {
        throw new IllegalArgumentException("a buffer of " + buffer.length + " bytes");
      }
      this.buffer = buffer;
      this.parser = DagCborParser.indexing(buffer, expectedBytes);
    }

    /**
     * Validates and indexes the one value that fills the range.
     *
     * @return its place, for {@link DagCborIndex#value}
     * @throws MalformedDataException if the bytes are not exactly one canonical value; what was
     *     added before stands
     */
    public int add(int from, int to) throws MalformedDataException {
      if (from < 0 || from > to || to > buffer.length) {
        throw new IllegalArgumentException("range " + from + ".." + to + " of " + buffer.length);
      }
      return parser.add(from, to);
    }

    /** The index of all that was added. */
    public DagCborIndex build() {
      return new DagCborIndex(buffer, parser.words());
    }
  }
}
