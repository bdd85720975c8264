package courtside.atproto.cbor;

import static courtside.atproto.cbor.DagCborParser.malformed;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value of a {@link DagCborIndex}. Asked for as another type than it is, it throws {@link
 * Kind#WRONG_TYPE}: what stands where is decided by whoever wrote the bytes. Immutable, over a
 * buffer that must not change.
 */
public final class Value {
  private final byte[] buffer;
  private final long[] words;
  private final int place;

  Value(byte[] buffer, long[] words, int place) {
    this.buffer = buffer;
    this.words = words;
    this.place = place;
  }

  /** What it is. */
  public DagCborReader.Type type() {
    return switch (Word.type(words[place])) {
      case Word.INTEGER, Word.WIDE_INTEGER -> DagCborReader.Type.INTEGER;
      case Word.BYTES -> DagCborReader.Type.BYTES;
      case Word.TEXT -> DagCborReader.Type.TEXT;
      case Word.ARRAY -> DagCborReader.Type.ARRAY;
      case Word.MAP -> DagCborReader.Type.MAP;
      case Word.LINK -> DagCborReader.Type.LINK;
      default ->
          Word.low(words[place]) == Word.NULL
              ? DagCborReader.Type.NULL
              : DagCborReader.Type.BOOLEAN;
    };
  }

  /** The integer that it is. */
  public long asInteger() throws MalformedDataException {
    long word = words[place];
    return switch (Word.type(word)) {
      case Word.INTEGER -> Word.integer(word);
      case Word.WIDE_INTEGER -> words[place + 1];
      default -> throw wrongType(DagCborReader.Type.INTEGER);
    };
  }

  /** The text that it is. */
  public String asText() throws MalformedDataException {
    long word = expect(Word.TEXT, DagCborReader.Type.TEXT);
    return new String(buffer, Word.low(word), Word.high(word), StandardCharsets.UTF_8);
  }

  /** The byte string that it is: where it stands in the buffer, without a copy. */
  public Range asBytes() throws MalformedDataException {
    return range(expect(Word.BYTES, DagCborReader.Type.BYTES));
  }

  /**
   * The link that it is.
   *
   * @throws MalformedDataException also {@link Kind#BAD_CID} where the CID is of a form that the
   *     protocol does not use for its own blocks
   */
  public Cid asLink() throws MalformedDataException {
    Range cid = asLinkBytes();
    return Cid.read(buffer, cid.offset(), cid.length());
  }

  /** The link that it is: where its CID, of whatever form, stands in the buffer. */
  public Range asLinkBytes() throws MalformedDataException {
    return range(expect(Word.LINK, DagCborReader.Type.LINK));
  }

  /** The boolean that it is. */
  public boolean asBoolean() throws MalformedDataException {
    long word = expect(Word.SIMPLE, DagCborReader.Type.BOOLEAN);
    if (Word.low(word) == Word.NULL) {
      throw wrongType(DagCborReader.Type.BOOLEAN);
    }
    return Word.low(word) == Word.TRUE;
  }

  /** Whether it is null. */
  public boolean isNull() {
    return Word.type(words[place]) == Word.SIMPLE && Word.low(words[place]) == Word.NULL;
  }

  /** How many items or entries it has; 0 where it is neither an array nor a map. */
  public int size() {
    return switch (Word.type(words[place])) {
      case Word.ARRAY, Word.MAP -> Word.high(words[place]);
      default -> 0;
    };
  }

  /** Its items in their order; none where it is no array. */
  public Items items() {
    return new Items(Word.type(words[place]) == Word.ARRAY ? size() : 0);
  }

  /** Its entries in their order; none where it is no map. */
  public Entries entries() {
    return new Entries(Word.type(words[place]) == Word.MAP ? size() : 0);
  }

  /** The value under the key; absent where there is none, and where this is no map. */
  public Optional<Value> get(String key) {
    Entries entries = entries();
    while (entries.next()) {
      if (entries.isKey(key)) {
        return Optional.of(entries.value());
      }
    }
    return Optional.empty();
  }

  /**
   * It as {@link DagCborWriter} takes it, which makes the same bytes of it.
   *
   * @throws MalformedDataException {@link Kind#BAD_CID} where a link inside is of a form that the
   *     protocol does not use for its own blocks
   */
  public @Nullable Object toObject() throws MalformedDataException {
    return switch (type()) {
      case INTEGER -> asInteger();
      case BYTES -> asBytes().of(buffer);
      case TEXT -> asText();
      case LINK -> asLink();
      case BOOLEAN -> asBoolean();
      case NULL -> null;
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>(size());
        Items from = items();
        while (from.next()) {
          items.add(from.value().toObject());
        }
        yield items;
      }
      case MAP -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        Entries from = entries();
        while (from.next()) {
          entries.put(from.key(), from.value().toObject());
        }
        yield entries;
      }
    };
  }

  private long expect(int wordType, DagCborReader.Type type) throws MalformedDataException {
    long word = words[place];
    if (Word.type(word) != wordType) {
      throw wrongType(type);
    }
    return word;
  }

  private MalformedDataException wrongType(DagCborReader.Type expected) {
    return malformed(Kind.WRONG_TYPE, -1, "expected " + expected + ", found " + type());
  }

  private static Range range(long word) {
    return new Range(Word.low(word), Word.high(word));
  }

  /** The place after this value and all inside it. */
  private static int after(long[] words, int place) {
    long word = words[place];
    return switch (Word.type(word)) {
      case Word.ARRAY, Word.MAP -> Word.low(word);
      case Word.WIDE_INTEGER -> place + 2;
      default -> place + 1;
    };
  }

  /** Its type, and what it holds where that is short. */
  @Override
  public String toString() {
    return type() + (size() > 0 ? " of " + size() : "");
  }

  /** The items of an array, one after another. Confined to one thread. */
  public final class Items {
    private int left;
    private int next = place + 1;
    private int current = -1;

    private Items(int count) {
      this.left = count;
    }

    /** Goes on to the next item, the first at first; false where there is none. */
    public boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      current = next;
      next = after(words, current);
      return true;
    }

    /** The item. */
    public Value value() {
      return at(current);
    }
  }

  /** The entries of a map, one after another. Confined to one thread. */
  public final class Entries {
    private int left;
    private int next = place + 1;
    private int current = -1;

    private Entries(int count) {
      this.left = count;
    }

    /** Goes on to the next entry, the first at first; false where there is none. */
    public boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      current = next;
      next = after(words, current + 1);
      return true;
    }

    /** Its key. */
    public String key() {
      long word = words[at(current).place];
      String known = KnownNames.find(buffer, Word.low(word), Word.high(word));
      return known != null
          ? known
          : new String(buffer, Word.low(word), Word.high(word), StandardCharsets.UTF_8);
    }

    /** Whether this is its key, without making a text of it. */
    public boolean isKey(String key) {
      long word = words[at(current).place];
      int length = Word.high(word);
      if (key.length() > length) {
        return false;
      }
      int offset = Word.low(word);
      for (int i = 0; i < key.length(); i++) {
        char c = key.charAt(i);
        if (c > 0x7f) {
          return key().equals(key);
        }
        if (buffer[offset + i] != c) {
          return false;
        }
      }
      return key.length() == length;
    }

    /** Its value. */
    public Value value() {
      return at(current + 1);
    }
  }

  private Value at(int place) {
    if (place <= this.place) {
      throw new NoSuchElementException("before the first next()");
    }
    return new Value(buffer, words, place);
  }
}
