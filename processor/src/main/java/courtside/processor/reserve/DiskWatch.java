package courtside.processor.reserve;

import courtside.service.Rounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every ten seconds what the log holds that cannot be cut by bytes, and once a minute how
 * large this instance's state is, on a thread of its own. Thread-safe.
 */
public final class DiskWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration STATE_PERIOD = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Admin admin;
  private final Path state;
  private final LongSupplier nanoTime;
  private final Rounds rounds;
  private volatile Optional<Reserve> reserve = Optional.empty();
  private volatile OptionalLong stateBytes = OptionalLong.empty();

  // Confined to the thread.
  private final Map<String, String> said = new HashMap<>();
  private @Nullable Long walkedAt;

  private DiskWatch(
      Admin admin, Path state, Duration period, LongSupplier nanoTime, Runnable onFailure) {
    this.admin = admin;
    this.state = state;
    this.nanoTime = nanoTime;
    this.rounds = Rounds.start("disk-watch", period, this::look, onFailure);
  }

  /**
   * Starts to look.
   *
   * @param admin stays the caller's, and must outlive this
   * @param state this instance's directory
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static DiskWatch start(
      Admin admin, Path state, LongSupplier nanoTime, Runnable onFailure) {
    return start(admin, state, PERIOD, nanoTime, onFailure);
  }

  /** Starts one that looks so often. */
  static DiskWatch start(
      Admin admin, Path state, Duration period, LongSupplier nanoTime, Runnable onFailure) {
    return new DiskWatch(admin, state, period, nanoTime, onFailure);
  }

  /** That there is more than what is reserved, where that is known. */
  public List<String> alarms() {
    return reserve.flatMap(Reserve::excess).stream().toList();
  }

  /** What is known, in bytes, by name. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new HashMap<>();
    reserve.ifPresent(known -> {
      figures.put("reserved_bytes", (double) known.reserved());
      figures.put("reserved_bytes_used", (double) known.used());
    });
    stateBytes.ifPresent(bytes -> figures.put("state_directory_bytes", (double) bytes));
    return figures;
  }

  private void look() throws InterruptedException {
    askForReserve();
    long now = nanoTime.getAsLong();
    if (walkedAt == null || now - walkedAt >= STATE_PERIOD.toNanos()) {
      walkedAt = now;
      walkState();
    }
  }

  private void askForReserve() throws InterruptedException {
    try {
      reserve = Reserve.ask(admin);
      said.remove("reserve");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RetriableException)) {
        reserve = Optional.empty();
      }
      sayOnce("reserve", e.getCause() == null ? e : e.getCause());
    }
  }

  private void walkState() {
    try {
      stateBytes = DirectorySize.of(state, PATIENCE, nanoTime);
      said.remove("state");
    } catch (IOException e) {
      stateBytes = OptionalLong.empty();
      sayOnce("state", e);
    }
  }

  /** However often it is tried, until it is known again. */
  private void sayOnce(String what, Throwable why) {
    String kind = why.getClass().getName();
    if (!kind.equals(said.put(what, kind))) {
      LOG.atWarn()
          .addKeyValue("what", what)
          .addKeyValue("reason", String.valueOf(why))
          .log("size not known, and not watched");
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
