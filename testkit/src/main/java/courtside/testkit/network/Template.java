package courtside.testkit.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with {placeholders} and #hashtags. Immutable. */
final class Template {
  /** The placeholder of a link. */
  static final String LINK = "link";

  private static final String SCHEME = "https://";
  private static final Pattern SPECIAL =
      Pattern.compile("\\{([^{}]*)\\}|(?<![^\\s(])#([\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_]*)|[{}]");

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if a brace stands alone
   */
  static Template parse(String source) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = SPECIAL.matcher(source);
    int from = 0;
    while (matcher.find()) {
      if (matcher.start() > from) {
        parts.add(new Literal(source.substring(from, matcher.start())));
      }
      if (matcher.group(1) != null) {
        parts.add(Slot.named(matcher.group(1)));
      } else if (matcher.group(2) != null) {
        parts.add(new Hashtag(matcher.group(2)));
      } else {
        throw new IllegalArgumentException(
            "expected {placeholder}, found a single " + matcher.group() + " in \"" + source + "\"");
      }
      from = matcher.end();
    }
    if (from < source.length()) {
      parts.add(new Literal(source.substring(from)));
    }
    return new Template(parts);
  }

  /** The names between its braces, in their order. */
  Set<String> slots() {
    Set<String> names = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part instanceof Slot slot) {
        names.add(slot.name());
      }
    }
    return names;
  }

  /** Whether it says "NBA" itself, as a word or in a hashtag. */
  boolean saysNba() {
    for (Part part : parts) {
      if ((part instanceof Literal(String text) && text.contains("NBA"))
          || (part instanceof Hashtag(String tag) && tag.contains("NBA"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Fills it in. Hashtags and links become facets.
   *
   * @param values what stands for a placeholder; for a tag without its sign, for a link with scheme
   * @param locale by whose rules a first letter becomes a capital
   */
  PostText fill(UnaryOperator<String> values, Locale locale) {
    PostText.Builder text = new PostText.Builder();
    for (Part part : parts) {
      switch (part) {
        case Literal(String words) -> text.append(words);
        case Hashtag(String tag) -> text.tag(tag);
        case Slot(String name, boolean capital) -> {
          String value = values.apply(name);
          switch (name) {
            case "tag", "opp-tag" -> text.tag(value);
            case LINK -> text.link(value.substring(SCHEME.length()), value);
            default -> text.append(capital ? capitalised(value, locale) : value);
          }
        }
      }
    }
    return text.build();
  }

  private static String capitalised(String value, Locale locale) {
    int second = value.offsetByCodePoints(0, 1);
    return value.substring(0, second).toUpperCase(locale) + value.substring(second);
  }

  private sealed interface Part {}

  private record Literal(String text) implements Part {}

  private record Hashtag(String tag) implements Part {}

  /** A name with a first capital asks for a value with a first capital. */
  private record Slot(String name, boolean capital) implements Part {
    static Slot named(String name) {
      boolean capital = !name.isEmpty() && Character.isUpperCase(name.codePointAt(0));
      return new Slot(name.toLowerCase(Locale.ROOT), capital);
    }
  }
}
