package courtside.processor.feed;

import static courtside.processor.feed.Events.account;
import static courtside.processor.feed.Events.at;
import static courtside.processor.feed.Events.created;
import static courtside.processor.feed.Events.deleted;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is forgotten while deleted: what came late is shown, whenever that is noticed. */
final class ForgottenAccountTest {
  private static final long DAY = Duration.ofDays(1).toSeconds();
  private static final String DID = "did:plc:someone";
  private static final String OTHER = "did:plc:other";
  private static final String LATE = Events.uri(DID, "late");

  @TempDir Path directory;

  @Test
  void isNoticedByThePurge() {
    try (FeedDriver driver = lateInADeletedAccount()) {
      driver.pipe(deleted(Events.uri(OTHER, "none"), 31 * DAY), at(31 * DAY)).tick();
      assertThat(driver.feed("nba")).containsOnlyKeys(LATE);
      driver.pipe(deleted(Events.uri(OTHER, "none"), 33 * DAY), at(33 * DAY)).tick();
      assertThat(driver.feed("nba")).containsOnlyKeys(LATE);
    }
  }

  @Test
  void isNoticedByThePurgeLongAfter() {
    try (FeedDriver driver = lateInADeletedAccount()) {
      driver.pipe(deleted(Events.uri(OTHER, "none"), 33 * DAY), at(33 * DAY)).tick();
      assertThat(driver.feed("nba")).containsOnlyKeys(LATE);
    }
  }

  @Test
  void isNoticedByAnEventLongAfter() {
    try (FeedDriver driver = lateInADeletedAccount()) {
      driver.pipe(deleted(Events.uri(DID, "none"), 33 * DAY), at(33 * DAY));
      assertThat(driver.feed("nba")).containsOnlyKeys(LATE);
    }
  }

  /** An account that was deleted on day 0 and wrote on day 29: forgotten on day 30. */
  private FeedDriver lateInADeletedAccount() {
    FeedDriver driver =
        new FeedDriver(
            directory, new WordRules(Map.of("nba", Duration.ofDays(20))), Memory.DEFAULT);
    driver.pipe(account(DID, false, "deleted", 0), at(0));
    driver.pipe(created(LATE, 29 * DAY, "nba", at(29 * DAY).toString()), at(29 * DAY));
    assertThat(driver.feed("nba")).isEmpty();
    return driver;
  }
}
