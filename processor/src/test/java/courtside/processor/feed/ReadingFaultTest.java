package courtside.processor.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.post.PostEvent;
import courtside.processor.rule.UnmatchableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A fault of the reader of posts, which would be the same at every attempt. */
final class ReadingFaultTest {
  private static final String POST =
      Events.uri("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaa");

  private final FeedRules.Wanted wanted = new WordRules(Map.of("nba", Duration.ofDays(3))).now();

  @Test
  void countsForAPostThatCannotBeMatched() throws Exception {
    PostEvent.OfPost created = (PostEvent.OfPost) Events.created(POST, 1, "nba", "");
    Fold faulty =
        new Fold(
            Memory.DEFAULT,
            _ -> {
              throw new IllegalStateException("a fault of the test");
            });

    assertThatThrownBy(() ->
            faulty.post(
                Optional.empty(),
                created,
                RecordUri.parse(POST),
                Events.at(1),
                wanted,
                new HashMap<>()))
        .isInstanceOf(UnmatchableException.class)
        .hasMessageContaining("IllegalStateException at " + ReadingFaultTest.class.getName());
  }

  @Test
  void mayBeEndlessRecursion() throws Exception {
    PostEvent.OfPost updated = (PostEvent.OfPost) Events.updated(POST, 1, "nba", "");
    Fold faulty =
        new Fold(
            Memory.DEFAULT,
            _ -> {
              throw new StackOverflowError();
            });

    assertThatThrownBy(() ->
            faulty.post(
                Optional.empty(),
                updated,
                RecordUri.parse(POST),
                Events.at(1),
                wanted,
                new HashMap<>()))
        .isInstanceOf(UnmatchableException.class);
    assertThat(faulty.unmatchable(Optional.empty(), updated, Events.at(1))).isPresent();
  }
}
