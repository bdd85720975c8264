package courtside.testkit.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One way to say something: a text, and the descriptions of the pictures that go with it.
 * Immutable.
 *
 * @param place file and line, for messages
 */
record Line(Stance stance, Template text, List<Template> pictures, String place) {
  private static final String PICTURE = " || ";

  /** Who can say it. */
  enum Stance {
    /** Fans of the team spoken of. */
    FOR,
    /** Fans of the other team. */
    AGAINST,
    /** Anybody. */
    NEUTRAL,
  }

  Line {
    pictures = List.copyOf(pictures);
  }

  /**
   * Reads {@code [+|-] text [|| description of a picture]…}.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static Line parse(SectionFile.Entry entry) {
    String source = entry.text();
    Stance stance =
        source.startsWith("+ ")
            ? Stance.FOR
            : source.startsWith("- ") ? Stance.AGAINST : Stance.NEUTRAL;
    String rest = stance == Stance.NEUTRAL ? source : source.substring(2);
    List<Template> templates = new ArrayList<>();
    int from = 0;
    try {
      for (int bar = rest.indexOf(PICTURE); bar >= 0; bar = rest.indexOf(PICTURE, from)) {
        templates.add(Template.parse(rest.substring(from, bar).strip()));
        from = bar + PICTURE.length();
      }
      templates.add(Template.parse(rest.substring(from).strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(entry.place() + ": " + e.getMessage(), e);
    }
    return new Line(
        stance, templates.getFirst(), templates.subList(1, templates.size()), entry.place());
  }

  Set<String> slots() {
    Set<String> names = new HashSet<>(text.slots());
    for (Template picture : pictures) {
      names.addAll(picture.slots());
    }
    return names;
  }

  boolean saysNba() {
    return text.saysNba() || pictures.stream().anyMatch(Template::saysNba);
  }
}
