package courtside.ingestor.reach;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Stands before a relay with TLS, as its operator's proxy does, and hands bytes on in both
 * directions. Counts what came of handshakes. Thread-safe.
 */
public final class Front implements AutoCloseable {
  /** A record of TLS: its type, its version, its length. */
  private static final int RECORD_HEAD_BYTES = 5;

  private static final int ALERT = 21;
  private static final int PROTOCOL_VERSION = 70;

  /** TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, which every version up to 1.2 has. */
  private static final short CIPHER = (short) 0xc009;

  /** How long a client may think about what it was offered. */
  private static final int PATIENCE_MILLIS = 5_000;

  private final ServerSocket server = new ServerSocket();
  private final int relay;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong succeeded = new AtomicLong();
  private volatile SSLContext shown;
  private volatile boolean resets;

  /** The one version that is spoken, as the second byte has it; 0 for what the JDK speaks. */
  private volatile int oldVersion;

  /**
   * Begins to listen.
   *
   * @param address where, as a number
   * @param relay the port of the relay on the loopback interface
   */
  public Front(String address, int port, SSLContext shown, int relay) throws IOException {
    this.shown = shown;
    this.relay = relay;
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    Thread.ofPlatform().name("front").daemon().start(this::accept);
  }

  /** From now on it shows this certificate, and there is no connection of before. */
  public void show(SSLContext certificate) throws IOException {
    resets = false;
    oldVersion = 0;
    shown = certificate;
    drop();
  }

  /** From now on it resets connections in their handshake, and there is none of before. */
  public void reset() throws IOException {
    resets = true;
    drop();
  }

  /**
   * From now on it speaks one old version of TLS and no other, and there is no connection of
   * before. The JDK would have to be weakened as a whole to speak it, so only the first word of it
   * is said: a client has to refuse that.
   *
   * @param minor 1 for TLS 1.0, 2 for TLS 1.1
   */
  public void speakOnly(int minor) throws IOException {
    oldVersion = minor;
    drop();
  }

  /**
   * How many handshakes came to nothing: of those in an old version, which the client refused for
   * that.
   */
  public long failed() {
    return failed.get();
  }

  /** How many were done. */
  public long succeeded() {
    return succeeded.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // It was closed; otherwise the next one is accepted.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (resets) {
        // The handshake has begun.
        int _ = client.getInputStream().read();
        client.setSoLinger(true, 0);
        failed.incrementAndGet();
        return;
      }
      if (oldVersion > 0) {
        if (refusesVersion(client, oldVersion)) {
          failed.incrementAndGet();
        }
        return;
      }
      SSLSocket secured =
          (SSLSocket) shown.getSocketFactory().createSocket(client, null, client.getPort(), true);
      secured.setUseClientMode(false);
      try {
        secured.startHandshake();
      } catch (IOException e) {
        failed.incrementAndGet();
        return;
      }
      succeeded.incrementAndGet();
      handOn(secured);
    } catch (IOException e) {
      // One side has left: the other is told by the end of its socket.
    } finally {
      sockets.remove(client);
    }
  }

  /** Answers the client's first word in this version; says whether it leaves for that. */
  private static boolean refusesVersion(Socket client, int minor) throws IOException {
    client.setSoTimeout(PATIENCE_MILLIS);
    DataInputStream in = new DataInputStream(client.getInputStream());
    byte[] head = in.readNBytes(RECORD_HEAD_BYTES);
    if (head.length < RECORD_HEAD_BYTES) {
      return false;
    }
    in.skipNBytes(Short.toUnsignedInt(ByteBuffer.wrap(head).getShort(3)));
    short version = (short) (3 << 8 | minor);
    int hello = Short.BYTES + 32 + 1 + Short.BYTES + 1;
    ByteBuffer answer = ByteBuffer.allocate(RECORD_HEAD_BYTES + Integer.BYTES + hello);
    // A handshake record with a ServerHello: version, random, no session, cipher, no compression.
    answer.put((byte) 22).putShort(version).putShort((short) (Integer.BYTES + hello));
    answer.putInt(2 << 24 | hello).putShort(version).put(new byte[32]).put((byte) 0);
    answer.putShort(CIPHER).put((byte) 0);
    client.getOutputStream().write(answer.array());
    if (in.read() != ALERT) {
      return false;
    }
    // Version, length and level.
    in.skipNBytes(RECORD_HEAD_BYTES);
    return in.read() == PROTOCOL_VERSION;
  }

  private void handOn(Socket client) throws IOException {
    try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), relay)) {
      sockets.add(behind);
      Thread.ofVirtual()
          .start(() -> {
            try (behind) {
              long _ = client.getInputStream().transferTo(behind.getOutputStream());
            } catch (IOException e) {
              // As above.
            }
          });
      long _ = behind.getInputStream().transferTo(client.getOutputStream());
    }
  }

  private void drop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    drop();
  }
}
