package courtside.ingestor.process;

import courtside.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker as a process of its own: directory and port are the arguments. Runs until killed. */
final class BrokerMain {
  private BrokerMain() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    try (EmbeddedBroker _ = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]))) {
      new CountDownLatch(1).await();
    }
  }
}
