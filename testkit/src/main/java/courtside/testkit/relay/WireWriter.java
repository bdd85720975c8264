package courtside.testkit.relay;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
  /** The first bit of a frame that ends a message. */
  static final int FINAL = 0x80;

  private static final int BUFFER_BYTES = 16 * 1024;

  private final OutputStream out;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean writing;
  private volatile long sinceNanos;
  // Guarded by the lock.
  private boolean closeSent;
  private boolean mute;

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

  /**
   * Bytes as they are, in pieces; no frame comes between them.
   *
   * @param pause called between two pieces; false to write the rest at once
   */
  void inPieces(byte[] bytes, int chunk, Pause pause) throws IOException, InterruptedException {
    lock.lock();
    try {
      int at = 0;
      while (at < bytes.length) {
        int end = at < bytes.length - chunk ? at + chunk : bytes.length;
        raw(Arrays.copyOfRange(bytes, at, end));
        at = end;
        if (at < bytes.length && !pause.passes()) {
          raw(Arrays.copyOfRange(bytes, at, bytes.length));
          at = bytes.length;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits between two pieces. */
  interface Pause {
    boolean passes() throws InterruptedException;
  }

  /** From now on frames are dropped, or no longer; bytes as they are go on being written. */
  void mute(boolean on) {
    lock.lock();
    try {
      mute = on;
    } finally {
      lock.unlock();
    }
  }

  void text(String message) throws IOException {
    frame(Opcode.TEXT, message.getBytes(StandardCharsets.UTF_8));
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
      if (closeSent || mute) {
        return;
      }
      closeSent = opcode == Opcode.CLOSE;
      begin();
      out.write(head(FINAL | opcode.code(), payload.length));
      out.write(payload);
      out.flush();
    } finally {
      end();
      lock.unlock();
    }
  }

  /** The head of a frame, never masked. */
  static byte[] head(int first, int length) {
    if (length < 126) {
      return new byte[] {(byte) first, (byte) length};
    }
    if (length <= 0xffff) {
      return ByteBuffer.allocate(2 + Short.BYTES)
          .put((byte) first)
          .put((byte) 126)
          .putShort((short) length)
          .array();
    }
    return longHead(first, length);
  }

  /** The head of a frame with its length in eight bytes, also where fewer would do. */
  static byte[] longHead(int first, long length) {
    return ByteBuffer.allocate(2 + Long.BYTES)
        .put((byte) first)
        .put((byte) 127)
        .putLong(length)
        .array();
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
