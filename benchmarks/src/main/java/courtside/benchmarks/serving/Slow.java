package courtside.benchmarks.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that send a byte a second of a request's header, or of its body, from ten addresses of
 * this machine; one that is hung up on comes again. On one thread of its own.
 */
final class Slow implements AutoCloseable {
  private static final int ADDRESSES = 10;
  private static final String HEADER =
      """
      GET /xrpc/app.bsky.feed.getFeedSkeleton HTTP/1.1\r
      Host: x\r
      X-Slow: \
      """;
  private static final String BODY =
      """
      POST /xrpc/app.bsky.feed.sendInteractions HTTP/1.1\r
      Host: x\r
      Content-Type: application/json\r
      Content-Length: 60000\r
      \r
      """;

  private final int port;
  private final List<Peer> peers = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile int held;
  private final AtomicLong hungUp = new AtomicLong();

  private static final class Peer {
    private final String beginning;
    private final String from;
    private Socket socket = new Socket();

    Peer(String beginning, String from) {
      this.beginning = beginning;
      this.from = from;
    }

    void begin(int port) throws IOException {
      socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends one byte more; false if nobody listens to it any more. */
    boolean drip() {
      try {
        socket.getOutputStream().write('x');
        return socket.getInputStream().available() == 0;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** Begins: so many of each. Returns when all are there. */
  Slow(int port, int ofEach) throws IOException {
    this.port = port;
    for (int n = 0; n < 2 * ofEach; n++) {
      Peer peer = new Peer(n % 2 == 0 ? HEADER : BODY, "127.0.1." + (1 + n % ADDRESSES));
      peer.begin(port);
      peers.add(peer);
    }
    held = peers.size();
    thread = Thread.ofPlatform().daemon().name("slow").start(this::drip);
  }

  private void drip() {
    while (!stopped) {
      long round = System.nanoTime();
      int alive = 0;
      for (Peer peer : peers) {
        if (peer.drip()) {
          alive++;
          continue;
        }
        hungUp.incrementAndGet();
        try {
          peer.socket.close();
          peer.begin(port);
          alive++;
        } catch (IOException e) {
          // Not let in: the next round tries again.
        }
      }
      held = alive;
      try {
        TimeUnit.NANOSECONDS.sleep(
            Math.max(0, TimeUnit.SECONDS.toNanos(1) - (System.nanoTime() - round)));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** How many are connected. */
  int held() {
    return held;
  }

  /** How often one of them was hung up on. */
  long hungUp() {
    return hungUp.get();
  }

  @Override
  public void close() throws InterruptedException, IOException {
    stopped = true;
    thread.interrupt();
    thread.join();
    for (Peer peer : peers) {
      peer.socket.close();
    }
  }
}
