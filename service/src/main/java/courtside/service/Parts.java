package courtside.service;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a service in the order in which they were made. Closing goes the other way round,
 * and one part that fails to close does not keep the others open. Confined to one thread at a time.
 */
public final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> made = new ArrayDeque<>();

  /** Adds a part that was just made, and returns it. */
  public <T extends AutoCloseable> T add(T part) {
    made.push(part);
    return part;
  }

  /**
   * Closes every part, the newest first.
   *
   * @throws IllegalStateException if some could not be closed; all were tried
   */
  @Override
  public void close() {
    @Nullable IllegalStateException failure = null;
    while (!made.isEmpty()) {
      AutoCloseable part = made.pop();
      try {
        part.close();
      } catch (Exception e) {
        // Whatever it is, the others have to be closed too; it is thrown when they are.
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        if (failure == null) {
          failure = new IllegalStateException("not everything could be closed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes every part because of a failure, which stays the one to be told. */
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IllegalStateException e) {
      failure.addSuppressed(e);
    }
  }
}
