package courtside.testkit.broker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * One connection through the proxy, with a thread for each direction. Of the requests only the
 * length and the kind are read, as everything before and behind them is passed on as it comes.
 */
final class ProxiedConnection {
  private static final int PIECE = 16 << 10;

  /** Key, version and correlation id: what is at the front of every request. */
  private static final int FRONT = 8;

  private final BrokerProxy proxy;
  private final Socket client;
  private final Socket broker;
  private final Consumer<ProxiedConnection> onEnd;

  /** The request whose answer does not come, once there is one. */
  private volatile @Nullable Withheld withheld;

  // Only the thread that writes to the client.
  private boolean answered;

  // Only the thread that writes to the broker.
  private @Nullable Impairment cutting;
  private long cutIn;

  private record Withheld(RequestHeader header, LinkFault.Fate fate, Impairment by) {}

  ProxiedConnection(
      BrokerProxy proxy, Socket client, Socket broker, Consumer<ProxiedConnection> onEnd) {
    this.proxy = proxy;
    this.client = client;
    this.broker = broker;
    this.onEnd = onEnd;
  }

  void begin() {
    Thread.ofVirtual().name("proxy-requests").start(() -> run(this::requests));
    Thread.ofVirtual().name("proxy-answers").start(() -> run(this::answers));
  }

  /** One direction. */
  private interface Direction {
    void pass() throws IOException, InterruptedException;
  }

  private void run(Direction direction) {
    try {
      direction.pass();
    } catch (IOException e) {
      // One of the two has gone; so has the connection.
      close();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
    }
  }

  private void requests() throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = broker.getOutputStream();
    byte[] piece = new byte[PIECE];
    while (true) {
      int length = in.readInt();
      in.readFully(piece, 0, FRONT);
      short apiKey = ByteBuffer.wrap(piece).getShort();
      Impairment now = proxy.impairment().orElse(null);
      if (now != null
          && now.fault() instanceof LinkFault.AtRequest(short key, LinkFault.Fate fate)
          && key == apiKey
          && now.take()) {
        byte[] request = new byte[length];
        System.arraycopy(piece, 0, request, 0, FRONT);
        in.readFully(request, FRONT, length - FRONT);
        withhold(request, fate, now, out);
        return;
      }
      byte[] head =
          ByteBuffer.allocate(Integer.BYTES + FRONT).putInt(length).put(piece, 0, FRONT).array();
      pass(head, head.length, out, true);
      int left = length - FRONT;
      while (left > 0) {
        int read = in.read(piece, 0, Math.min(left, PIECE));
        if (read < 0) {
          throw new EOFException();
        }
        pass(piece, read, out, true);
        left -= read;
      }
    }
  }

  private void withhold(byte[] request, LinkFault.Fate fate, Impairment by, OutputStream out)
      throws IOException, InterruptedException {
    withheld = new Withheld(RequestHeader.parse(ByteBuffer.wrap(request)), fate, by);
    switch (fate) {
      case LOST_AND_RESET -> {
        by.fire();
        reset();
      }
      case LOST_AND_MUTE -> by.fire();
      case ANSWER_LOST_AND_RESET, ANSWER_LOST_AND_MUTE -> write(request, out);
      case LATE_AND_MUTE -> {
        by.fire();
        by.awaitLifted();
        write(request, out);
      }
    }
  }

  private static void write(byte[] request, OutputStream out) throws IOException {
    out.write(
        ByteBuffer.allocate(Integer.BYTES + request.length)
            .putInt(request.length)
            .put(request)
            .array());
    out.flush();
  }

  private void answers() throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(broker.getInputStream());
    OutputStream out = client.getOutputStream();
    byte[] piece = new byte[PIECE];
    while (true) {
      int length = in.readInt();
      int correlation = in.readInt();
      int left = length - Integer.BYTES;
      Withheld now = withheld;
      if (now != null && now.header().correlationId() == correlation) {
        byte[] answer = ByteBuffer.allocate(length).putInt(correlation).array();
        in.readFully(answer, Integer.BYTES, left);
        withheld(answer, now);
        continue;
      }
      // What was asked for before is still answered, unless the client is to hear nothing more.
      boolean passes = now == null || (now.fate().reachesBroker() && !answered);
      byte[] head = ByteBuffer.allocate(FRONT).putInt(length).putInt(correlation).array();
      if (passes) {
        pass(head, head.length, out, false);
      }
      while (left > 0) {
        int read = in.read(piece, 0, Math.min(left, PIECE));
        if (read < 0) {
          throw new EOFException();
        }
        if (passes) {
          pass(piece, read, out, false);
        }
        left -= read;
      }
    }
  }

  private void withheld(byte[] answer, Withheld request) throws IOException {
    answered = true;
    Errors found =
        AbstractResponse.parseResponse(ByteBuffer.wrap(answer), request.header())
            .errorCounts()
            .keySet()
            .iterator()
            .next();
    request.by().answered(found);
    if (request.fate().reachesBroker()) {
      request.by().fire();
    }
    if (request.fate().resets()) {
      reset();
    }
  }

  private void pass(byte[] bytes, int length, OutputStream out, boolean toBroker)
      throws IOException, InterruptedException {
    Impairment now = proxy.impairment().orElse(null);
    if (now == null) {
      write(bytes, 0, length, out, toBroker);
      return;
    }
    switch (now.fault()) {
      case LinkFault.AtRequest _ -> write(bytes, 0, length, out, toBroker);
      case LinkFault.Latency(Duration delay) -> {
        now.fire();
        Thread.sleep(delay);
        write(bytes, 0, length, out, toBroker);
      }
      case LinkFault.Bandwidth(long bytesPerSecond) -> {
        if (toBroker) {
          now.fire();
          now.awaitRoad(length, bytesPerSecond);
        }
        write(bytes, 0, length, out, toBroker);
      }
      case LinkFault.Slicer(int most, Duration pause) -> {
        now.fire();
        for (int from = 0; from < length; from += most) {
          write(bytes, from, Math.min(most, length - from), out, toBroker);
          Thread.sleep(pause);
        }
      }
      case LinkFault.Hold() -> {
        now.fire();
        now.awaitLifted();
        write(bytes, 0, length, out, toBroker);
      }
      case LinkFault.Reset() -> {
        now.fire();
        reset();
      }
      case LinkFault.CutAfter(long after) -> {
        if (toBroker && isCut(now, after, length)) {
          write(bytes, 0, (int) (length + cutIn), out, true);
          now.fire();
          close();
        } else {
          write(bytes, 0, length, out, toBroker);
        }
      }
    }
  }

  /** Counts down what may still go; below zero it is cut. */
  private boolean isCut(Impairment now, long after, int length) {
    if (cutting != now) {
      cutting = now;
      cutIn = after;
    }
    cutIn -= length;
    return cutIn < 0;
  }

  private void write(byte[] bytes, int from, int length, OutputStream out, boolean toBroker)
      throws IOException {
    out.write(bytes, from, length);
    if (toBroker) {
      proxy.passed(length);
    }
  }

  /** Ends both sides with an RST: neither is told that the other has finished. */
  private void reset() throws IOException {
    client.setSoLinger(true, 0);
    broker.setSoLinger(true, 0);
    close();
  }

  void close() {
    closeQuietly(client);
    closeQuietly(broker);
    onEnd.accept(this);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, closed or not.
      return;
    }
  }
}
