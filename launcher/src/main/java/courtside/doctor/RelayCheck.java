package courtside.doctor;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.relay.RelayAddress;
import courtside.processor.log.TopicReader;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a relay can be read: one connection beside the ingestor's own, without a cursor, closed
 * as soon as one frame has come. Where the log knows other relays alone, what is set here is not
 * what the pipeline reads, and nobody is dialled.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
final class RelayCheck implements Check {
  private static final String METHOD = "/xrpc/com.atproto.sync.subscribeRepos";

  /** The protocol's limit of a message. */
  private static final int MOST_BYTES = 5_000_000;

  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final RelayAddress relay;
  private final Examination examination;
  private final Duration patience;

  RelayCheck(RelayAddress relay, Examination examination) {
    this.relay = relay;
    this.examination = examination;
    this.patience = examination.limits().frame();
  }

  @Override
  public String name() {
    return "relay " + relay.name();
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<String> others = examination.dials() ? Optional.empty() : others(chart);
    if (others.isPresent()) {
      return List.of(
          Finding.skipped(
              name(),
              "the pipeline reads " + others.get() + ", COURTSIDE_INGESTOR_RELAY names another"));
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(patience).build();
    try {
      return List.of(look(client));
    } finally {
      client.shutdownNow();
    }
  }

  /** The relays that the log has cursors of, where none of ours is among them. */
  private Optional<String> others(Chart chart) {
    if (TopicsCheck.obstacle(chart).isPresent()) {
      return Optional.empty();
    }
    Set<String> known = new TreeSet<>();
    try (TopicReader reader =
        new TopicReader(
            examination.kafka(),
            "courtside-doctor-cursors",
            Topics.CURSORS,
            (key, value) -> {
              if (value == null) {
                known.remove(key);
              } else if (!Observations.isKey(key)) {
                known.add(key);
              }
            })) {
      int _ = reader.readToEnd();
    }
    if (examination.relays().stream().map(RelayAddress::name).anyMatch(known::contains)) {
      return Optional.empty();
    }
    return Optional.of(known)
        .filter(names -> !names.isEmpty())
        .map(names ->
            names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")));
  }

  private Finding look(HttpClient client) throws InterruptedException {
    First first = new First();
    WebSocket socket;
    try {
      socket =
          client
              .newWebSocketBuilder()
              .connectTimeout(patience)
              .buildAsync(address(), first)
              .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return wrong("an upgrade to a WebSocket", refusal(e.getCause()));
    } catch (TimeoutException e) {
      return wrong("an upgrade to a WebSocket", "none within " + Words.of(patience));
    }
    try {
      byte[] frame = first.message.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return judge(frame);
    } catch (ExecutionException e) {
      return wrong("a frame", Words.of(e));
    } catch (TimeoutException e) {
      return wrong("a frame", "none within " + Words.of(patience));
    } finally {
      leave(socket, first);
    }
  }

  private URI address() {
    String path = relay.uri().getRawPath() == null ? "" : relay.uri().getRawPath();
    return URI.create(
        relay.uri().getScheme()
            + "://"
            + relay.uri().getRawAuthority()
            + path.replaceAll("/+$", "")
            + METHOD);
  }

  private Finding judge(byte[] frame) {
    try {
      FrameScan scan = FrameScan.of(frame);
      if (scan.kind() == FrameKind.ERROR) {
        return wrong(
            "a frame",
            "the error "
                + scan.name().orElse("without a name")
                + scan.message().map(message -> ": " + message).orElse(""));
      }
      return Finding.ok(
          name(),
          "a frame came"
              + (scan.seq().isPresent() ? ", sequence number " + scan.seq().getAsLong() : ""));
    } catch (MalformedDataException e) {
      return wrong("a frame", "something else: " + e.getMessage());
    }
  }

  private Finding wrong(String expected, String found) {
    return Finding.wrong(
        name(),
        "expected " + expected + " from " + address() + ", found " + found,
        "is the address right (COURTSIDE_INGESTOR_RELAY)? Where the relay is down for all, name a"
            + " second one there");
  }

  private static String refusal(@Nullable Throwable failure) {
    return switch (failure) {
      case WebSocketHandshakeException refused when refused.getResponse() != null ->
          "HTTP " + refused.getResponse().statusCode();
      case ConnectException unheard when unheard.getCause() instanceof UnresolvedAddressException ->
          "no address of that name";
      case ConnectException _ -> "that nobody listens there";
      case null -> "nothing";
      default -> Words.of(failure);
    };
  }

  /** In order, where the relay takes part in that. */
  private static void leave(WebSocket socket, First first) throws InterruptedException {
    try {
      if (!socket.isOutputClosed()) {
        WebSocket _ =
            socket
                .sendClose(WebSocket.NORMAL_CLOSURE, "seen enough")
                .get(FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
        socket.request(Long.MAX_VALUE);
        Void _ = first.closed.get(FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      // It does not: its end is told by the end of the socket.
    } finally {
      socket.abort();
    }
  }

  /** The first message; what follows is passed over. */
  private static final class First implements WebSocket.Listener {
    final CompletableFuture<byte[]> message = new CompletableFuture<>();
    final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    // One callback runs at a time.
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      if (!message.isDone()) {
        if (parts.size() + data.remaining() > MOST_BYTES) {
          fail("a message of more than " + MOST_BYTES + " bytes");
        } else {
          byte[] part = new byte[data.remaining()];
          data.get(part);
          parts.writeBytes(part);
          if (last) {
            message.complete(parts.toByteArray());
          }
        }
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      fail("a message of text");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      fail("that it closes with code " + code + " " + reason);
      closed.complete(null);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      fail("the end of the connection (" + Words.of(error) + ")");
      closed.complete(null);
    }

    private void fail(String found) {
      message.completeExceptionally(new CompletionException(found, null));
    }
  }
}
