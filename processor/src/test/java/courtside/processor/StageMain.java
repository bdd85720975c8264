package courtside.processor;

import courtside.processor.ReadInput.Kind;
import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * One stage as a process of its own, until it is killed: its kind, the broker, its directory, its
 * set, and after how many milliseconds it commits.
 */
final class StageMain {
  private StageMain() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    try (StandingStage stage =
        new StandingStage(
            Kind.valueOf(args[0]),
            new KafkaAddress(args[1]),
            Path.of(args[2]),
            args[3],
            Duration.ofMillis(Long.parseLong(args[4])))) {
      stage.goOn();
      stage.startOnce();
      new CountDownLatch(1).await();
    }
  }
}
