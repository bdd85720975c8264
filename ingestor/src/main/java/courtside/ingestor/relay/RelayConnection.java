package courtside.ingestor.relay;

import courtside.ingestor.relay.Ending.Reason;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.java_websocket.WebSocket;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ServerHandshake;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one socket: dialled once, used, aborted, never used again. The library's callbacks
 * run on threads of its own; they complete {@link #opened} and {@link #ended} and hand data on.
 * Thread-safe.
 */
final class RelayConnection {
  /** The protocol's limit of 5 MB for a message, and one part in a hundred. */
  static final int MAX_FRAME_BYTES = 5_050_000;

  private static final String USER_AGENT = "courtside";
  private static final Pattern REFUSAL =
      Pattern.compile("Invalid status code received: ([0-9]{3}).*", Pattern.DOTALL);

  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();
  private final OwnedSocket socket;
  private final Client client;

  /** Receives data on the library's read thread; blocking it holds the relay. */
  interface DataHandler {
    /** One whole binary message; the array is the handler's own. */
    void onData(byte[] message);

    /** So many bytes came of a binary message that is not finished. */
    void onPayload(int bytes);

    /** A text message, which the protocol does not have. */
    void onText();
  }

  private RelayConnection(
      URI uri, Duration dialDeadline, SSLSocketFactory tls, DataHandler handler) {
    this.socket = new OwnedSocket(uri, dialDeadline, tls, MAX_FRAME_BYTES, handler::onPayload);
    this.client = new Client(uri, socket, handler);
  }

  /** Begins to dial; returns at once. */
  static RelayConnection dial(URI uri, Duration dialDeadline, DataHandler handler) {
    return dial(uri, dialDeadline, (SSLSocketFactory) SSLSocketFactory.getDefault(), handler);
  }

  /** Dials, trusting whom the factory trusts. */
  static RelayConnection dial(
      URI uri, Duration dialDeadline, SSLSocketFactory tls, DataHandler handler) {
    RelayConnection connection = new RelayConnection(uri, dialDeadline, tls, handler);
    connection.client.connect();
    return connection;
  }

  /** Completes when the upgrade is done. */
  CompletableFuture<Void> opened() {
    return opened;
  }

  /** Completes when the connection is no more, for whatever reason. */
  CompletableFuture<Ending> ended() {
    return ended;
  }

  /** How long from now the relay asked to be left alone, as it refused. */
  Optional<Duration> retryAfter(Instant now) {
    return socket.retryAfter(now);
  }

  /** Ends it without waiting for the other side, which may never answer. */
  void abort(Ending why) {
    ended.complete(why);
    socket.close();
    client.closeConnection(CloseFrame.ABNORMAL_CLOSE, why.detail());
  }

  /** Writes a ping, so that what stands between does not think the socket idle. */
  void ping() {
    try {
      client.sendPing();
    } catch (WebsocketNotConnectedException e) {
      // It ended between the look and the write; ended() says how.
    }
  }

  /** The library's client. */
  private final class Client extends WebSocketClient {
    private final DataHandler handler;
    private volatile @Nullable Exception failure;

    Client(URI uri, OwnedSocket socket, DataHandler handler) {
      super(uri, new Draft_6455(List.of(), MAX_FRAME_BYTES), Map.of("User-Agent", USER_AGENT));
      this.handler = handler;
      setSocketFactory(socket);
      setTcpNoDelay(true);
      setDaemon(true);
      // The library's own watchdog counts pongs as life; ours does not.
      setConnectionLostTimeout(0);
    }

    /**
     * Whatever ends the reading thread ends the connection: an error that nobody catches too. One
     * that was given up while it was made has a writing thread that the library does not end by
     * itself: it was made after its end had been told.
     */
    @Override
    public void run() {
      try {
        super.run();
      } finally {
        onWebsocketClose(
            getConnection(), CloseFrame.ABNORMAL_CLOSE, "the reading thread ended", false);
      }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      opened.complete(null);
    }

    @Override
    public void onMessage(ByteBuffer message) {
      if (ended.isDone()) {
        // Behind one that was not taken none may be.
        return;
      }
      byte[] bytes = new byte[message.remaining()];
      message.get(bytes);
      try {
        handler.onData(bytes);
      } catch (RuntimeException e) {
        // The library would say so and go on with the next one.
        abort(new Ending(Reason.BROKEN, "this process did not take a message: " + e));
      }
    }

    @Override
    public void onMessage(String message) {
      handler.onText();
    }

    @Override
    public void onError(Exception e) {
      failure = e;
    }

    /** Of pings that come faster than answers can be written, only some are answered. */
    @Override
    public void onWebsocketPing(WebSocket connection, Framedata ping) {
      if (!connection.hasBufferedData()) {
        super.onWebsocketPing(connection, ping);
      }
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      // A relay that reads nothing would hold the writing thread, and that the socket.
      socket.close();
      ended.complete(ending(code, reason, remote));
    }

    private Ending ending(int code, String reason, boolean remote) {
      Optional<Ending> violation = socket.violation();
      if (violation.isPresent()) {
        return violation.get();
      }
      Matcher refusal = REFUSAL.matcher(reason);
      if (refusal.matches()) {
        int status = Integer.parseInt(refusal.group(1));
        boolean rejected = status >= 300 && status < 500 && status != 429 && status != 408;
        return new Ending(
            rejected ? Reason.REJECTED : Reason.REFUSED, "the relay answered HTTP " + status);
      }
      Exception cause = failure;
      if (!opened.isDone()) {
        return new Ending(
            cause instanceof SSLException ? Reason.TLS : Reason.UNREACHABLE,
            cause == null ? "the dial ended: " + reason : describe(cause));
      }
      if (remote && code != CloseFrame.ABNORMAL_CLOSE) {
        return new Ending(Reason.CLOSED, "the relay closed with code " + code + " " + reason);
      }
      return new Ending(
          Reason.BROKEN,
          cause == null ? "the socket ended with code " + code + " " + reason : describe(cause));
    }

    private static String describe(Exception e) {
      return switch (e) {
        case java.net.UnknownHostException _ -> "no address is known for " + e.getMessage();
        default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      };
    }

    /** Continuations are reassembled by the library; nothing else is asked of it. */
    @Override
    public void send(String text) {
      throw new UnsupportedOperationException("a consumer sends nothing but " + Opcode.PING);
    }
  }
}
