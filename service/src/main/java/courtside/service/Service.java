package courtside.service;

/**
 * A service that runs. {@link #close} ends it in order, may be called from any thread and more than
 * once, and returns when everything is finished; an interrupt cuts the waiting short.
 */
public interface Service extends AutoCloseable {
  /**
   * Waits until the service was closed, or has failed.
   *
   * @return whether it was closed; false means that it failed and cannot go on
   */
  boolean awaitEnd() throws InterruptedException;

  @Override
  void close();
}
