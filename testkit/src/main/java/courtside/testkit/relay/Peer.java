package courtside.testkit.relay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client as the relay has it: its socket, why and how that ends, and waiting for either. The
 * ledger learns of each end before the client can. Thread-safe.
 */
final class Peer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  private final Socket socket;
  private final Ledger.Caller caller;
  private final LongSupplier nanoTime;
  private final WireWriter writer;
  private final InputStream in;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  Peer(Socket socket, Ledger.Caller caller, LongSupplier nanoTime) throws IOException {
    this.socket = socket;
    this.caller = caller;
    this.nanoTime = nanoTime;
    socket.setTcpNoDelay(true);
    this.writer = new WireWriter(socket.getOutputStream(), nanoTime);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  Ledger.Caller caller() {
    return caller;
  }

  WireWriter writer() {
    return writer;
  }

  InputStream in() {
    return in;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** Says why it ends; the first who does is right, and is told so. */
  boolean end(Ending why) {
    boolean first = ending.compareAndSet(null, why);
    wake();
    return first;
  }

  /** Why it ends; null while it does not. */
  @Nullable Ending ending() {
    return ending.get();
  }

  boolean isEnding() {
    return ending.get() != null;
  }

  /** Sends a close frame, which the client may answer. */
  void sayClose(int code, String reason) throws IOException {
    caller.closed();
    writer.close(code, reason);
  }

  /** Ends the relay's side in order (FIN); what the client sends can still be read. */
  void fin() throws IOException {
    caller.closed();
    socket.shutdownOutput();
  }

  /** Ends the connection at once (RST): nothing that is still to be sent may hold it up. */
  void reset() {
    caller.closed();
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("socket already closed");
    }
  }

  @Override
  public void close() throws IOException {
    caller.closed();
    socket.close();
  }

  /** Reads what the client sends, to no end but its leaving. */
  void drain() throws IOException {
    long _ = in.transferTo(OutputStream.nullOutputStream());
  }

  /** Makes waiters look again. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits.
   *
   * @param lifted looked at whenever {@link #wake} is called
   * @return whether the whole time passed; false where it was lifted, or the connection ends
   */
  boolean pause(long nanos, BooleanSupplier lifted) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!lifted.getAsBoolean() && !isEnding()) {
        if (left <= 0) {
          return true;
        }
        left = changed.awaitNanos(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits without a limit. */
  void awaitLifted(BooleanSupplier lifted) throws InterruptedException {
    while (pause(Long.MAX_VALUE, lifted)) {
      // The longest time there is has passed.
    }
  }
}
