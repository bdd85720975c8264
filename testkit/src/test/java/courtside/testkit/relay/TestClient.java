package courtside.testkit.relay;

import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client of a relay, of the JDK: keeps every message and how the stream ended. */
final class TestClient implements WebSocket.Listener, AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final boolean reads;
  private final WebSocket socket;
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicInteger pongs = new AtomicInteger();
  // Guarded by this.
  private final List<Bytes> messages = new ArrayList<>();
  private Optional<Integer> closeCode = Optional.empty();
  private Optional<Throwable> error = Optional.empty();

  private TestClient(URI uri, boolean reads) {
    this.reads = reads;
    this.socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
  }

  /** Connects at the live tip. */
  static TestClient live(Relay relay) {
    return new TestClient(relay.uri().resolve(Upgrade.PATH), true);
  }

  /** Connects with a cursor. */
  static TestClient after(Relay relay, long cursor) {
    return new TestClient(relay.uri().resolve(Upgrade.PATH + "?cursor=" + cursor), true);
  }

  /** Connects with a cursor and never reads. */
  static TestClient deaf(Relay relay, long cursor) {
    return new TestClient(relay.uri().resolve(Upgrade.PATH + "?cursor=" + cursor), false);
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(1);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] part = new byte[data.remaining()];
    data.get(part);
    partial.writeBytes(part);
    if (last) {
      synchronized (this) {
        messages.add(Bytes.of(partial.toByteArray()));
      }
      partial.reset();
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer payload) {
    pings.incrementAndGet();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer payload) {
    pongs.addAndGet(payload.remaining());
    from.request(1);
    return null;
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onClose(
      WebSocket from, int statusCode, String reason) {
    closeCode = Optional.of(statusCode);
    return null;
  }

  @Override
  public synchronized void onError(WebSocket from, Throwable thrown) {
    error = Optional.of(thrown);
  }

  WebSocket socket() {
    return socket;
  }

  synchronized List<Bytes> messages() {
    return List.copyOf(messages);
  }

  synchronized Optional<Integer> closeCode() {
    return closeCode;
  }

  synchronized boolean isOver() {
    return closeCode.isPresent() || error.isPresent();
  }

  int pings() {
    return pings.get();
  }

  /** The bytes of all pongs. */
  int pongBytes() {
    return pongs.get();
  }

  List<Bytes> awaitMessages(int count) {
    await().atMost(LIMIT).until(() -> messages().size() >= count);
    return messages();
  }

  void awaitOver() {
    await().atMost(LIMIT).until(this::isOver);
  }

  /** Vanishes without a close. */
  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
