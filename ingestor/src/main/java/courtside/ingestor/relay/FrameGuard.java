package courtside.ingestor.relay;

import courtside.ingestor.relay.Ending.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frame headers of a server's WebSocket as they go by, and lets none through that
 * announces more than is allowed, or that the protocol does not have. What it holds is one header;
 * payload is counted and not looked at. Confined to the reading thread, but for {@link #violation}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, section 5.2</a>
 */
final class FrameGuard {
  /**
   * How many fragments a message may have: whoever reassembles it has some hundred bytes for each,
   * be it empty. A server that writes what fills a buffer of 1 KiB sends the largest in 5,000.
   */
  static final int MAX_FRAGMENTS = 8_192;

  private static final int MAX_CONTROL_BYTES = 125;
  private static final int FIN = 0x80;
  private static final int RESERVED = 0x70;
  private static final int OPCODE = 0x0F;
  private static final int CONTROL = 0x08;
  private static final int CONTINUATION = 0x0;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PONG = 0xA;
  private static final int MASKED = 0x80;
  private static final int TWO_MORE = 126;
  private static final int EIGHT_MORE = 127;

  private final int maxMessage;
  private volatile @Nullable Ending violation;

  // The header that is being read.
  private int headerBytes;
  private int lengthBytes;
  private int first;
  private int second;
  private long length;

  /** Payload of the frame that is still to come. */
  private long left;

  private boolean control;

  // The message that is being read; without fragments while there is none.
  private int fragments;
  private long message;
  private boolean binary;

  private int unfinished;

  /**
   * Before the first frame.
   *
   * @param maxMessage bytes that a frame may announce, and all fragments of a message together
   */
  FrameGuard(int maxMessage) {
    this.maxMessage = maxMessage;
  }

  /**
   * Looks at the next bytes of the stream.
   *
   * @return how many of them may be handed on; fewer than there are only where {@link #violation}
   *     says why, and then nothing that follows may
   */
  int pass(byte[] bytes, int offset, int count) {
    unfinished = 0;
    int end = offset + count;
    int at = offset;
    int headerAt = offset;
    while (at < end) {
      if (left > 0) {
        int step = (int) Math.min(left, end - at);
        payload(step);
        at += step;
        continue;
      }
      if (headerBytes == 0) {
        headerAt = at;
      }
      header(bytes[at++] & 0xFF);
      Optional<Ending> wrong = wrong();
      if (wrong.isPresent()) {
        violation = wrong.get();
        return headerAt - offset;
      }
      if (isWhole()) {
        begin();
      }
    }
    return count;
  }

  /** Why nothing more may be handed on. Any thread. */
  Optional<Ending> violation() {
    return Optional.ofNullable(violation);
  }

  /** Payload of a binary message in the bytes last looked at, of which the end is still to come. */
  int unfinished() {
    return unfinished;
  }

  private void header(int next) {
    switch (headerBytes++) {
      case 0 -> first = next;
      case 1 -> {
        second = next;
        int announced = next & ~MASKED;
        lengthBytes = announced == TWO_MORE ? 2 : announced == EIGHT_MORE ? 8 : 0;
        length = lengthBytes == 0 ? announced : 0;
      }
      default -> length = length << 8 | next;
    }
  }

  private boolean isWhole() {
    return headerBytes == 2 + lengthBytes;
  }

  /** Judges the header by what is read of it: the library may act upon half of one. */
  private Optional<Ending> wrong() {
    Optional<Ending> wrong = headerBytes == 1 ? wrongKind() : Optional.empty();
    if (wrong.isEmpty() && headerBytes == 2) {
      wrong = wrongForm();
    }
    return wrong.isEmpty() && isWhole() ? wrongLength() : wrong;
  }

  private Optional<Ending> wrongKind() {
    int opcode = first & OPCODE;
    if ((first & RESERVED) != 0) {
      return protocol("reserved bits, which no extension was agreed for");
    }
    if (opcode > PONG || (opcode > BINARY && opcode < CLOSE)) {
      return protocol("opcode " + opcode + ", which is reserved");
    }
    if ((opcode & CONTROL) != 0) {
      return (first & FIN) == 0 ? protocol("a control frame in fragments") : Optional.empty();
    }
    if (opcode == CONTINUATION && fragments == 0) {
      return protocol("a continuation of no message");
    }
    return opcode != CONTINUATION && fragments > 0
        ? protocol("another message in the middle of one")
        : Optional.empty();
  }

  private Optional<Ending> wrongForm() {
    if ((second & MASKED) != 0) {
      return protocol("a masked frame, which only a client may send");
    }
    return (first & CONTROL) != 0 && second > MAX_CONTROL_BYTES
        ? protocol("a control frame of more than " + MAX_CONTROL_BYTES + " bytes")
        : Optional.empty();
  }

  private Optional<Ending> wrongLength() {
    if ((first & CONTROL) != 0) {
      return Optional.empty();
    }
    if (length < 0 || length > maxMessage) {
      return tooLarge("a frame of " + Long.toUnsignedString(length) + " bytes");
    }
    if (message + length > maxMessage) {
      return tooLarge("fragments of " + (message + length) + " bytes in one message");
    }
    return fragments == MAX_FRAGMENTS
        ? Optional.of(
            new Ending(
                Reason.TOO_LARGE,
                "the relay sent more than " + MAX_FRAGMENTS + " fragments of one message"))
        : Optional.empty();
  }

  private Optional<Ending> tooLarge(String what) {
    return Optional.of(
        new Ending(
            Reason.TOO_LARGE,
            "the relay announced " + what + "; more than " + maxMessage + " are not taken"));
  }

  private static Optional<Ending> protocol(String what) {
    return Optional.of(new Ending(Reason.PROTOCOL, "the relay sent " + what));
  }

  /** A frame begins whose header is right. */
  private void begin() {
    headerBytes = 0;
    lengthBytes = 0;
    left = length;
    int opcode = first & OPCODE;
    control = (opcode & CONTROL) != 0;
    if (!control) {
      if (opcode != CONTINUATION) {
        binary = opcode == BINARY;
      }
      fragments++;
      message += length;
    }
    if (left == 0) {
      end();
    }
  }

  private void payload(int bytes) {
    left -= bytes;
    if (!control && binary) {
      unfinished += bytes;
    }
    if (left == 0) {
      end();
    }
  }

  private void end() {
    if (!control && (first & FIN) != 0) {
      fragments = 0;
      message = 0;
      unfinished = 0;
    }
  }
}
