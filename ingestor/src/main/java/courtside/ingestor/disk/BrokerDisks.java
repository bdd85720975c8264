package courtside.ingestor.disk;

import courtside.eventlog.topic.DiskBudget;
import courtside.service.Rounds;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks every ten seconds how much room brokers' disks have, on a thread of its own. Thread-safe.
 */
public final class BrokerDisks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerDisks.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final Admin admin;
  private final Rounds rounds;
  private volatile Optional<String> lack = Optional.empty();
  private volatile Optional<Room> tightest = Optional.empty();

  // Confined to the thread.
  private final DiskAlarm alarm;
  private @Nullable String said;

  private BrokerDisks(Admin admin, DiskBudget budget, Runnable onFailure) {
    this.admin = admin;
    this.alarm = new DiskAlarm(budget.bytes());
    this.rounds = Rounds.start("broker-disks", PERIOD, this::look, onFailure);
  }

  /**
   * Starts to look.
   *
   * @param admin stays the caller's, and must outlive this
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static BrokerDisks start(
      Admin admin, DiskBudget budget, MeterRegistry registry, Runnable onFailure) {
    BrokerDisks disks = new BrokerDisks(admin, budget, onFailure);
    Gauge.builder(
            "courtside.ingestor.broker.disk.usable.share",
            disks,
            watched -> watched.tightest.map(Room::share).orElse(Double.NaN))
        .register(registry);
    Gauge.builder(
            "courtside.ingestor.broker.disk.usable.bytes",
            disks,
            watched -> watched.tightest.map(room -> (double) room.usable()).orElse(Double.NaN))
        .register(registry);
    return disks;
  }

  /** That a disk has not enough room, where that is known. */
  public List<String> alarms() {
    return lack.stream().toList();
  }

  /** What is known of the disk that has the least, by name. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new HashMap<>();
    tightest.ifPresent(room -> {
      figures.put("broker_disk_usable_bytes", (double) room.usable());
      figures.put("broker_disk_usable_share", room.share());
    });
    return figures;
  }

  private void look() throws InterruptedException {
    boolean wasLow = alarm.isLow();
    try {
      alarm.look(Room.ask(admin));
      said = null;
    } catch (ExecutionException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      if (!(why instanceof RetriableException)) {
        alarm.look(List.of());
      }
      sayOnce(why);
    }
    tightest = alarm.tightest();
    lack = alarm.lack();
    // What is known no more is said already, and is no disk that is well again.
    if (wasLow != alarm.isLow() && tightest.isPresent()) {
      LOG.atLevel(alarm.isLow() ? Level.WARN : Level.INFO)
          .addKeyValue("usable_bytes", tightest.map(Room::usable).orElse(0L))
          .addKeyValue("total_bytes", tightest.map(Room::total).orElse(0L))
          .log(alarm.isLow() ? "a broker's disk is low" : "no broker's disk is low any more");
    }
  }

  /** However often it is tried, until it is known again. */
  private void sayOnce(Throwable why) {
    String kind = why.getClass().getName();
    if (!kind.equals(said)) {
      said = kind;
      LOG.atWarn()
          .addKeyValue("reason", String.valueOf(why))
          .log("room on the brokers' disks not known, and not watched");
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
