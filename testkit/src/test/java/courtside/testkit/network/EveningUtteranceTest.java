package courtside.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EveningUtteranceTest {
  /** One grapheme: eight characters, eighteen bytes. */
  private static final String FAMILY = "👨‍👩‍👧";

  @Test
  void lengthIsCountedInWhatReadersTakeForCharacters() {
    assertThat(Utterance.graphemes("")).isZero();
    assertThat(Utterance.graphemes("Jokić")).isEqualTo(5);
    assertThat(Utterance.graphemes("Jokic\u0301")).isEqualTo(5);
    assertThat(Utterance.graphemes("🇵🇭" + FAMILY + "👍🏽")).isEqualTo(3);
    assertThat(Utterance.graphemes("レブロン")).isEqualTo(4);
  }

  @Test
  void textMayHaveThreeHundredGraphemesAndThreeThousandBytes() {
    assertThatCode(() -> of("é".repeat(300))).doesNotThrowAnyException();
    assertThatThrownBy(() -> of("é".repeat(301)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected at most 300 graphemes, found 301");
    assertThatCode(() -> of(FAMILY.repeat(166))).doesNotThrowAnyException();
    assertThatThrownBy(() -> of(FAMILY.repeat(167)))
        .hasMessage("expected at most 3000 bytes, found 3006");
  }

  @Test
  void facetsLieWithinTheTextInTheirOrder() {
    // "é" has two bytes
    assertThatCode(() -> of("é #é", new Facet.Tag(3, 6, "é"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> of("é #é", new Facet.Tag(3, 7, "é")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("within bytes 0 to 6");
    assertThatThrownBy(() -> of("é #é", new Facet.Tag(3, 3, "é")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> of("#a #b", new Facet.Tag(0, 3, "a"), new Facet.Link(2, 5, "https://b.example")))
        .hasMessageContaining("within bytes 3 to 5");
  }

  @Test
  void builderCountsBytesThroughEverythingBeforeAFacet() {
    PostText inner = new PostText.Builder().append("Şengün ").tag("ÜÇ").build();
    PostText whole =
        new PostText.Builder()
            .append("訂正：")
            .append(inner)
            .append(" 🏀 ")
            .link("b.example", "https://b.example")
            .build();

    assertThat(whole.text()).isEqualTo("訂正：Şengün #ÜÇ 🏀 b.example");
    assertThat(whole.facets())
        .containsExactly(new Facet.Tag(18, 23, "ÜÇ"), new Facet.Link(29, 38, "https://b.example"));
  }

  private static Utterance of(String text, Facet... facets) {
    return new Utterance(
        text,
        List.of("en"),
        false,
        List.of(facets),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }
}
