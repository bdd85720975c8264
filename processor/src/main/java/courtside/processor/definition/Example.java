package courtside.processor.definition;

import courtside.atproto.record.PostSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A post that a definition must match, or must not. Immutable.
 *
 * @param line where it stands in its file, from 1
 * @param matches whether it must match
 */
public record Example(int line, boolean matches, PostSummary post) {
  private static final int QUOTED = 60;
  private static final Pattern HASHTAG = Pattern.compile("(?<!\\S)[#＃](\\S*[^\\s\\p{Punct}])");

  /**
   * An example by its parts. Where it names no tags it has the hashtags of its text, as an app
   * would make them.
   */
  public static Example of(
      int line,
      boolean matches,
      String text,
      Optional<List<String>> tags,
      List<String> langs,
      List<String> links,
      List<String> alt,
      List<String> labels) {
    return new Example(
        line,
        matches,
        new PostSummary(
            text,
            Optional.empty(),
            langs,
            tags.orElseGet(() -> hashtags(text)),
            links,
            alt,
            List.of(),
            labels,
            false,
            false,
            !alt.isEmpty()));
  }

  /** The post, in the languages that are wanted where it names none: they are not what it shows. */
  PostSummary inOneOf(List<String> languages) {
    return new PostSummary(
        post.text(),
        post.createdAt(),
        post.langs().isEmpty() ? languages : post.langs(),
        post.tags(),
        post.links(),
        post.altTexts(),
        post.cardTexts(),
        post.labels(),
        post.reply(),
        post.quote(),
        post.media());
  }

  private static List<String> hashtags(String text) {
    List<String> tags = new ArrayList<>();
    Matcher matcher = HASHTAG.matcher(text);
    while (matcher.find()) {
      tags.add(matcher.group(1));
    }
    return tags;
  }

  /** The example as a person knows it again. */
  String quote() {
    String text = post.text().replaceAll("\\s+", " ");
    if (text.isEmpty()) {
      text = "tags " + post.tags() + ", links " + post.links() + ", alt " + post.altTexts();
    }
    return "'"
        + (text.codePointCount(0, text.length()) <= QUOTED
            ? text
            : text.substring(0, text.offsetByCodePoints(0, QUOTED)) + "…")
        + "'";
  }
}
