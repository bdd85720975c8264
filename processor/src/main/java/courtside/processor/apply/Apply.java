package courtside.processor.apply;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.TopicMismatchException;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.Fenced;
import courtside.processor.reserve.NoRoomException;
import courtside.processor.reserve.Reserve;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies definitions to a running pipeline, or to one that will run. Several may at once: each
 * decides by what the others have written. Blocks on the broker.
 */
public final class Apply {
  private static final Logger LOG = LoggerFactory.getLogger(Apply.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ANSWER_MS = 10_000;
  private static final int LONGEST_PAUSE_MS = 500;
  private static final int DEEPEST = 8;

  /** What is written here, and what whoever waits for the outcome reads. */
  private static final List<Topic> TOPICS =
      List.of(Topics.FEED_DEFINITIONS, Topics.CONTROL, Topics.FEED_STATUS);

  private Apply() {}

  /**
   * Writes the definitions that are new, in one transaction: nobody ever sees half a set. Doing it
   * again does nothing. Where somebody else applies at the same time, or nobody hears how a commit
   * ended, it starts over with what is there then.
   *
   * <p>A new version is a copy of a feed more, for a while, which cannot be cut by bytes. So where
   * there is no room for what cannot be, none is written. Where the operator of the broker does not
   * let anybody ask, nobody knows, and it is.
   *
   * @param hold whether promotion waits for a person
   * @param setIds draws the id of a set, see {@link #setIds}
   * @return what was done, in the order given
   * @throws IllegalArgumentException if two definitions are of the same feed
   * @throws TopicMismatchException if a topic is not what it must be
   * @throws NoRoomException if anything is new, and what cannot be cut by bytes fills more than
   *     what is reserved for it
   * @throws KafkaException if the broker does not do it within 30 s; says whether anything may have
   *     been written
   */
  public static List<Applied> apply(
      KafkaAddress kafka, List<DefinitionFile> definitions, boolean hold, Supplier<String> setIds)
      throws InterruptedException {
    Map<String, Object> config = kafka.client();
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
    try (Admin admin = Admin.create(config)) {
      // None of these is sized by the budget.
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(TOPICS);
      return untilWritten(kafka, admin, definitions, hold, setIds);
    }
  }

  private static List<Applied> untilWritten(
      KafkaAddress kafka,
      Admin admin,
      List<DefinitionFile> definitions,
      boolean hold,
      Supplier<String> setIds)
      throws InterruptedException {
    RandomGenerator random = RandomGenerator.getDefault();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean inDoubt = false;
    @Nullable String set = null;
    while (true) {
      try (DefinitionsWriter writer = DefinitionsWriter.become(kafka, admin)) {
        try {
          Catalogue catalogue = writer.read();
          if (set == null) {
            // Once, so that what an earlier attempt has written is known again.
            set = setIds.get();
          }
          Plan plan = Plan.of(catalogue, definitions, set, hold);
          inDoubt = false;
          if (!plan.writes().isEmpty()) {
            requireRoom(admin);
          }
          if (!plan.isEmpty()) {
            writer.write(plan, Instant.now());
          }
          return plan.applied();
        } finally {
          inDoubt |= writer.isInDoubt();
        }
      } catch (KafkaException e) {
        if (!passes(e) || System.nanoTime() - deadline > 0) {
          throw new KafkaException(
              inDoubt
                  ? "nobody heard whether the definitions were written: apply them again, which"
                      + " does nothing where they were"
                  : "the definitions could not be applied, and nothing was written",
              e);
        }
        LOG.atInfo().addKeyValue("reason", e.getMessage()).log("apply starts over");
        // Not as long as the other one's, or each would fence the other for ever.
        Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
      }
    }
  }

  private static void requireRoom(Admin admin) throws InterruptedException {
    Optional<String> excess;
    try {
      excess = Reserve.ask(admin).flatMap(Reserve::excess);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        throw new KafkaException("the broker does not say how large its topics are", e.getCause());
      }
      LOG.atWarn()
          .addKeyValue("reason", String.valueOf(e.getCause()))
          .log("whether there is room is not known");
      return;
    }
    if (excess.isPresent()) {
      throw new NoRoomException(excess.get());
    }
  }

  private static boolean passes(KafkaException failure) {
    if (Fenced.is(failure)) {
      return true;
    }
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof RetriableException) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  /**
   * Writes definitions of feeds whose names were never seen, and of no others, as one set. Tries
   * once. The topics must be there. Not refused where there is no room, as it is nobody's wish that
   * could be wished again: it happens once, at the beginning of a pipeline or of a release, and
   * health says what it comes to.
   *
   * @param admin stays the caller's
   * @return what was done with those that were never seen
   * @throws KafkaException if it is not done, as where somebody else applies meanwhile: to be tried
   *     again
   */
  public static List<Applied> seed(
      KafkaAddress kafka, Admin admin, List<DefinitionFile> shipped, Supplier<String> setIds) {
    try (DefinitionsWriter writer = DefinitionsWriter.become(kafka, admin)) {
      Catalogue catalogue = writer.read();
      Set<RecordKey> known = catalogue.feeds();
      Plan plan =
          Plan.of(
              catalogue,
              shipped.stream().filter(definition -> !known.contains(definition.feed())).toList(),
              setIds.get(),
              false);
      if (!plan.isEmpty()) {
        writer.write(plan, Instant.now());
      }
      return plan.applied();
    }
  }

  /** Ids of eight letters and digits. */
  public static Supplier<String> setIds(RandomGenerator random) {
    return () -> {
      StringBuilder id = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        id.append(Character.forDigit(random.nextInt(36), 36));
      }
      return id.toString();
    };
  }
}
