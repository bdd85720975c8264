package courtside.service;

import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A service in a process of its own, which says what it does and waits for a signal. */
final class SignalledService implements Service {
  private final boolean orderly;

  private SignalledService(boolean orderly) {
    this.orderly = orderly;
  }

  /** Takes where to wait: {@code starting}, {@code running}, or {@code failing} at its end. */
  public static void main(String[] arguments) {
    System.exit(
        ServiceProcess.run(
            "ingestor", Map.of(), SignalledService::read, _ -> start(arguments[0]), System.err));
  }

  private static Reading<String> read(Map<String, String> environment) {
    return new Settings("ingestor", environment).finish(() -> "");
  }

  private static Service start(String mode) throws InterruptedException {
    if (mode.equals("starting")) {
      System.out.println("ready");
      forEver();
    }
    return new SignalledService(mode.equals("running"));
  }

  @Override
  public boolean awaitEnd() throws InterruptedException {
    System.out.println("ready");
    forEver();
    return false;
  }

  private static void forEver() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  @Override
  public void close() {
    // Whoever closes is not interrupted any more: what ends can be waited for.
    System.out.println(Thread.currentThread().isInterrupted() ? "closed in haste" : "closed");
    if (!orderly) {
      throw new IllegalStateException("this failure is part of the test");
    }
  }
}
