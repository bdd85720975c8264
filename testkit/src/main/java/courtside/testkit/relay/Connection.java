package courtside.testkit.relay;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client. A thread of its own answers the request and shows it frames; a second one listens to
 * what the client sends. {@link #abort} and {@link #endIfOverdue} come from other threads.
 */
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final int POLICY_VIOLATION = 1008;

  private final Socket socket;
  private final RelaySettings settings;
  private final FrameLog log;
  private final Ledger ledger;
  private final LongSupplier nanoTime;
  private final long acceptedNanos;
  private final WireWriter writer;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private volatile boolean upgraded;
  private volatile FrameLog.@Nullable Reader reader;

  Connection(
      Socket socket, RelaySettings settings, FrameLog log, Ledger ledger, LongSupplier nanoTime)
      throws IOException {
    this.socket = socket;
    this.settings = settings;
    this.log = log;
    this.ledger = ledger;
    this.nanoTime = nanoTime;
    this.acceptedNanos = nanoTime.getAsLong();
    socket.setTcpNoDelay(true);
    this.writer = new WireWriter(socket.getOutputStream(), nanoTime);
  }

  /** Answers the request and, if it is one for a stream, shows it to its end. */
  @Override
  public void run() {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      switch (Upgrade.read(in).orElse(null)) {
        case null -> LOG.atDebug().log("client left before its request was whole");
        case Upgrade.Refused refused -> refuse(refused);
        case Upgrade.Accepted accepted -> stream(accepted, new WireReader(in));
      }
    } catch (IOException e) {
      // Before the upgrade a broken connection is nobody's stream.
      LOG.atDebug().addKeyValue("error", e).log("connection broke");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the connection at once, without a word. */
  void abort(Ending why) {
    ending.compareAndSet(null, why);
    FrameLog.Reader reading = reader;
    if (reading != null) {
      reading.stop();
    }
    try {
      // Reset rather than drain: nothing that is still to be sent may hold this up.
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("socket already closed");
    }
  }

  /** Ends the connection if a write, or the request, takes longer than it may. */
  void endIfOverdue() {
    if (writer.heldUpNanos() > settings.writeDeadline().toNanos()) {
      abort(Ending.WRITE_DEADLINE);
    } else if (!upgraded
        && nanoTime.getAsLong() - acceptedNanos > settings.upgradeDeadline().toNanos()) {
      if (ending.compareAndSet(null, Ending.CLIENT_MISBEHAVED)) {
        ledger.refused(408, "no whole request in time");
      }
      abort(Ending.CLIENT_MISBEHAVED);
    }
  }

  /** Answers that there are too many connections, without reading a request. */
  void refuseBusy() {
    try (socket) {
      refuse(new Upgrade.Refused(503, "NotEnoughResources", "too many connections"));
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("connection broke");
    }
  }

  private void refuse(Upgrade.Refused refused) throws IOException {
    ledger.refused(refused.status(), refused.message());
    writer.raw(refused.response());
  }

  private void stream(Upgrade.Accepted request, WireReader client)
      throws IOException, InterruptedException {
    upgraded = true;
    Ledger.Line line = ledger.open(request.cursor());
    LOG.atInfo()
        .addKeyValue("stream", line.number())
        .addKeyValue("cursor", request.cursor())
        .log("stream opened");
    try {
      writer.raw(request.response());
      Thread listener =
          Thread.ofVirtual()
              .name("relay-stream-" + line.number() + "-listener")
              .start(() -> listen(client));
      show(request.cursor(), line);
      // A client that was told why is given time to read it and to close.
      listener.join(settings.upgradeDeadline());
    } catch (IOException e) {
      ending.compareAndSet(null, Ending.CLIENT_VANISHED);
      LOG.atDebug().addKeyValue("error", e).log("stream broke");
    } finally {
      ending.compareAndSet(null, Ending.RELAY_CLOSED);
      Ending why = Objects.requireNonNull(ending.get());
      line.closed(why);
      LOG.atInfo()
          .addKeyValue("stream", line.number())
          .addKeyValue("reason", why)
          .log("stream ended");
    }
  }

  private void show(OptionalLong cursor, Ledger.Line line)
      throws IOException, InterruptedException {
    if (cursor.isPresent() && cursor.getAsLong() > log.lastSeq()) {
      refuse(Notice.FUTURE_CURSOR, Ending.FUTURE_CURSOR, line);
      return;
    }
    try (FrameLog.Reader reading = open(cursor)) {
      reader = reading;
      if (ending.get() != null) {
        return;
      }
      if (cursor.isPresent()
          && cursor.getAsLong() > 0
          && cursor.getAsLong() < reading.droppedThrough()) {
        line.noticed(Notice.OUTDATED_CURSOR.text());
        writer.binary(Notice.OUTDATED_CURSOR.frame());
      }
      pump(reading, line);
    }
  }

  private FrameLog.Reader open(OptionalLong cursor) throws IOException {
    if (cursor.isEmpty()) {
      return log.readNew();
    }
    return switch (settings.cursorRule()) {
      case EXCLUSIVE -> log.readAfter(cursor.getAsLong());
      case INCLUSIVE -> log.readAfter(cursor.getAsLong() - 1);
    };
  }

  private void pump(FrameLog.Reader reading, Ledger.Line line)
      throws IOException, InterruptedException {
    long pingAfter = settings.pingAfter().toNanos();
    while (true) {
      switch (reading.next(pingAfter - writer.silentNanos())) {
        case Reading.Frame frame -> {
          line.shown(frame.seq());
          writer.binary(frame.bytes().toArray());
        }
        case Reading.Quiet _ -> {
          if (writer.silentNanos() >= pingAfter) {
            writer.ping();
          }
        }
        case Reading.Overtaken _ -> {
          refuse(Notice.CONSUMER_TOO_SLOW, Ending.CONSUMER_TOO_SLOW, line);
          return;
        }
        case Reading.Closed _ -> {
          return;
        }
      }
    }
  }

  private void refuse(Notice notice, Ending why, Ledger.Line line) throws IOException {
    ending.compareAndSet(null, why);
    line.noticed(notice.text());
    writer.binary(notice.frame());
    writer.close(POLICY_VIOLATION, notice.text());
  }

  /** The client's side, to its end; then the showing ends too. */
  private void listen(WireReader client) {
    try {
      boolean open = true;
      while (open) {
        Optional<WireReader.Control> control = client.next();
        if (control.isEmpty()) {
          throw new EOFException("the client left without a close");
        }
        open = answer(control.get());
      }
      ending.compareAndSet(null, Ending.CLIENT_CLOSED);
    } catch (WireReader.ViolationException e) {
      ending.compareAndSet(null, Ending.CLIENT_MISBEHAVED);
      say(e.closeCode(), e.getMessage());
    } catch (IOException e) {
      ending.compareAndSet(null, Ending.CLIENT_VANISHED);
      LOG.atDebug().addKeyValue("error", e).log("client gone");
    }
    FrameLog.Reader reading = reader;
    if (reading != null) {
      reading.stop();
    }
  }

  private boolean answer(WireReader.Control control) throws IOException {
    return switch (control.opcode()) {
      case PING -> {
        writer.pong(control.payload().toArray());
        yield true;
      }
      case CLOSE -> {
        ending.compareAndSet(null, Ending.CLIENT_CLOSED);
        byte[] payload = control.payload().toArray();
        writer.close(
            payload.length < 2 ? 1000 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff), "");
        yield false;
      }
      case PONG, CONTINUATION, TEXT, BINARY -> true;
    };
  }

  private void say(int closeCode, @Nullable String reason) {
    try {
      writer.close(closeCode, reason == null ? "" : reason);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("client gone before it was told");
    }
  }
}
