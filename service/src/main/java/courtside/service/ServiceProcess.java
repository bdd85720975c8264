package courtside.service;

import courtside.service.settings.Reading;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Runs one service as the process: settings, start, wait, end. Exit codes: 0 asked to stop, 70
 * failed, 78 configuration.
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
    try (Service service = starter.start(settings)) {
      Thread hook = Thread.ofPlatform().name("shutdown").unstarted(service::close);
      Runtime.getRuntime().addShutdownHook(hook);
      return service.awaitEnd() ? EX_OK : EX_SOFTWARE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EX_SOFTWARE;
    } catch (RuntimeException e) {
      // The boundary of the process: whatever it was, it is said once and ends it.
      LOG.atError().setCause(e).addKeyValue("service", name).log("service cannot run");
      return EX_SOFTWARE;
    }
  }
}
