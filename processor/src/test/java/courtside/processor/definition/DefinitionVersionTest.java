package courtside.processor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedDefinition;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DefinitionVersionTest {
  private static final FeedDefinition DEFINITION =
      new FeedDefinition(
          "set-1",
          1,
          "Courts",
          "About courts.",
          "tennis OR \"clay court\"",
          "padel",
          List.of("en", "pt-br"),
          List.of("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"),
          List.of("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"),
          Optional.of(Duration.ofDays(7)),
          Duration.ofDays(3),
          Optional.of("at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3k2a"),
          true);

  @Test
  void isTheSameForEver() {
    // Another value would replay every feed of every installation.
    assertThat(DefinitionVersion.of(DEFINITION)).isEqualTo("addbbf9e1381e5bb");
  }

  @Test
  void doesNotDependOnSetAndHold() {
    FeedDefinition applied = with(DEFINITION, "set-2", 1, "tennis OR \"clay court\"", false);

    assertThat(DefinitionVersion.of(applied)).isEqualTo(DefinitionVersion.of(DEFINITION));
  }

  @Test
  void dependsOnRuleAndMatcher() {
    List<String> versions = new ArrayList<>();
    versions.add(DefinitionVersion.of(DEFINITION));
    versions.add(DefinitionVersion.of(with(DEFINITION, "", 2, DEFINITION.rule(), false)));
    versions.add(DefinitionVersion.of(with(DEFINITION, "", 1, "tennis", false)));

    assertThat(versions).doesNotHaveDuplicates().allMatch(v -> v.matches("[0-9a-f]{16}"));
  }

  @Test
  void isAnotherWhereSeenPostsAreHidden() throws Exception {
    String yaml = "feed: courts\nname: Courts\nrule: tennis\n";
    DefinitionFile silent = read(yaml);
    DefinitionFile hiding = read(yaml + "hide-seen: true\n");

    assertThat(read(yaml + "hide-seen: false\n").version()).isEqualTo(silent.version());
    assertThat(hiding.version()).isNotEqualTo(silent.version());
    assertThat(hiding.withKeep(Duration.ofDays(1)).toDefinition("s", false).hidesSeen()).isTrue();
    assertThat(hiding.withMaxAge(Optional.empty()).toDefinition("s", false).hidesSeen()).isTrue();
    assertThat(hiding.toDefinition("s", false).withSet("other").hidesSeen()).isTrue();
    assertThat(silent.toDefinition("s", false).hidesSeen()).isFalse();
  }

  @Test
  void isAnotherWithAnotherThreshold() throws Exception {
    String yaml = "feed: courts\nname: Courts\nrule: tennis^2 clay^2 court^2\nthreshold: ";
    DefinitionFile two = read(yaml + "2\n");
    DefinitionFile four = read(yaml + "4\n");

    assertThat(four.version()).isNotEqualTo(two.version());
    assertThat(four.toDefinition("s", false).threshold()).contains(4);
    assertThat(four.withKeep(Duration.ofDays(1)).toDefinition("s", false).threshold()).contains(4);
    assertThat(four.withMaxAge(Optional.empty()).toDefinition("s", false).threshold()).contains(4);
    assertThat(four.toDefinition("s", false).withSet("other").threshold()).contains(4);
  }

  @Test
  void isTheSameHoweverTheFileIsLaidOut() throws Exception {
    DefinitionFile one =
        read(
            """
            feed: courts
            name: Courts
            rule: tennis OR ( "clay  court" AND red )
            languages: [pt-BR, en]
            max-age: 7d
            """);
    DefinitionFile other =
        read(
            """
            # the same
            max-age: 168h
            languages:
              - EN
              - pt-br
              - en
            rule: |
              tennis   OR
              (
                "clay  court"
                AND red )
            name: "  Courts "
            feed: courts
            keep: 72h
            """);
    DefinitionFile different =
        read(
            """
            feed: courts
            name: Courts
            rule: tennis OR ( "clay court" AND red )
            languages: [pt-BR, en]
            """);

    assertThat(other.version()).isEqualTo(one.version());
    assertThat(other.toDefinition("s", true)).isEqualTo(one.toDefinition("s", true));
    assertThat(different.version()).isNotEqualTo(one.version());
    assertThat(one.withMaxAge(Optional.empty()).version()).isNotEqualTo(one.version());
    assertThat(one.withKeep(Duration.ofDays(28)).toDefinition("s", false).keep())
        .isEqualTo(Duration.ofDays(28));
  }

  private static DefinitionFile read(String yaml) throws Exception {
    return DefinitionFile.read(
        "courts.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private static FeedDefinition with(
      FeedDefinition from, String set, int matcher, String rule, boolean hold) {
    return new FeedDefinition(
        set,
        matcher,
        from.displayName(),
        from.description(),
        rule,
        from.exclude(),
        from.languages(),
        from.includeAuthors(),
        from.blockAuthors(),
        from.maxAge(),
        from.keep(),
        from.pinned(),
        hold);
  }
}
