package courtside.feedapi.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A host on the loopback interface that answers byte by byte as a test says, with TLS or without.
 * Counts connections. Thread-safe.
 */
final class DocumentHost implements AutoCloseable {
  /** Answers one request, whose lines these are; the connection is kept until it throws or ends. */
  interface Answer {
    void write(List<String> request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final @Nullable SSLContext shown;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();
  private volatile Answer answer;

  private DocumentHost(@Nullable SSLContext shown, Answer answer) throws IOException {
    this.server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    this.shown = shown;
    this.answer = answer;
    Thread.ofPlatform().name("document-host").daemon().start(this::accept);
  }

  static DocumentHost plain(Answer answer) throws IOException {
    return new DocumentHost(null, answer);
  }

  static DocumentHost secured(SSLContext shown, Answer answer) throws IOException {
    return new DocumentHost(shown, answer);
  }

  /** Answers with a status and a body. */
  static Answer says(String status, String body) {
    return says(status, List.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  static Answer says(String status, List<String> headers, byte[] body) {
    return (request, out) -> {
      List<String> all = new ArrayList<>(headers);
      all.add("Content-Length: " + body.length);
      out.write(head(status, all));
      out.write(body);
      out.flush();
    };
  }

  static byte[] head(String status, List<String> headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** From now on it answers so. */
  void answer(Answer other) {
    answer = other;
  }

  int port() {
    return server.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  /** Most connections that were open at once. */
  int mostOpen() {
    return mostOpen.get();
  }

  /** The lines of each request. */
  List<List<String>> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        mostOpen.accumulateAndGet(open.size(), Math::max);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // It was closed.
      }
    }
  }

  private void serve(Socket accepted) {
    try (accepted;
        Socket socket = secure(accepted)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      while (true) {
        List<String> request = new ArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          request.add(line);
        }
        if (request.isEmpty()) {
          return;
        }
        requests.add(request);
        answer.write(request, socket.getOutputStream());
      }
    } catch (IOException e) {
      // The other side has gone, or the test has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(accepted);
    }
  }

  private Socket secure(Socket socket) throws IOException {
    if (shown == null) {
      return socket;
    }
    SSLSocket secured =
        (SSLSocket) shown.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    return secured;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
