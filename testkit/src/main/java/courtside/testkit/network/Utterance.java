package courtside.testkit.network;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What becomes a post. Immutable.
 *
 * @param text at most {@link #MAX_GRAPHEMES} graphemes and {@link #MAX_BYTES} bytes
 * @param langs the languages its author names, three at most; now and then none
 * @param aboutNba whether somebody who sees this post alone (text, tags and descriptions of
 *     pictures) knows that it is about the NBA. "What a shot!" below a report of a game is not
 * @param facets in the order of the text, none overlapping another
 * @param pictures a description for each picture, four at most
 * @param tags hashtags beside those in the text, eight at most
 * @param labels what its author labels it with
 * @param reference what it answers or shows, if anything
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/posts">Posts</a>
 */
public record Utterance(
    String text,
    List<String> langs,
    boolean aboutNba,
    List<Facet> facets,
    List<String> pictures,
    List<String> tags,
    List<String> labels,
    Optional<Reference> reference) {

  /** Longest text, in extended grapheme clusters. */
  public static final int MAX_GRAPHEMES = 300;

  /** Longest text, in bytes of UTF-8. */
  public static final int MAX_BYTES = 3_000;

  private static final int MAX_LANGS = 3;
  private static final int MAX_PICTURES = 4;
  private static final int MAX_TAGS = 8;

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a server would refuse such a post
   */
  public Utterance {
    langs = List.copyOf(langs);
    facets = List.copyOf(facets);
    pictures = List.copyOf(pictures);
    tags = List.copyOf(tags);
    labels = List.copyOf(labels);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    atMost(MAX_BYTES, bytes, "bytes");
    atMost(MAX_GRAPHEMES, graphemes(text), "graphemes");
    atMost(MAX_LANGS, langs.size(), "languages");
    atMost(MAX_PICTURES, pictures.size(), "pictures");
    atMost(MAX_TAGS, tags.size(), "tags beside the text");
    int from = 0;
    for (Facet facet : facets) {
      if (facet.start() < from || facet.end() <= facet.start() || facet.end() > bytes) {
        throw new IllegalArgumentException(
            "expected a facet within bytes " + from + " to " + bytes + ", found " + facet);
      }
      from = facet.end();
    }
  }

  private static void atMost(int limit, int found, String what) {
    if (found > limit) {
      throw new IllegalArgumentException(
          "expected at most " + limit + " " + what + ", found " + found);
    }
  }

  /** How many extended grapheme clusters a text has: what a reader takes for characters. */
  static int graphemes(String text) {
    BreakIterator clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
    clusters.setText(text);
    int count = 0;
    while (clusters.next() != BreakIterator.DONE) {
      count++;
    }
    return count;
  }
}
