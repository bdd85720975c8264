package courtside.testkit.relay;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Writes what a server sends on a WebSocket: whole frames, never masked. Knows how long a write has
 * been held up, so that another thread can end it by closing the socket. Thread-safe: frames of
 * several threads follow each other whole.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, 5.2</a>
 */
final class WireWriter {
  private static final int FINAL = 0x80;
  private static final int BUFFER_BYTES = 16 * 1024;

  private final OutputStream out;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean writing;
  private volatile long sinceNanos;
  // Guarded by the lock.
  private boolean closeSent;

  WireWriter(OutputStream out, LongSupplier nanoTime) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    this.nanoTime = nanoTime;
    this.sinceNanos = nanoTime.getAsLong();
  }

  /** Bytes as they are: the HTTP part. */
  void raw(byte[] bytes) throws IOException {
    lock.lock();
    try {
      begin();
      out.write(bytes);
      out.flush();
    } finally {
      end();
      lock.unlock();
    }
  }

  void binary(byte[] message) throws IOException {
    frame(Opcode.BINARY, message);
  }

  void ping() throws IOException {
    frame(Opcode.PING, new byte[0]);
  }

  void pong(byte[] payload) throws IOException {
    frame(Opcode.PONG, payload);
  }

  /** Sends a close, the first time it is asked to; nothing is sent after it. */
  void close(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    frame(
        Opcode.CLOSE,
        ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
  }

  /** How long the write under way has taken, in nanoseconds; 0 where none is. */
  long heldUpNanos() {
    return writing ? nanoTime.getAsLong() - sinceNanos : 0;
  }

  /** How long nothing was written, in nanoseconds; 0 while a write is under way. */
  long silentNanos() {
    return writing ? 0 : nanoTime.getAsLong() - sinceNanos;
  }

  private void frame(Opcode opcode, byte[] payload) throws IOException {
    lock.lock();
    try {
      if (closeSent) {
        return;
      }
      closeSent = opcode == Opcode.CLOSE;
      begin();
      out.write(FINAL | opcode.code());
      if (payload.length < 126) {
        out.write(payload.length);
      } else if (payload.length <= 0xffff) {
        out.write(126);
        out.write(ByteBuffer.allocate(Short.BYTES).putShort((short) payload.length).array());
      } else {
        out.write(127);
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(payload.length).array());
      }
      out.write(payload);
      out.flush();
    } finally {
      end();
      lock.unlock();
    }
  }

  private void begin() {
    sinceNanos = nanoTime.getAsLong();
    writing = true;
  }

  private void end() {
    sinceNanos = nanoTime.getAsLong();
    writing = false;
  }
}
