package courtside.ingestor.relay;

import courtside.ingestor.relay.Ending.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes of a socket, up to the first thing that must not reach the library. What was right
 * before it is handed on first: it may be the same every time, and would else never be had.
 * Confined to the reading thread, but for {@link #violation} and {@link #retryAfter}.
 */
final class GuardedInput extends InputStream {
  private final InputStream in;
  private final IntConsumer payload;
  private final ResponseHead head = new ResponseHead();
  private final FrameGuard frames;
  private volatile @Nullable Ending headViolation;

  /**
   * Before anything is read.
   *
   * @param maxMessage bytes that a message may have
   * @param payload told, after each read, of how many bytes of a message that is not finished
   */
  GuardedInput(InputStream in, int maxMessage, IntConsumer payload) {
    this.in = in;
    this.payload = payload;
    this.frames = new FrameGuard(maxMessage);
  }

  /** What the relay did that nobody may; any thread. */
  Optional<Ending> violation() {
    return Optional.ofNullable(headViolation).or(frames::violation);
  }

  /** How long from now the relay asked to be left alone; any thread. */
  Optional<Duration> retryAfter(Instant now) {
    return head.retryAfter(now);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one, 0, 1);
    return count < 0 ? count : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Optional<Ending> before = violation();
    if (before.isPresent()) {
      throw new IOException(before.get().detail());
    }
    if (head.isComplete() && !head.isUpgrade()) {
      // The rest of a refusal is for people with browsers.
      return -1;
    }
    int count = in.read(bytes, offset, length);
    if (count <= 0) {
      return count;
    }
    int passed = head.isComplete() ? 0 : head.pass(bytes, offset, count);
    if (head.isTooLong()) {
      headViolation =
          new Ending(
              Reason.PROTOCOL,
              "the head of the relay's answer is longer than " + ResponseHead.MAX_BYTES + " bytes");
    } else if (head.isUpgrade()) {
      passed += frames.pass(bytes, offset + passed, count - passed);
      if (frames.unfinished() > 0) {
        payload.accept(frames.unfinished());
      }
    }
    if (passed > 0) {
      return passed;
    }
    // Nothing before it was right.
    return read(bytes, offset, length);
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
