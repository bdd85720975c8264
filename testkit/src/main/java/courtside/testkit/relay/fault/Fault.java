package courtside.testkit.relay.fault;

import courtside.atproto.Bytes;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that a relay does wrong. A closed set, of two kinds: instead of an upgrade, and on an
 * upgraded stream. A fault that <i>holds</i> its connection does so until it is cancelled, the
 * client leaves, or the relay ends the connection; once it is cancelled, the connection goes on as
 * if it had only been late, unless the record says otherwise. All of them are immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455</a>
 */
public sealed interface Fault {
  /** Most frames that {@link RepeatsWindow} shows again. */
  int MAX_WINDOW = 100_000;

  /** Instead of the upgrade, or before it. */
  sealed interface AtHandshake extends Fault {}

  /** Between two frames of a stream, or in the middle of one. */
  sealed interface OnStream extends Fault {}

  /** Closes in order (FIN) as soon as the connection is accepted; reads no request. */
  record AcceptThenCloses() implements AtHandshake {}

  /** Reads the request and resets the connection (RST). */
  record ResetsInHandshake() implements AtHandshake {}

  /** Reads the request and holds; the upgrade comes when it is cancelled. */
  record NeverAnswers() implements AtHandshake {}

  /**
   * Answers with headers that do not end, and holds; when it is cancelled they end, in an upgrade.
   *
   * @param every the pause after each header line; zero for none
   */
  record EndlessHeaders(Duration every) implements AtHandshake {
    /** Checks the bound. */
    public EndlessHeaders {
      requireNotNegative(every);
    }
  }

  /**
   * Answers with this status, these headers and an empty body, and closes.
   *
   * @param status three digits; 101 is an upgrade with whatever the headers say
   * @param headers in their order
   */
  record Answers(int status, Map<String, String> headers) implements AtHandshake {
    /** Copies the headers, and checks that they are lines. */
    public Answers {
      require(status >= 100 && status <= 999, "a status of three digits", status);
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      headers.forEach((name, value) -> {
        require(name.matches("[!-9;-~]+"), "a header name", name);
        require(value.matches("[ -~]*"), "a header value of one line of ASCII", value);
      });
    }

    /** Answers with this status and no headers of its own. */
    public static Answers of(int status) {
      return new Answers(status, Map.of());
    }

    /** Answers 429 and when to come again. */
    public static Answers tooMany(int retryAfterSeconds) {
      return new Answers(429, Map.of("Retry-After", Integer.toString(retryAfterSeconds)));
    }

    /** Answers 302 and where to go instead. */
    public static Answers movedTo(String location) {
      return new Answers(302, Map.of("Location", location));
    }
  }

  /**
   * Shows no frame and pings no more, and holds. It still answers a close.
   *
   * @param answersPings whether it answers the client's pings meanwhile
   */
  record FallsSilent(boolean answersPings) implements OnStream {}

  /**
   * Pings and shows no frame, and holds; it answers pings.
   *
   * @param every the pause after each ping
   */
  record OnlyPings(Duration every) implements OnStream {
    /** Checks the bound. */
    public OnlyPings {
      requirePositive(every);
    }
  }

  /**
   * Writes nothing, acts on nothing, and holds: not even a close or the end of the client's side
   * (FIN) is answered. What the client sends is swallowed, as by a network that loses all, so that
   * the ledger still knows when the client left.
   */
  record GoesMute() implements OnStream {}

  /**
   * Shows one frame at a time and pauses after it, and holds.
   *
   * @param every the pause
   */
  record Trickles(Duration every) implements OnStream {
    /** Checks the bound. */
    public Trickles {
      requirePositive(every);
    }
  }

  /**
   * Writes the next frame in pieces with a pause after each. Cancelled, it writes the rest at once.
   *
   * @param chunk bytes of a piece
   * @param every the pause
   */
  record DripsBytes(int chunk, Duration every) implements OnStream {
    /** Checks the bounds. */
    public DripsBytes {
      require(chunk > 0, "pieces of at least 1 byte", chunk);
      requirePositive(every);
    }
  }

  /**
   * Sends a close frame and waits for the client to go.
   *
   * @param code of two bytes, also one that may not be sent
   */
  record Closes(int code) implements OnStream {
    /** Checks that it has two bytes. */
    public Closes {
      require(code >= 0 && code <= 0xffff, "a code of two bytes", code);
    }
  }

  /**
   * Ends the connection in order (FIN) without a close frame.
   *
   * @param midFrame whether half of the next frame goes before
   */
  record Fins(boolean midFrame) implements OnStream {}

  /**
   * Resets the connection (RST).
   *
   * @param midFrame whether half of the next frame goes before
   */
  record Resets(boolean midFrame) implements OnStream {}

  /**
   * Sends an error frame of this name and closes (1008), as a server does that gives a client up.
   *
   * @param name as in the protocol, such as {@code ConsumerTooSlow}
   */
  record Refuses(String name) implements OnStream {}

  /** Sends a text message. */
  record Text(String text) implements OnStream {}

  /**
   * Writes the head of a binary frame that declares this length and not a byte of it, and holds.
   * Cancelled, it resets the connection: nothing can follow.
   *
   * @param length bytes, in the long form always; may be negative, which is 2^63 and more unsigned
   */
  record DeclaresLength(long length) implements OnStream {}

  /**
   * Sends one message in fragments, the last marked as such; cancelled, it ends with one more.
   *
   * @param count fragments; {@link #ENDLESS} for no end
   * @param bytesEach zeros in each, or none
   */
  record FloodsFragments(long count, int bytesEach) implements OnStream {
    /** Without an end. */
    public static final long ENDLESS = Long.MAX_VALUE;

    /** Checks the bounds. */
    public FloodsFragments {
      require(count > 0, "at least 1 fragment", count);
      require(bytesEach >= 0, "a number of bytes", bytesEach);
    }
  }

  /** Deflates the message and marks it as compressed (RSV1), which nobody negotiated. */
  record Compressed(Bytes message) implements OnStream {}

  /** Sends this binary message; see {@link Malformed}. */
  record Sends(Bytes message) implements OnStream {
    /** Sends a copy. */
    public static Sends of(byte[] message) {
      return new Sends(Bytes.of(message));
    }
  }

  /** Writes these bytes on the stream as they are: what is no WebSocket frame at all. */
  record Writes(Bytes wire) implements OnStream {}

  /**
   * Shows the last frames of this stream again, as far as the log still holds them.
   *
   * @param count how many, at most {@link #MAX_WINDOW}
   */
  record RepeatsWindow(int count) implements OnStream {
    /** Checks the bounds. */
    public RepeatsWindow {
      require(count > 0 && count <= MAX_WINDOW, "1 to " + MAX_WINDOW + " frames", count);
    }
  }

  /**
   * Passes over the next frames without showing them.
   *
   * @param count how many
   */
  record SkipsFrames(long count) implements OnStream {
    /** Checks the bound. */
    public SkipsFrames {
      require(count > 0, "at least 1 frame", count);
    }
  }

  private static void requirePositive(Duration every) {
    require(every.isPositive(), "a pause above 0", every);
  }

  private static void requireNotNegative(Duration every) {
    require(!every.isNegative(), "a pause of 0 or more", every);
  }

  private static void require(boolean holds, String expected, Object found) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected + ", found " + found);
    }
  }
}
