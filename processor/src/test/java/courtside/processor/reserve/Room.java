package courtside.processor.reserve;

import static org.awaitility.Awaitility.await;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.testkit.broker.TightDisk;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;

/**
 * Gives and takes room, and returns once the broker has heard of it: settings of topics reach it a
 * moment after they are changed.
 */
public final class Room {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Room() {}

  /** Makes all topics, for the least disk that is accepted. */
  public static void give(Admin admin) throws Exception {
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    await().atMost(LIMIT).until(() -> reserved(admin) > 2 * TightDisk.RESERVED);
  }

  /** Sizes them for a far smaller one. */
  public static void take(String bootstrap, Admin admin) throws Exception {
    TightDisk.tighten(bootstrap);
    await().atMost(LIMIT).until(() -> reserved(admin) < 2 * TightDisk.RESERVED);
  }

  private static long reserved(Admin admin) throws Exception {
    return Reserve.ask(admin).orElseThrow().reserved();
  }
}
