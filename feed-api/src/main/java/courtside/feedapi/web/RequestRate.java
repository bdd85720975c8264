package courtside.feedapi.web;

import org.eclipse.jetty.server.handler.DoSHandler.Tracker;

/**
 * Counts the requests of each client: so many a second pass, and twice as many at once after a
 * while of none. One that is refused costs nothing, so who asks too often is held to the rate and
 * not shut out. Thread-safe.
 */
final class RequestRate implements Tracker.Factory {
  private static final double NANOS_PER_SECOND = 1e9;

  private final int perSecond;

  RequestRate(int perSecond) {
    this.perSecond = perSecond;
  }

  @Override
  public Tracker newTracker(String client) {
    return new Bucket(2.0 * perSecond, perSecond / NANOS_PER_SECOND);
  }

  private static final class Bucket implements Tracker {
    private final double most;
    private final double perNano;

    // Guarded by this.
    private double left;
    private long since;
    private boolean begun;

    Bucket(double most, double perNano) {
      this.most = most;
      this.perNano = perNano;
      this.left = most;
    }

    @Override
    public synchronized boolean onRequest(long now) {
      if (begun) {
        left = Math.min(most, left + (now - since) * perNano);
      }
      begun = true;
      since = now;
      if (left < 1) {
        return false;
      }
      left--;
      return true;
    }

    /** When it is full again: from then on it is as one that was never there. */
    @Override
    public synchronized long getExpireNanoTime() {
      long last = begun ? since : System.nanoTime();
      return last + (long) ((most - left) / perNano);
    }
  }
}
