package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.screen.Screen;
import courtside.service.Parts;
import courtside.service.ServiceProcess;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Keeps a pipeline running until somebody stops it, saying once a second how it is. */
final class RunningPipeline {
  private static final long PERIOD_MILLIS = 1_000;

  private final Pipeline pipeline;
  private final Parts parts;
  private final Screen screen;
  private final Supplier<String> status;

  /**
   * Takes over what was started.
   *
   * @param parts closed when it ends
   * @param status what to say now
   */
  RunningPipeline(Pipeline pipeline, Parts parts, Screen screen, Supplier<String> status) {
    this.pipeline = pipeline;
    this.parts = parts;
    this.screen = screen;
    this.status = status;
  }

  /**
   * Runs until the process is asked to stop, or a service cannot go on.
   *
   * @return the exit code
   */
  int run() throws InterruptedException {
    CountDownLatch stopping = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> stop(stopping));
    Runtime.getRuntime().addShutdownHook(hook);
    while (!stopping.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
      String failed = pipeline.failed().getNow("");
      if (!failed.isEmpty()) {
        screen.endStatus();
        screen.line("The " + failed + " cannot go on; the log says why.");
        return ServiceProcess.EX_SOFTWARE;
      }
      screen.status(status.get());
    }
    return ServiceProcess.EX_OK;
  }

  private void stop(CountDownLatch stopping) {
    stopping.countDown();
    screen.endStatus();
    screen.line("Stopping…");
    parts.close();
    screen.line("Stopped. Start it again and it goes on from here.");
  }
}
