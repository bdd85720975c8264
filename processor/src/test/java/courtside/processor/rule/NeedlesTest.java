package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class NeedlesTest {
  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @Test
  void findsEveryLiteralWhereverItStands() {
    assertThat(found("ushers", "he", "she", "his", "hers")).containsExactly("he", "hers", "she");
    assertThat(found("x", "he")).isEmpty();
    assertThat(found("", "he")).isEmpty();
    assertThat(found("he")).isEmpty();
  }

  @Test
  void knowsWhereWordsBeginAndEnd() {
    Literal word = new Literal(Field.TEXT, "heat", true, true);
    Literal start = new Literal(Field.TEXT, "heat", true, false);
    Literal end = new Literal(Field.TEXT, "heat", false, true);
    Literal part = new Literal(Field.TEXT, "heat", false, false);
    List<Literal> all = List.of(word, start, end, part);

    assertThat(found(all, Field.TEXT, "the Heat!")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(found(all, Field.TEXT, "heat’s 心heat")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(found(all, Field.TEXT, "heater")).containsExactlyInAnyOrder(start, part);
    assertThat(found(all, Field.TEXT, "wheat")).containsExactlyInAnyOrder(end, part);
    assertThat(found(all, Field.TEXT, "aheat1")).containsExactly(part);
    // After another alphabet the digits are a word of their own.
    assertThat(found(all, Field.TEXT, "Ж76heat")).containsExactlyInAnyOrderElementsOf(all);
    // Where it is not plain, a word may begin or end.
    assertThat(found(all, Field.TEXT, "éheaté")).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void knowsWhereValuesBeginAndEnd() {
    Literal whole = new Literal(Field.TAG, "nba", true, true);
    Literal start = new Literal(Field.TAG, "nba", true, false);
    List<Literal> all = List.of(whole, start);

    assertThat(found(all, Field.TAG, "NBA")).containsExactlyInAnyOrder(whole, start);
    assertThat(found(all, Field.TAG, "#NBA")).containsExactlyInAnyOrder(whole, start);
    assertThat(found(all, Field.TAG, "nba finals")).containsExactly(start);
    assertThat(found(all, Field.TAG, "the nba")).isEmpty();
    assertThat(found(all, Field.TAG, "##nba")).isEmpty();
  }

  @Test
  void findsWhatALookForEachFinds() {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Literal> literals = new ArrayList<>();
      int count = 1 + random.nextInt(200);
      for (int i = 0; i < count; i++) {
        literals.add(new Literal(Field.TEXT, text(random, 1 + random.nextInt(6)), false, false));
      }
      String text = text(random, random.nextInt(300));

      assertThat(
              new TreeSet<>(found(literals, Field.TEXT, text).stream().map(Literal::text).toList()))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(
              new TreeSet<>(literals.stream().map(Literal::text).filter(text::contains).toList()));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("abc八".charAt(random.nextInt(4)));
    }
    return text.toString();
  }

  private static List<String> found(String text, String... literals) {
    List<Literal> all = new ArrayList<>();
    for (String literal : literals) {
      all.add(new Literal(Field.TEXT, literal, false, false));
    }
    return found(all, Field.TEXT, text).stream().map(Literal::text).sorted().toList();
  }

  private static List<Literal> found(List<Literal> literals, Field field, String value) {
    Haystack haystack = new Haystack();
    haystack.fill(field, "of the value before nothing is left");
    haystack.fill(field, value);
    TreeSet<Integer> found = new TreeSet<>();
    new Needles(literals).find(haystack, found::add);
    return found.stream().map(literals::get).toList();
  }
}
