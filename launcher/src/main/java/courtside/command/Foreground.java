package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.screen.Screen;
import courtside.service.Parts;
import courtside.service.ServiceProcess;
import courtside.service.StopSignal;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A pipeline in the terminal: starts it, says once a second how it is, and ends it in order when
 * somebody stops it, at whatever point that is.
 *
 * @param log the file that services log to
 */
record Foreground(Screen screen, Path log) {
  private static final long PERIOD_SECONDS = 1;

  /** Starts what is to run. */
  @FunctionalInterface
  interface Start {
    /** Adds to the parts whatever must be closed, as soon as it is there. */
    Running start(Parts parts) throws Exception;
  }

  /**
   * What runs.
   *
   * @param status how it is now, in one line
   */
  record Running(Pipeline pipeline, Supplier<String> status) {}

  /**
   * Runs until the process is asked to stop, or a service cannot go on.
   *
   * @return the exit code; that of a signal takes its place
   * @throws Exception what kept it from starting; everything is closed then
   */
  int run(Start start) throws Exception {
    Parts parts = new Parts();
    try (StopSignal signal = StopSignal.toThisThread()) {
      int code;
      try {
        code = watch(start.start(parts));
      } catch (Exception e) {
        if (!signal.received()) {
          parts.closeAfter(e);
          throw e;
        }
        code = ServiceProcess.EX_OK;
      }
      screen.endStatus();
      screen.line("Stopping…");
      parts.close();
      screen.line("Stopped. Start it again and it goes on from here.");
      return code;
    }
  }

  private int watch(Running running) throws InterruptedException {
    while (true) {
      screen.status(running.status().get());
      try {
        String failed = running.pipeline().failed().get(PERIOD_SECONDS, TimeUnit.SECONDS);
        screen.endStatus();
        screen.line("The " + failed + " cannot go on; " + log + " says why.");
        return ServiceProcess.EX_SOFTWARE;
      } catch (TimeoutException e) {
        // All is well; say so again.
      } catch (ExecutionException e) {
        throw new IllegalStateException("the future is never failed", e);
      }
    }
  }
}
