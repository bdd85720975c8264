package courtside.ingestor.owner;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real group: every member is polled by the one thread of the test. */
@Timeout(120)
final class OwnershipTest {
  @TempDir Path directory;
  private EmbeddedBroker broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    admin = Admin.create(client());
    admin.createTopics(List.of(new NewTopic(Topics.CURSORS.name(), 1, (short) 1))).all().get();
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    broker.close();
  }

  private Map<String, Object> client() {
    return Map.of("bootstrap.servers", broker.bootstrap());
  }

  private Ownership member(String instance) {
    return new Ownership(client(), instance, true);
  }

  /**
   * Turns the members' loops until it is so; a test's timeout ends what never is. None of them
   * waits, so that a rebalance takes many turns, and every one of them can be asked in its middle.
   */
  private static void turnUntil(BooleanSupplier done, Ownership... members) {
    while (!done.getAsBoolean()) {
      for (Ownership member : members) {
        owns(member);
      }
    }
  }

  private static boolean owns(Ownership member) {
    return member.poll(Duration.ZERO);
  }

  @Test
  void aMemberThatWasExpelledIsNotConfirmedUntilItIsAssignedAnew() throws Exception {
    try (Ownership only = member("first")) {
      turnUntil(() -> owns(only), only);
      assertThat(only.confirm()).isTrue();
      Ownership.expel(admin, "first");
      assertThat(only.confirm()).as("by a group that it is no member of").isFalse();
      turnUntil(() -> owns(only) && only.confirm(), only);
    }
  }

  @Test
  void oneIsNotConfirmedOnceAnotherHasItThoughItHasNotHeardOfThat() throws Exception {
    try (Ownership first = member("first");
        Ownership second = member("second")) {
      turnUntil(() -> owns(first), first);
      // when: it is taken for dead, and does not look at the group meanwhile
      Ownership.expel(admin, "first");
      turnUntil(() -> owns(second), second);
      // then
      assertThat(first.confirm()).isFalse();
      assertThat(second.confirm()).isTrue();
    }
  }

  @Test
  void oneThatIsJoinedByAnotherKeepsWhatItHasThroughEveryConfirmation() {
    try (Ownership first = member("first");
        Ownership second = member("second")) {
      turnUntil(() -> owns(first), first);
      assertThat(first.confirm()).isTrue();
      // when: the group is arranged anew, and the owner asks in the middle of it
      int[] refused = {0};
      int[] confirmed = {0};
      turnUntil(
          () -> {
            if (first.confirm()) {
              confirmed[0]++;
            } else {
              refused[0]++;
              confirmed[0] = 0;
            }
            return refused[0] > 0 && confirmed[0] > 10;
          },
          first,
          second);
      // then
      assertThat(owns(first)).isTrue();
      assertThat(owns(second)).isFalse();
    }
  }

  @Test
  void whoRejoinsDoesNotOwnBeforeTheGroupHasSpoken() {
    try (Ownership only = member("first")) {
      turnUntil(() -> owns(only), only);
      only.rejoin();
      assertThat(only.confirm()).isFalse();
      turnUntil(() -> owns(only), only);
      assertThat(only.confirm()).isTrue();
    }
  }
}
