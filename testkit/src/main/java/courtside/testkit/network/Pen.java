package courtside.testkit.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Fills lines in: within one, a placeholder stands for the same thing throughout. Stateless. */
final class Pen {
  // .example is reserved, so these lead nowhere.
  private static final List<String> ABOUT_NBA =
      List.of(
          "stats.example", "courtnotes.example", "boxscore.example/games", "hoops.news.example");
  private static final List<String> ABOUT_LIFE =
      List.of("blog.example", "news.example/a", "photos.example", "notes.example", "radio.example");
  private static final String SLUG = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int SLUG_LENGTH = 7;

  private Pen() {}

  /** A line filled in. Immutable. */
  record Written(PostText text, List<String> pictures) {
    Written {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * Fills a line in.
   *
   * @param scene needed by lines about the NBA
   */
  static Written write(Phrasebook book, Line line, Optional<Scene> scene, RandomGenerator random) {
    Map<String, String> values = new HashMap<>();
    UnaryOperator<String> lookUp =
        slot -> {
          String value = values.get(slot);
          if (value == null) {
            value = value(book, slot, scene, random);
            values.put(slot, value);
          }
          return value;
        };
    PostText text = line.text().fill(lookUp, book.locale());
    List<String> pictures = new ArrayList<>();
    for (Template picture : line.pictures()) {
      pictures.add(picture.fill(lookUp, book.locale()).text());
    }
    return new Written(text, pictures);
  }

  private static String value(
      Phrasebook book, String slot, Optional<Scene> scene, RandomGenerator random) {
    if (slot.equals(Template.LINK)) {
      return link(scene.isPresent() ? ABOUT_NBA : ABOUT_LIFE, random);
    }
    return scene.isPresent() ? book.word(slot, scene.get(), random) : book.word(slot, random);
  }

  private static String link(List<String> hosts, RandomGenerator random) {
    StringBuilder link = new StringBuilder("https://");
    link.append(hosts.get(random.nextInt(hosts.size()))).append('/');
    for (int i = 0; i < SLUG_LENGTH; i++) {
      link.append(SLUG.charAt(random.nextInt(SLUG.length())));
    }
    return link.toString();
  }
}
