package courtside.ingestor;

import courtside.ingestor.relay.RelaySettings;
import courtside.service.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * An ingestor that hangs once, at a place on the way to its first transaction: there it makes the
 * file {@value #REACHED} in the directory {@code courtside.hang.directory}, and goes on when
 * {@value #GO_ON} is there.
 */
final class HangingMain {
  static final String REACHED = "reached";
  static final String GO_ON = "go-on";

  /** Where, between the assignment and the initialisation of transactions. */
  enum Place {
    /** It was assigned the cursors and has not yet asked the group whether that holds. */
    BEFORE_CONFIRMATION("turned look look activate"),
    /** The group has confirmed, and nobody is fenced yet. */
    BEFORE_FENCING("turned activate");

    /** The methods that are being run, of which the innermost asks for the time. */
    private final String methods;

    Place(String methods) {
      this.methods = methods;
    }
  }

  private HangingMain() {}

  /** Runs until it is asked to stop. */
  public static void main(String[] args) {
    LongSupplier nanoTime =
        new HangingClock(
            Place.valueOf(System.getProperty("courtside.hang.place")),
            Path.of(System.getProperty("courtside.hang.directory")));
    System.exit(
        ServiceProcess.run(
            Ingestor.NAME,
            System.getenv(),
            IngestorSettings::read,
            settings ->
                Ingestor.start(
                    settings,
                    RelaySettings.DEFAULT,
                    nanoTime,
                    InstantSource.system(),
                    () -> Runtime.getRuntime().halt(ServiceProcess.EX_SOFTWARE)),
            System.err));
  }

  /** Holds up whoever asks for the time at the place. */
  private static final class HangingClock implements LongSupplier {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

    private final Place place;
    private final Path directory;

    // Only the pump's thread.
    private boolean hung;

    HangingClock(Place place, Path directory) {
      this.place = place;
      this.directory = directory;
    }

    @Override
    public long getAsLong() {
      if (Thread.currentThread().getName().equals("pump") && !hung && isThere()) {
        hung = true;
        hang();
      }
      return System.nanoTime();
    }

    private boolean isThere() {
      return StackWalker.getInstance()
          .walk(frames ->
              frames
                  .map(StackWalker.StackFrame::getMethodName)
                  .dropWhile(method -> !method.equals("turned"))
                  .collect(Collectors.joining(" "))
                  .startsWith(place.methods));
    }

    private void hang() {
      try {
        Files.createFile(directory.resolve(REACHED));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      while (!Files.exists(directory.resolve(GO_ON))) {
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      }
    }
  }
}
