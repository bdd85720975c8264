package courtside.testkit.relay;

import courtside.atproto.Bytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads what a client sends on a WebSocket. Data is passed over: the stream has one direction.
 * Confined to one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, 5.2</a>
 */
final class WireReader {
  /** No client has reason to send more in one frame; nothing is allocated for it. */
  private static final long MAX_DATA_BYTES = 1 << 20;

  private static final int MAX_CONTROL_BYTES = 125;

  private final DataInputStream in;

  WireReader(InputStream in) {
    this.in = new DataInputStream(in);
  }

  /** A control frame of the client, unmasked. */
  record Control(Opcode opcode, Bytes payload) {}

  /** The client broke RFC 6455: the code to close with, and why. */
  static final class ViolationException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int closeCode;

    ViolationException(int closeCode, String message) {
      super(message);
      this.closeCode = closeCode;
    }

    int closeCode() {
      return closeCode;
    }
  }

  /**
   * The next control frame; data frames before it are passed over.
   *
   * @return empty where the client has left
   * @throws ViolationException if what it sends is no frame of a client
   */
  Optional<Control> next() throws IOException {
    while (true) {
      int first = in.read();
      if (first < 0) {
        return Optional.empty();
      }
      int second = in.readUnsignedByte();
      if ((first & 0x70) != 0) {
        throw new ViolationException(1002, "no extension was agreed on");
      }
      if ((second & 0x80) == 0) {
        throw new ViolationException(1002, "a client masks its frames");
      }
      long length = length(second & 0x7f);
      switch (first & 0xf) {
        case 0, 1, 2 -> pass(length);
        case 8 -> {
          return Optional.of(control(Opcode.CLOSE, first, length));
        }
        case 9 -> {
          return Optional.of(control(Opcode.PING, first, length));
        }
        case 10 -> {
          return Optional.of(control(Opcode.PONG, first, length));
        }
        default -> throw new ViolationException(1002, "an opcode that is none");
      }
    }
  }

  private long length(int low) throws IOException {
    return switch (low) {
      case 126 -> in.readUnsignedShort();
      case 127 -> in.readLong();
      default -> low;
    };
  }

  private void pass(long length) throws IOException {
    if (length < 0 || length > MAX_DATA_BYTES) {
      throw new ViolationException(1009, "expected at most " + MAX_DATA_BYTES + " bytes");
    }
    in.skipNBytes(Integer.BYTES + length);
  }

  private Control control(Opcode opcode, int first, long length) throws IOException {
    if ((first & 0x80) == 0 || length > MAX_CONTROL_BYTES || length < 0) {
      throw new ViolationException(1002, "a control frame in parts, or too long");
    }
    byte[] mask = new byte[Integer.BYTES];
    in.readFully(mask);
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Control(opcode, Bytes.of(payload));
  }
}
