package courtside.atproto.record;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a part of a text stands for. Immutable.
 *
 * @param index which part; absent where it is not said in full
 * @param features what it stands for, more than one thing perhaps
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/post-richtext">Rich text</a>
 */
public record Facet(Optional<ByteSlice> index, List<Feature> features) {

  /** Copies the list. */
  public Facet {
    features = List.copyOf(features);
  }

  /** What a part of a text stands for. The union is open. */
  public sealed interface Feature {}

  /**
   * An account.
   *
   * @param did a DID by the lexicon, not checked; empty where absent
   */
  public record Mention(String did) implements Feature {}

  /**
   * A link.
   *
   * @param uri a URI by the lexicon, not checked; empty where absent
   */
  public record Link(String uri) implements Feature {}

  /**
   * A hashtag.
   *
   * @param tag without the sign; empty where absent
   */
  public record Tag(String tag) implements Feature {}

  /**
   * A feature of a kind that is not known here.
   *
   * @param type its {@code $type}
   */
  public record UnknownFeature(String type) implements Feature {}

  /**
   * A part of a text by the bytes of its UTF-8, from 0. Records may say anything here: it may lie
   * outside the text, end before it starts, or cut through a character.
   *
   * @param byteStart where it starts
   * @param byteEnd where it ends, exclusive
   */
  public record ByteSlice(long byteStart, long byteEnd) {

    /**
     * The part of a text, which may be empty. Absent where the text has no such part. Takes time by
     * the length of the text.
     */
    public Optional<Part> of(String text) {
      if (byteStart < 0 || byteEnd < byteStart) {
        return Optional.empty();
      }
      int start = -1;
      int at = 0;
      long bytes = 0;
      while (bytes < byteEnd && at < text.length()) {
        if (bytes == byteStart) {
          start = at;
        }
        int character = text.codePointAt(at);
        at += Character.charCount(character);
        bytes += utf8Length(character);
      }
      if (bytes == byteStart) {
        start = at;
      }
      return start >= 0 && bytes == byteEnd
          ? Optional.of(new Part(start, at, text.substring(start, at)))
          : Optional.empty();
    }

    private static int utf8Length(int character) {
      if (character < 0x80) {
        return 1;
      }
      if (character < 0x800) {
        return 2;
      }
      return character < 0x10000 ? 3 : 4;
    }
  }

  /**
   * A part of a text.
   *
   * @param start where it starts, in {@code char}s from 0
   * @param end where it ends, exclusive
   * @param text the part itself
   */
  public record Part(int start, int end, String text) {}

  /** The part of its text that it is about. Absent where the text has no such part. */
  public Optional<Part> partOf(String text) {
    return index.flatMap(slice -> slice.of(text));
  }

  static Optional<Facet> read(Fields fields) {
    return Optional.of(
        new Facet(
            fields.map("index", Facet::readSlice), fields.maps("features", Facet::readFeature)));
  }

  private static Optional<ByteSlice> readSlice(Fields fields) {
    OptionalLong start = fields.integer("byteStart");
    OptionalLong end = fields.integer("byteEnd");
    return start.isPresent() && end.isPresent()
        ? Optional.of(new ByteSlice(start.getAsLong(), end.getAsLong()))
        : Optional.empty();
  }

  /** Absent where it does not say what it is. */
  private static Optional<Feature> readFeature(Fields fields) {
    String type = fields.type();
    return switch (type) {
      case "app.bsky.richtext.facet#mention" -> Optional.of(new Mention(fields.text("did")));
      case "app.bsky.richtext.facet#link" -> Optional.of(new Link(fields.text("uri")));
      case "app.bsky.richtext.facet#tag" -> Optional.of(new Tag(fields.text("tag")));
      case "" -> Optional.empty();
      default -> Optional.of(new UnknownFeature(type));
    };
  }
}
