package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.TextField;

/**
 * A post as rules see it. Records may be far larger than the lexicon allows, so what is looked at
 * is bounded; what lies beyond is not matched.
 */
final class PostDocument {
  /** What {@code kind} can be. */
  static final List<String> KINDS = List.of("post", "reply", "quote", "media");

  /** Characters of a text or card; the lexicon allows 3,000 bytes. */
  private static final int MAX_TEXT = 3_000;

  /** Characters of one description; the app allows 2,000. */
  private static final int MAX_ALT = 4_000;

  /** Descriptions; a gallery has at most 20. */
  private static final int MAX_ALTS = 20;

  /** Values of tags and of links each; the lexicon allows 8 tags beside those of the text. */
  private static final int MAX_VALUES = 64;

  /** Characters of a tag, and of a language; the lexicon allows 640 bytes. */
  private static final int MAX_TAG = 640;

  private static final int MAX_LINK = 2_048;
  private static final int MAX_LANGS = 8;

  /** Characters of a host, as in DNS. */
  private static final int MAX_HOST = 253;

  /** Domains above a host that are looked at, counted from its own end. */
  private static final int MAX_DOMAINS = 8;

  private final Document document = new Document();

  private PostDocument() {}

  static Document of(Candidate candidate) {
    PostSummary post = candidate.post();
    PostDocument fields = new PostDocument();
    fields.add(Field.TEXT, post.text(), MAX_TEXT);
    post.tags().stream().limit(MAX_VALUES).forEach(tag -> fields.add(Field.TAG, tag, MAX_TAG));
    post.links().stream().limit(MAX_VALUES).forEach(fields::link);
    post.altTexts().stream().limit(MAX_ALTS).forEach(alt -> fields.add(Field.ALT, alt, MAX_ALT));
    post.cardTexts().stream()
        .limit(MAX_ALTS)
        .forEach(card -> fields.add(Field.CARD, card, MAX_TEXT));
    post.langs().stream().limit(MAX_LANGS).forEach(fields::lang);
    fields.add(Field.AUTHOR, candidate.author().value(), MAX_LINK);
    fields.add(Field.KIND, post.reply() ? "reply" : "post", MAX_TAG);
    if (post.quote()) {
      fields.add(Field.KIND, "quote", MAX_TAG);
    }
    if (post.media()) {
      fields.add(Field.KIND, "media", MAX_TAG);
    }
    return fields.document;
  }

  private void link(String link) {
    add(Field.LINK, link, MAX_LINK);
    String host = hostOf(link);
    if (host.isEmpty() || host.length() > MAX_HOST) {
      return;
    }
    add(Field.HOST, host, MAX_HOST);
    int dot = host.lastIndexOf('.');
    for (int i = 0; i < MAX_DOMAINS && dot >= 0; i++) {
      add(Field.HOST, host.substring(dot + 1), MAX_HOST);
      dot = host.lastIndexOf('.', dot - 1);
    }
  }

  /** The host between {@code ://} and path, query or port; empty where there is none. */
  static String hostOf(String link) {
    int scheme = link.indexOf("://");
    if (scheme < 0) {
      return "";
    }
    int start = scheme + 3;
    int end = start;
    while (end < link.length() && "/?#\\".indexOf(link.charAt(end)) < 0) {
      end++;
    }
    String authority = link.substring(start, end);
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    int port = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    if (port > 0) {
      host = host.substring(0, port);
    }
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private void lang(String lang) {
    String whole = bounded(lang, MAX_TAG);
    add(Field.LANG, whole, MAX_TAG);
    int hyphen = whole.lastIndexOf('-');
    for (int i = 0; i < MAX_DOMAINS && hyphen > 0; i++) {
      add(Field.LANG, whole.substring(0, hyphen), MAX_TAG);
      hyphen = whole.lastIndexOf('-', hyphen - 1);
    }
  }

  private void add(Field field, String value, int limit) {
    if (!value.isEmpty()) {
      document.add(new TextField(field.fieldName(), bounded(value, limit), Store.NO));
    }
  }

  private static String bounded(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    return text.substring(0, end);
  }
}
