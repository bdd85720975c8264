package courtside.processor.steward;

import courtside.processor.log.Fenced;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steward on a thread of its own: decides while this instance is the owner, and takes part
 * in the group otherwise. All owners write under one transactional id, so that a former one that
 * wakes up is fenced. Thread-safe.
 */
public final class StewardLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StewardLoop.class);
  private static final Duration TURN = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final StewardSettings settings;
  private final Supplier<Tenure> tenures;
  private final Runnable onFailure;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("steward").unstarted(this::run);
  private volatile boolean owner;
  private volatile Map<String, String> answers = Map.of();

  // Confined to the thread.
  private @Nullable Tenure tenure;

  private StewardLoop(StewardSettings settings, Supplier<Tenure> tenures, Runnable onFailure) {
    this.settings = settings;
    this.tenures = tenures;
    this.onFailure = onFailure;
  }

  /**
   * Starts it.
   *
   * @param admin stays the caller's, and must outlive this
   * @param setIds draws the id of a set
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static StewardLoop start(
      StewardSettings settings,
      Admin admin,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Runnable onFailure) {
    return start(settings, admin, setIds, clock, nanoTime, Step.Observer.NOBODY, onFailure);
  }

  /** Starts one that somebody watches. */
  static StewardLoop start(
      StewardSettings settings,
      Admin admin,
      Supplier<String> setIds,
      InstantSource clock,
      LongSupplier nanoTime,
      Step.Observer observer,
      Runnable onFailure) {
    StewardLoop loop =
        new StewardLoop(
            settings,
            () -> Tenure.begin(settings, admin, setIds, clock, nanoTime, observer),
            onFailure);
    loop.thread.start();
    return loop;
  }

  /** Whether this instance decides. */
  public boolean isOwner() {
    return owner;
  }

  /** The ids of the newest wishes that are dealt with, by key; none where another one decides. */
  public Map<String, String> answers() {
    return answers;
  }

  private void run() {
    boolean orderly = false;
    try (Ownership ownership =
        new Ownership(settings.kafka(), settings.instance(), settings.leaveOnStop())) {
      decideUntilClosed(ownership);
      orderly = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The boundary of the thread: said once, and the process ends.
      LOG.atError().setCause(e).log("steward failed");
    } finally {
      if (!orderly) {
        onFailure.run();
      }
    }
  }

  private void decideUntilClosed(Ownership ownership) throws InterruptedException {
    try {
      while (closing.getCount() > 0) {
        try {
          turn(ownership);
        } catch (KafkaException e) {
          end();
          if (Fenced.is(e)) {
            LOG.atWarn()
                .addKeyValue("instance", settings.instance())
                .log("another steward took over");
            ownership.rejoin();
          } else {
            LOG.atWarn().setCause(e).log("steward cannot work, trying again");
            var _ = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
          }
        }
      }
    } finally {
      end();
    }
  }

  private void turn(Ownership ownership) {
    if (!ownership.poll(TURN)) {
      end();
      return;
    }
    Tenure current = tenure;
    if (current == null) {
      current = tenures.get();
      tenure = current;
      LOG.atInfo().addKeyValue("instance", settings.instance()).log("steward of the feeds");
    }
    current.turn();
    answers = current.answers();
    owner = true;
  }

  private void end() {
    owner = false;
    answers = Map.of();
    Tenure ended = tenure;
    tenure = null;
    if (ended != null) {
      ended.close();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
