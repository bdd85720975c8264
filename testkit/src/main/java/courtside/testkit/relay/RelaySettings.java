package courtside.testkit.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * How a relay behaves. Immutable.
 *
 * @param listener where it listens; port 0 takes any free one
 * @param cursorRule with which frame a stream resumes
 * @param pingAfter how long a stream may be silent before the relay pings
 * @param writeDeadline how long one write may be held up by a client that does not read
 * @param upgradeDeadline how long a client has to send its request, and to answer a close
 * @param maxConnections how many may be open at once; more are answered 503
 * @param consumerBytes how far a stream that has once had everything may fall behind, in bytes of
 *     the log; one that is further behind is told ConsumerTooSlow, though all that it lacks is held
 * @param cursorNotices whether a client is told OutdatedCursor and FutureCursor, as a PDS tells it;
 *     where not, it begins at the oldest frame held or goes live, without a word, as on the large
 *     relays
 */
public record RelaySettings(
    InetSocketAddress listener,
    CursorRule cursorRule,
    Duration pingAfter,
    Duration writeDeadline,
    Duration upgradeDeadline,
    int maxConnections,
    long consumerBytes,
    boolean cursorNotices) {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  /** As far behind as the log reaches back. */
  private static final long UNBOUNDED = Long.MAX_VALUE;

  /**
   * Any port; exclusive; pings after 30 s; 10 s for a write and for a request; tells of cursors.
   */
  public static final RelaySettings DEFAULT =
      new RelaySettings(
          0,
          CursorRule.EXCLUSIVE,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          256);

  /** Of the loopback interface; tells of cursors. */
  public RelaySettings(
      int port,
      CursorRule cursorRule,
      Duration pingAfter,
      Duration writeDeadline,
      Duration upgradeDeadline,
      int maxConnections) {
    this(
        loopback(port),
        cursorRule,
        pingAfter,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        UNBOUNDED,
        true);
  }

  /** Checks the bounds. */
  public RelaySettings {
    requirePositive("pingAfter", pingAfter);
    requirePositive("writeDeadline", writeDeadline);
    requirePositive("upgradeDeadline", upgradeDeadline);
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 connection, found maxConnections " + maxConnections);
    }
    if (consumerBytes < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 byte, found consumerBytes " + consumerBytes);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException("expected a time above 0, found " + name + " " + value);
    }
  }

  private static InetSocketAddress loopback(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** The same on this port of the loopback interface. */
  public RelaySettings withPort(int value) {
    return withListener(loopback(value));
  }

  /** The same at this address. */
  public RelaySettings withListener(InetSocketAddress value) {
    return new RelaySettings(
        value,
        cursorRule,
        pingAfter,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        consumerBytes,
        cursorNotices);
  }

  /** The same with this rule. */
  public RelaySettings withCursorRule(CursorRule value) {
    return new RelaySettings(
        listener,
        value,
        pingAfter,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        consumerBytes,
        cursorNotices);
  }

  /** The same with this silence before a ping. */
  public RelaySettings withPingAfter(Duration value) {
    return new RelaySettings(
        listener,
        cursorRule,
        value,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        consumerBytes,
        cursorNotices);
  }

  /** The same with this deadline of a write. */
  public RelaySettings withWriteDeadline(Duration value) {
    return new RelaySettings(
        listener,
        cursorRule,
        pingAfter,
        value,
        upgradeDeadline,
        maxConnections,
        consumerBytes,
        cursorNotices);
  }

  /** The same with this deadline of a request. */
  public RelaySettings withUpgradeDeadline(Duration value) {
    return new RelaySettings(
        listener,
        cursorRule,
        pingAfter,
        writeDeadline,
        value,
        maxConnections,
        consumerBytes,
        cursorNotices);
  }

  /** The same with so much that a stream may fall behind. */
  public RelaySettings withConsumerBytes(long value) {
    return new RelaySettings(
        listener,
        cursorRule,
        pingAfter,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        value,
        cursorNotices);
  }

  /** The same, telling of cursors or not. */
  public RelaySettings withCursorNotices(boolean value) {
    return new RelaySettings(
        listener,
        cursorRule,
        pingAfter,
        writeDeadline,
        upgradeDeadline,
        maxConnections,
        consumerBytes,
        value);
  }
}
