package courtside.processor.feed;

import courtside.atproto.record.PostSummary;
import courtside.eventlog.feed.FeedItem;
import java.util.List;

/**
 * What an item shows of its post. Bounded, as servers accept records beyond the lexicon's limits
 * and one message of {@code feed.items} must hold it. Immutable.
 *
 * @param cid of the record, as text
 */
record Content(
    String cid,
    String text,
    List<String> langs,
    List<String> links,
    List<String> altTexts,
    List<String> labels) {
  /** Twice the lexicon's, in characters. */
  private static final int TEXT = 6_000;

  private static final int LANGS = 8;
  private static final int LANG = 64;
  private static final int LINKS = 32;
  private static final int LINK = 2_048;
  private static final int ALT_TEXTS = 20;
  private static final int ALT_TEXT = 2_000;
  private static final int LABELS = 16;
  private static final int LABEL = 128;

  Content {
    langs = List.copyOf(langs);
    links = List.copyOf(links);
    altTexts = List.copyOf(altTexts);
    labels = List.copyOf(labels);
  }

  static Content of(String cid, PostSummary post) {
    return new Content(
        cid,
        cut(post.text(), TEXT),
        cut(post.langs(), LANGS, LANG),
        // Half a link leads elsewhere: one that is too long is left out.
        post.links().stream().filter(link -> link.length() <= LINK).limit(LINKS).toList(),
        cut(post.altTexts(), ALT_TEXTS, ALT_TEXT),
        cut(post.labels(), LABELS, LABEL));
  }

  FeedItem item(Match match, String author) {
    return new FeedItem(
        match.sortAt(), match.expiresAt(), author, cid, text, langs, links, altTexts, labels);
  }

  private static List<String> cut(List<String> texts, int most, int length) {
    return texts.stream().limit(most).map(text -> cut(text, length)).toList();
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    boolean split = Character.isHighSurrogate(text.charAt(length - 1));
    return text.substring(0, split ? length - 1 : length);
  }
}
