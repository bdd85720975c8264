package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A post as rules see it. Records may be far larger than the lexicon allows, so what is looked at
 * is bounded; what lies beyond is not matched.
 */
final class PostValues {
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

  /** Self-labels, as in the lexicon, and characters of each. */
  private static final int MAX_LABELS = 10;

  private static final int MAX_LABEL = 128;

  /** Characters of a host, as in DNS. */
  private static final int MAX_HOST = 253;

  /** Domains above a host that are looked at, counted from its own end. */
  private static final int MAX_DOMAINS = 8;

  private PostValues() {}

  /** What a field of the post holds: one value, several or none, and none of them empty. */
  static List<String> of(Candidate candidate, Field field) {
    PostSummary post = candidate.post();
    return switch (field) {
      case TEXT, NAME -> bounded(List.of(post.text()), 1, MAX_TEXT);
      case TAG -> bounded(post.tags(), MAX_VALUES, MAX_TAG);
      case LINK -> bounded(post.links(), MAX_VALUES, MAX_LINK);
      case HOST -> hosts(post.links());
      case ALT -> bounded(post.altTexts(), MAX_ALTS, MAX_ALT);
      case CARD -> bounded(post.cardTexts(), MAX_ALTS, MAX_TEXT);
      case LANG -> langs(post.langs());
      case AUTHOR -> bounded(List.of(candidate.author().value()), 1, MAX_LINK);
      case KIND -> kinds(post);
      case LABEL -> bounded(post.labels(), MAX_LABELS, MAX_LABEL);
    };
  }

  private static List<String> bounded(List<String> values, int most, int limit) {
    List<String> kept = new ArrayList<>(Math.min(most, values.size()));
    for (String value : values.subList(0, Math.min(most, values.size()))) {
      if (!value.isEmpty()) {
        kept.add(bounded(value, limit));
      }
    }
    return kept;
  }

  private static List<String> hosts(List<String> links) {
    List<String> hosts = new ArrayList<>();
    for (String link : links.subList(0, Math.min(MAX_VALUES, links.size()))) {
      String host = hostOf(link);
      if (host.isEmpty() || host.length() > MAX_HOST) {
        continue;
      }
      hosts.add(host);
      int dot = host.lastIndexOf('.');
      for (int i = 0; i < MAX_DOMAINS && dot >= 0; i++) {
        if (dot + 1 < host.length()) {
          hosts.add(host.substring(dot + 1));
        }
        dot = host.lastIndexOf('.', dot - 1);
      }
    }
    return hosts;
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

  private static List<String> langs(List<String> langs) {
    List<String> all = new ArrayList<>();
    for (String lang : bounded(langs, MAX_LANGS, MAX_TAG)) {
      all.add(lang);
      int hyphen = lang.lastIndexOf('-');
      for (int i = 0; i < MAX_DOMAINS && hyphen > 0; i++) {
        all.add(lang.substring(0, hyphen));
        hyphen = lang.lastIndexOf('-', hyphen - 1);
      }
    }
    return all;
  }

  private static List<String> kinds(PostSummary post) {
    List<String> kinds = new ArrayList<>();
    kinds.add(post.reply() ? "reply" : "post");
    if (post.quote()) {
      kinds.add("quote");
    }
    if (post.media()) {
      kinds.add("media");
    }
    return kinds;
  }

  private static String bounded(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    return text.substring(0, end);
  }
}
