package courtside.service;

import java.util.concurrent.CountDownLatch;

/**
 * Turns a signal to the process, or Ctrl-C, into an interrupt of the thread that runs it, and keeps
 * the process alive until that thread has closed this: what runs can end in order, at whatever
 * point of its start or its work the signal comes. Thread-safe; closed by the thread that made it.
 */
public final class StopSignal implements AutoCloseable {
  private final Thread running = Thread.currentThread();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Runnable afterwards;

  // Guarded by this.
  private boolean received;
  private boolean closed;

  private StopSignal(Runnable afterwards) {
    this.afterwards = afterwards;
  }

  /** Interrupts the calling thread when the process is asked to stop. */
  public static StopSignal toThisThread() {
    return toThisThread(() -> {});
  }

  /**
   * Interrupts the calling thread when the process is asked to stop.
   *
   * @param afterwards run once this is closed after a signal, as the last thing of the process
   */
  public static StopSignal toThisThread(Runnable afterwards) {
    StopSignal signal = new StopSignal(afterwards);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop-signal").unstarted(signal::onShutdown));
    return signal;
  }

  private void onShutdown() {
    synchronized (this) {
      if (closed) {
        // The process ends by itself.
        return;
      }
      received = true;
      running.interrupt();
    }
    try {
      finished.await();
      afterwards.run();
    } catch (InterruptedException e) {
      // Nobody interrupts a hook; if somebody does, the process ends without waiting longer.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether the process was asked to stop. From then on the interrupt is known for what it is: the
   * calling thread's is cleared, so that what is closed now can be waited for.
   */
  public synchronized boolean received() {
    if (received && Thread.currentThread() == running) {
      boolean _ = Thread.interrupted();
    }
    return received;
  }

  /** Lets the process end. */
  @Override
  public synchronized void close() {
    closed = true;
    finished.countDown();
  }
}
