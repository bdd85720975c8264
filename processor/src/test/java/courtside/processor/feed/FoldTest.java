package courtside.processor.feed;

import static courtside.processor.feed.Events.account;
import static courtside.processor.feed.Events.at;
import static courtside.processor.feed.Events.created;
import static courtside.processor.feed.Events.deleted;
import static courtside.processor.feed.Events.updated;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.post.PostEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fold, through the processor and the store that run in production. */
final class FoldTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String OTHER = "did:plc:aaaaaaaaaaaaaaaaaaaaaaab";
  private static final String POST = Events.uri(DID, "not-a-tid");
  private static final Duration KEEP = Duration.ofDays(3);
  private static final Duration DAY = Duration.ofDays(1);
  private static final String LONG_AGO = "2020-01-01T00:00:00Z";
  private static final Memory MEMORY =
      new Memory(Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(3), Duration.ZERO);

  @TempDir Path directory;
  private FeedDriver driver;

  @BeforeEach
  void open() {
    driver =
        new FeedDriver(
            directory, new WordRules(Map.of("nba", KEEP, "chat", KEEP, "fresh", KEEP)), MEMORY);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void showsWhatAFeedNeedsOfAPost() {
    driver.pipe(created(POST, 1, "nba tonight", LONG_AGO), at(2));

    assertThat(driver.feed("nba"))
        .containsOnlyKeys(POST)
        .extractingByKey(POST)
        .satisfies(item -> {
          assertThat(item.sortAt()).isEqualTo(Instant.parse(LONG_AGO));
          assertThat(item.expiresAt()).isEqualTo(at(2).plus(KEEP));
          assertThat(item.author()).isEqualTo(DID);
          assertThat(item.text()).isEqualTo("nba tonight");
          assertThat(item.cid()).startsWith("bafyrei");
        });
    assertThat(driver.feed("chat")).isEmpty();
  }

  static Stream<Arguments> sortings() {
    return Stream.of(
        Arguments.of("before it was seen", "2026-11-24T11:00:00.5Z", "2026-11-24T11:00:00.500Z"),
        Arguments.of("after it was seen", "2026-11-24T13:00:00Z", "2026-11-24T12:00:02Z"),
        Arguments.of("unreadable", "soon", "2026-11-24T12:00:02Z"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sortings")
  void sortsByTheEarlierOfCreatedAndSeen(String what, String createdAt, String sortAt) {
    driver.pipe(created(POST, 1, "nba", createdAt), at(2));

    assertThat(item(POST).sortAt()).as(what).isEqualTo(Instant.parse(sortAt));
  }

  @Test
  void sortsAnEditWhoseCreationIsNotKnownByItsKeyAtTheLatest() {
    String tid = Events.uri(DID, Tid.at(at(-500), 9).value());

    driver.pipe(updated(tid, 1, "nba", "2026-11-24T12:00:00Z"), at(2));
    driver.pipe(updated(POST, 1, "nba", "2026-11-24T12:00:00Z"), at(2));

    assertThat(item(tid).sortAt()).isEqualTo(at(-500));
    assertThat(item(POST).sortAt()).isEqualTo(at(0));
  }

  @Test
  void keepsItsPlaceThroughEditsAndDuplicates() {
    driver.pipe(created(POST, 1, "nba", "2026-11-24T11:00:00Z"), at(2));
    FeedItem before = item(POST);

    driver.pipe(created(POST, 1, "nba", "2026-11-24T11:00:00Z"), at(50));
    assertThat(driver.changes()).isEmpty();
    driver.pipe(updated(POST, 60, "nba edited", "2026-11-24T09:00:00Z"), at(61));

    assertThat(item(POST).text()).isEqualTo("nba edited");
    assertThat(item(POST).sortAt()).isEqualTo(before.sortAt());
    assertThat(item(POST).expiresAt()).isEqualTo(before.expiresAt());
  }

  @Test
  void movesBetweenFeedsWithEdits() {
    driver.pipe(created(POST, 1, "nba and chat", LONG_AGO), at(2));
    FeedItem inChat = item("chat", POST);

    driver.pipe(updated(POST, 10, "only chat", LONG_AGO), at(11));

    assertThat(driver.feed("nba")).isEmpty();
    assertThat(item("chat", POST).sortAt()).isEqualTo(inChat.sortAt());

    // and: back in, as an edit whose creation that feed does not hold
    driver.pipe(updated(POST, 20, "nba again", "2026-11-24T12:00:05Z"), at(21));
    assertThat(item(POST).sortAt()).isEqualTo(at(5));
    assertThat(item(POST).expiresAt()).isEqualTo(at(21).plus(KEEP));
    assertThat(driver.feed("chat")).isEmpty();
  }

  @Test
  void judgesTheAgeOfAnEditedPostByWhenItCameIn() {
    driver.pipe(created(POST, 1, "fresh", "2026-11-24T12:00:00Z"), at(2));

    driver.pipe(updated(POST, 10_000, "fresh still", "2026-11-24T12:00:00Z"), at(10_001));

    assertThat(item("fresh", POST).text()).isEqualTo("fresh still");
  }

  @Test
  void ignoresWhatIsOlderThanADeletion() {
    driver.pipe(deleted(POST, 5), at(6));
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(7));
    driver.pipe(updated(POST, 5, "nba", LONG_AGO), at(8));

    assertThat(driver.standing()).isEmpty();
  }

  @Test
  void ignoresWhatIsOlderThanAnEditThatMatchesNothing() {
    driver.pipe(updated(POST, 5, "weather", LONG_AGO), at(6));
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(7));

    assertThat(driver.standing()).isEmpty();
  }

  @Test
  void takesAPostCreatedAgain() {
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(2));
    driver.pipe(deleted(POST, 5), at(6));
    assertThat(driver.standing()).isEmpty();

    driver.pipe(created(POST, 7, "nba again", "2026-11-24T12:00:07Z"), at(8));

    assertThat(item(POST).sortAt()).isEqualTo(at(7));
  }

  @Test
  void storesNothingOfAPostThatIsInNoFeed() {
    driver.pipe(created(POST, 1, "weather", LONG_AGO), at(2));

    assertThat(driver.held()).isZero();
  }

  @Test
  void hidesAndShowsEverythingOfAnAuthor() {
    String second = Events.uri(DID, "second");
    String others = Events.uri(OTHER, "not-a-tid");
    driver.pipe(created(POST, 1, "nba chat", LONG_AGO), at(1));
    driver.pipe(created(others, 1, "nba", LONG_AGO), at(1));
    driver.pipe(account(DID, false, "takendown", 10), at(10));
    assertThat(driver.feed("nba")).containsOnlyKeys(others);
    assertThat(driver.feed("chat")).isEmpty();

    // when: a post comes while it is hidden
    driver.pipe(created(second, 11, "nba", LONG_AGO), at(11));
    driver.pipe(updated(POST, 12, "nba chat edited", LONG_AGO), at(12));
    assertThat(driver.feed("nba")).containsOnlyKeys(others);

    driver.pipe(account(DID, true, "", 20), at(20));
    assertThat(driver.feed("nba")).containsOnlyKeys(POST, second, others);
    assertThat(item("chat", POST).text()).isEqualTo("nba chat edited");
  }

  @Test
  void anOlderAccountEventNeverOverridesANewer() {
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(1));
    driver.pipe(account(DID, false, "suspended", 20), at(30));

    driver.pipe(account(DID, true, "", 10), at(31));
    assertThat(driver.feed("nba")).isEmpty();

    // and: of two at the same time the later in the log counts
    driver.pipe(account(DID, true, "", 20), at(32));
    assertThat(driver.feed("nba")).containsOnlyKeys(POST);
  }

  @Test
  void showsAgainWhatWasDeletedForLessThanThreeDays() {
    try (FeedDriver patient = patient()) {
      patient.pipe(created(POST, 1, "nba", LONG_AGO), at(1));
      patient.pipe(account(DID, false, "deleted", 10), at(10));
      patient.pipe(
          account(DID, true, "", 200_000), at(10).plus(MEMORY.deletedAccounts()).minusMillis(1));

      assertThat(patient.feed("nba")).containsOnlyKeys(POST);
    }
  }

  @Test
  void forgetsWhatWasDeletedForThreeDays() {
    try (FeedDriver patient = patient()) {
      patient.pipe(created(POST, 1, "nba", LONG_AGO), at(1));
      String second = Events.uri(DID, "second");
      patient.pipe(account(DID, false, "deleted", 10), at(10));
      patient.pipe(created(second, 11, "nba", LONG_AGO), at(11));

      patient.pipe(account(DID, true, "", 300_000), at(10).plus(MEMORY.deletedAccounts()));

      // The second has been hidden for a second less.
      assertThat(patient.feed("nba")).containsOnlyKeys(second);
    }
  }

  @Test
  void countsDeletionAnewAfterABreak() {
    try (FeedDriver patient = patient()) {
      patient.pipe(created(POST, 1, "nba", LONG_AGO), at(1));
      patient.pipe(account(DID, false, "deleted", 10), at(10));
      patient.pipe(account(DID, false, "deactivated", 20), at(20));
      patient.pipe(account(DID, false, "deleted", 30), at(30));
      patient.pipe(account(DID, true, "", 200_000), at(20).plus(MEMORY.deletedAccounts()));

      assertThat(patient.feed("nba")).containsOnlyKeys(POST);
    }
  }

  @Test
  void takesOutWhatHasExpiredAndForgetsItAfterAWeek() {
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(1));
    driver.pipe(
        created(Events.uri(OTHER, "x"), 1, "weather", LONG_AGO), at(1).plus(KEEP).minusMillis(1));
    driver.tick();
    assertThat(driver.feed("nba")).containsOnlyKeys(POST);

    driver.pipe(created(Events.uri(OTHER, "y"), 1, "weather", LONG_AGO), at(1).plus(KEEP));
    driver.tick();
    assertThat(driver.feed("nba")).isEmpty();
    assertThat(driver.held()).isEqualTo(1);

    // and: a week after the event, the revision too
    driver.pipe(
        created(Events.uri(OTHER, "z"), 1, "weather", LONG_AGO), at(1).plus(MEMORY.revisions()));
    driver.tick();
    assertThat(driver.held()).isZero();
  }

  @Test
  void doesNotBringBackWhatExpiredWhenItComesAgain() {
    PostEvent post = created(POST, 1, "nba", LONG_AGO);
    driver.pipe(post, at(1));
    driver.pipe(post, at(1).plus(KEEP).plus(DAY));
    driver.tick();

    assertThat(driver.feed("nba")).isEmpty();
  }

  @Test
  void treatsAnEditOfAnExpiredItemAsNewWhetherOrNotThePurgeHasRun() {
    Instant late = at(1).plus(KEEP).plus(DAY);
    PostEvent edit = updated(POST, 350_000, "nba edited", LONG_AGO);
    driver.pipe(created(POST, 1, "nba", LONG_AGO), at(1)).pipe(edit, late);
    FeedItem unpurged = item(POST);

    driver.pipe(created(Events.uri(OTHER, "a"), 1, "nba", LONG_AGO), at(1));
    driver.pipe(created(Events.uri(OTHER, "b"), 1, "weather", LONG_AGO), late);
    driver.tick();
    driver.pipe(updated(Events.uri(OTHER, "a"), 350_000, "nba edited", LONG_AGO), late);
    FeedItem purged = item(Events.uri(OTHER, "a"));

    assertThat(unpurged.expiresAt()).isEqualTo(late.plus(KEEP)).isEqualTo(purged.expiresAt());
    assertThat(unpurged.sortAt()).isEqualTo(purged.sortAt());
  }

  @Test
  void showsAnAuthorAgainWhoseInactivityIsForgotten() {
    try (FeedDriver patient = patient()) {
      patient.pipe(account(DID, false, "suspended", 1), at(1));
      patient.pipe(created(POST, 1, "nba", LONG_AGO), at(1).plus(DAY.multipliedBy(29)));
      assertThat(patient.feed("nba")).isEmpty();

      patient.pipe(
          created(Events.uri(OTHER, "b"), 1, "weather", LONG_AGO),
          at(1).plus(MEMORY.inactiveAccounts()));
      patient.tick();

      assertThat(patient.feed("nba")).containsOnlyKeys(POST);
    }
  }

  /** Keeps items for four weeks. */
  private FeedDriver patient() {
    return new FeedDriver(
        directory.resolve("patient"), new WordRules(Map.of("nba", DAY.multipliedBy(28))), MEMORY);
  }

  private FeedItem item(String uri) {
    return item("nba", uri);
  }

  private FeedItem item(String feed, String uri) {
    return Optional.ofNullable(driver.feed(feed).get(uri)).orElseThrow();
  }
}
