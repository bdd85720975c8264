package courtside.service;

import courtside.service.settings.Reading;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Runs one service as the process: settings, start, wait, end. Exit codes: 0 asked to stop, by a
 * signal too, 70 failed, 78 configuration.
 */
public final class ServiceProcess {
  /** Asked to stop. */
  public static final int EX_OK = 0;

  /** Failed; the log says why. */
  public static final int EX_SOFTWARE = 70;

  /** The settings are wrong; nothing was started. */
  public static final int EX_CONFIG = 78;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);

  private ServiceProcess() {}

  /** Starts a service from its settings; may throw what explains why it cannot. */
  @FunctionalInterface
  public interface Starter<T> {
    /** Starts it; nothing is left running where this throws. */
    Service start(T settings) throws InterruptedException;
  }

  /** Brings what libraries log through the platform's own logging to the one backend. */
  public static void uniteLogging() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /**
   * Runs until the service has ended.
   *
   * @return the exit code
   */
  public static <T> int run(
      String name,
      Map<String, String> environment,
      Function<Map<String, String>, Reading<T>> read,
      Starter<T> starter,
      PrintStream err) {
    uniteLogging();
    return switch (read.apply(environment)) {
      case Reading.Invalid<T>(var problems) -> {
        problems.forEach(problem -> err.println(name + ": " + problem));
        yield EX_CONFIG;
      }
      case Reading.Valid<T>(var settings, var effective) -> {
        effective.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .forEach(setting ->
                LOG.atInfo()
                    .addKeyValue("name", setting.getKey())
                    .addKeyValue("value", setting.getValue())
                    .log("setting"));
        yield serve(name, settings, starter);
      }
    };
  }

  private static <T> int serve(String name, T settings, Starter<T> starter) {
    AtomicInteger code = new AtomicInteger(EX_SOFTWARE);
    // Left to itself, a process that was asked to stop ends with the code of the signal, whether or
    // not it ended in order.
    try (StopSignal signal = StopSignal.toThisThread(() -> Runtime.getRuntime().halt(code.get()))) {
      code.set(serve(name, settings, starter, signal));
      return code.get();
    }
  }

  private static <T> int serve(String name, T settings, Starter<T> starter, StopSignal signal) {
    Service service;
    try {
      service = starter.start(settings);
    } catch (InterruptedException e) {
      return interrupted(signal);
    } catch (RuntimeException e) {
      if (signal.received()) {
        // Libraries have their own ways of saying that they were interrupted.
        LOG.atDebug().setCause(e).addKeyValue("service", name).log("stopped while it started");
        return EX_OK;
      }
      // The boundary of the process: whatever it was, it is said once and ends it.
      LOG.atError().setCause(e).addKeyValue("service", name).log("service cannot run");
      return EX_SOFTWARE;
    }
    try (service) {
      return awaitEnd(service, signal);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("service", name).log("service did not end in order");
      return EX_SOFTWARE;
    }
  }

  private static int awaitEnd(Service service, StopSignal signal) {
    try {
      return service.awaitEnd() ? EX_OK : EX_SOFTWARE;
    } catch (InterruptedException e) {
      return interrupted(signal);
    }
  }

  private static int interrupted(StopSignal signal) {
    if (signal.received()) {
      return EX_OK;
    }
    Thread.currentThread().interrupt();
    return EX_SOFTWARE;
  }
}
