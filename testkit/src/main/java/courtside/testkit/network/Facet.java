package courtside.testkit.network;

/**
 * What a stretch of a text is. Offsets count bytes of the text in UTF-8, the end excluded.
 *
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/post-richtext">Rich text</a>
 */
public sealed interface Facet {
  /** Where the stretch begins. */
  int start();

  /** Where it ends, excluded. */
  int end();

  /**
   * A hashtag. Immutable.
   *
   * @param tag the tag without its sign, which the stretch includes
   */
  record Tag(int start, int end, String tag) implements Facet {}

  /**
   * A link. Immutable.
   *
   * @param uri where it leads to; the text may show less of it
   */
  record Link(int start, int end, String uri) implements Facet {}
}
