package courtside.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What feeds have to hold, case by case: days are counted from a fixed moment. */
final class ExpectationTest {
  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final Pace PACE = new Pace(START.plus(Duration.ofDays(60)), Duration.ofDays(1));
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  private final Expectation expectation =
      new Expectation(
          DID,
          new Wanted((_, writing) -> writing.says("nba"), Optional.of(PACE.days(7)), PACE.days(20)),
          PACE);

  @Test
  void theNewestRevisionIsHeldUntilItsTimeIsOver() {
    write("a", 1, false, "nba one");
    write("a", 3, true, "nba three");
    tell(new Said.Written("a", rev(2), true, writing("nba two", START)), 4);
    assertThat(texts(20)).containsExactly("a nba three");
    assertThat(item(5, "a").sortAt()).isEqualTo(day(1));
    assertThat(item(5, "a").expiresAt()).isEqualTo(day(21));
    assertThat(texts(21)).isEmpty();
  }

  @Test
  void whatIsDeletedOrNoLongerMatchesLeaves() {
    write("a", 1, false, "nba one");
    write("b", 1, false, "nba one");
    tell(new Said.Deleted("a", rev(2)), 2);
    write("b", 2, true, "chat");
    assertThat(texts(3)).isEmpty();
    write("a", 3, false, "nba again");
    write("b", 3, true, "nba again");
    assertThat(texts(3)).containsExactly("a nba again", "b nba again");
    assertThat(item(3, "a").expiresAt()).isEqualTo(day(23));
  }

  @Test
  void anUpdateThatComesFirstStandsWhereItsKeySays() {
    String key = Tid.at(day(2), 1).value();
    write(key, 5, true, "nba");
    assertThat(item(5, key).sortAt()).isEqualTo(day(2));
  }

  @Test
  void ageIsThatOfTheMomentItCame() {
    tell(new Said.Written("a", rev(8), false, writing("nba one", day(1))), 8);
    tell(new Said.Written("b", rev(9), false, writing("nba one", day(1))), 9);
    assertThat(texts(9)).containsExactly("a nba one");
    tell(new Said.Written("a", rev(10), true, writing("nba two", day(1))), 10);
    assertThat(texts(10)).containsExactly("a nba two");
  }

  @Test
  void whoeverIsNotActiveIsHidden() {
    write("a", 1, false, "nba one");
    stand(2, false, "suspended", 2);
    write("b", 3, false, "nba two");
    assertThat(texts(19)).isEmpty();
    // Older, and seen later.
    stand(4, true, "", 1);
    assertThat(texts(19)).isEmpty();
    stand(5, true, "", 5);
    assertThat(texts(19)).containsExactly("a nba one", "b nba two");
  }

  @Test
  void whoeverIsDeletedForThreeDaysRunningTakesAllWithThem() {
    write("a", 1, false, "nba one");
    stand(2, false, "deleted", 2);
    stand(4, false, "suspended", 4);
    stand(5, false, "deleted", 5);
    stand(7, true, "", 7);
    assertThat(texts(7)).containsExactly("a nba one");
    stand(8, false, "deleted", 8);
    write("b", 10, false, "nba two");
    stand(11, true, "", 11);
    assertThat(texts(11)).containsExactly("b nba two");
  }

  @Test
  void whoeverIsForgottenIsShown() {
    stand(0, false, "deleted", 0);
    write("a", 26, false, "nba one");
    write("b", 29, false, "nba two");
    assertThat(texts(29)).isEmpty();
    assertThat(texts(31)).containsExactly("b nba two");
    assertThat(texts(33)).containsExactly("b nba two");
  }

  private void write(String key, int day, boolean update, String text) {
    tell(new Said.Written(key, rev(day), update, writing(text, day(day))), day);
  }

  private void stand(int day, boolean active, String status, int frameDay) {
    Optional<String> why = status.isEmpty() ? Optional.empty() : Optional.of(status);
    tell(new Said.Standing(active, why, day(frameDay)), day);
  }

  private void tell(Said said, int day) {
    expectation.tell(said, day(day));
  }

  private FeedItem item(int day, String key) {
    Map<String, FeedItem> items = items(day);
    assertThat(items).containsKey(Step.uri(DID, key));
    return items.entrySet().stream()
        .filter(item -> item.getKey().endsWith("/" + key))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private List<String> texts(int day) {
    return items(day).entrySet().stream()
        .map(item ->
            item.getKey().substring(item.getKey().lastIndexOf('/') + 1)
                + " "
                + item.getValue().text())
        .toList();
  }

  private Map<String, FeedItem> items(int day) {
    Map<String, FeedItem> items = new TreeMap<>();
    expectation.addTo(items, day(day));
    return items;
  }

  private static String rev(int day) {
    return Tid.at(day(day), 1).value();
  }

  private static Instant day(int day) {
    return START.plus(Duration.ofDays(day));
  }

  private static Writing writing(String text, Instant createdAt) {
    return new Writing(
        List.of(text.split(" ")),
        Optional.of(createdAt),
        Optional.of(createdAt.toString()),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }
}
