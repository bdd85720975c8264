package courtside.testkit.relay;

import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client. A thread of its own answers the request and shows it frames; a second one listens to
 * what the client sends. {@link #abort}, {@link #wake} and {@link #endIfOverdue} come from other
 * threads.
 */
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Peer peer;
  private final RelaySettings settings;
  private final Supplier<Source> sources;
  private final Ledger ledger;
  private final Saboteur saboteur;
  private final long acceptedNanos;
  private volatile boolean requested;
  private volatile FrameLog.@Nullable Reader reader;

  Connection(
      Peer peer,
      RelaySettings settings,
      Supplier<Source> sources,
      Ledger ledger,
      Injections injections) {
    this.peer = peer;
    this.settings = settings;
    this.sources = sources;
    this.ledger = ledger;
    this.saboteur = new Saboteur(injections, ledger, peer);
    this.acceptedNanos = peer.now();
  }

  /**
   * Where frames come from.
   *
   * @param from what a stream that is under way goes on after
   */
  record Source(FrameLog log, long from) {}

  /** Answers the request and, if it is one for a stream, shows it to its end. */
  @Override
  public void run() {
    try (peer) {
      if (!saboteur.receives()) {
        return;
      }
      switch (Upgrade.read(peer.in()).orElse(null)) {
        case null -> LOG.atDebug().log("client left before its request was whole");
        case Upgrade.Refused refused -> refuse(refused);
        case Upgrade.Accepted accepted -> accept(accepted);
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
    boolean _ = peer.end(why);
    stopReading();
    peer.reset();
  }

  /** Looks again at what it is to show and how. */
  void wake() {
    peer.wake();
    FrameLog.Reader reading = reader;
    if (reading != null) {
      reading.nudge();
    }
  }

  /** Ends the connection if a write, or the request, takes longer than it may. */
  void endIfOverdue() {
    if (peer.writer().heldUpNanos() > settings.writeDeadline().toNanos()) {
      abort(Ending.WRITE_DEADLINE);
    } else if (!requested && peer.now() - acceptedNanos > settings.upgradeDeadline().toNanos()) {
      if (peer.end(Ending.CLIENT_MISBEHAVED)) {
        ledger.refused(408, "no whole request in time");
      }
      abort(Ending.CLIENT_MISBEHAVED);
    }
  }

  /** Answers that there are too many connections, without reading a request. */
  void refuseBusy() {
    try (peer) {
      refuse(new Upgrade.Refused(503, "NotEnoughResources", "too many connections"));
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("connection broke");
    }
  }

  private void refuse(Upgrade.Refused refused) throws IOException {
    ledger.refused(refused.status(), refused.message());
    peer.caller().closed();
    peer.writer().raw(refused.response());
  }

  private void accept(Upgrade.Accepted request) throws IOException, InterruptedException {
    requested = true;
    peer.caller().asked(request.cursor());
    Optional<byte[]> response = saboteur.answer(request.response());
    if (response.isPresent()) {
      stream(request.cursor(), response.get());
    }
  }

  private void stream(OptionalLong cursor, byte[] response)
      throws IOException, InterruptedException {
    Ledger.Line line = ledger.open(peer.caller(), cursor);
    LOG.atInfo()
        .addKeyValue("stream", line.number())
        .addKeyValue("cursor", cursor)
        .log("stream opened");
    try {
      peer.writer().raw(response);
      Thread listener =
          Thread.ofVirtual()
              .name("relay-stream-" + line.number() + "-listener")
              .start(() -> listen(line));
      show(cursor, line);
      // A client that was told why is given time to read it and to close.
      boolean _ = listener.join(settings.upgradeDeadline());
    } catch (IOException e) {
      boolean _ = peer.end(Ending.CLIENT_VANISHED);
      LOG.atDebug().addKeyValue("error", e).log("stream broke");
    } finally {
      boolean _ = peer.end(Ending.RELAY_CLOSED);
      Ending why = Objects.requireNonNull(peer.ending());
      line.closed(why);
      LOG.atInfo()
          .addKeyValue("stream", line.number())
          .addKeyValue("reason", why)
          .log("stream ended");
    }
  }

  private void show(OptionalLong cursor, Ledger.Line line)
      throws IOException, InterruptedException {
    Source source = sources.get();
    try (FrameLog.Reader reading = open(source.log(), cursor)) {
      Showing showing = showing(source, reading, line);
      if (isAhead(source.log(), cursor) && settings.cursorNotices()) {
        showing.refuse(Notice.FUTURE_CURSOR, Ending.FUTURE_CURSOR);
        return;
      }
      if (cursor.isPresent()
          && cursor.getAsLong() > 0
          && cursor.getAsLong() < reading.droppedThrough()
          && settings.cursorNotices()) {
        line.noticed(Notice.OUTDATED_CURSOR.text());
        peer.writer().binary(Notice.OUTDATED_CURSOR.frame());
      }
      pump(reading, showing);
    }
    while (!peer.isEnding() && !source.equals(sources.get())) {
      source = sources.get();
      try (FrameLog.Reader reading = source.log().readAfter(source.from())) {
        pump(reading, showing(source, reading, line));
      }
    }
  }

  private Showing showing(Source source, FrameLog.Reader reading, Ledger.Line line) {
    return new Showing(
        source.log(),
        reading,
        peer,
        line,
        settings.pingAfter().toNanos(),
        settings.consumerBytes(),
        () -> source.equals(sources.get()));
  }

  private FrameLog.Reader open(FrameLog log, OptionalLong cursor) throws IOException {
    if (cursor.isEmpty() || isAhead(log, cursor)) {
      return log.readNew();
    }
    return switch (settings.cursorRule()) {
      case EXCLUSIVE -> log.readAfter(cursor.getAsLong());
      case INCLUSIVE -> log.readAfter(cursor.getAsLong() - 1);
    };
  }

  private static boolean isAhead(FrameLog log, OptionalLong cursor) {
    return cursor.isPresent() && cursor.getAsLong() > log.lastSeq();
  }

  private void pump(FrameLog.Reader reading, Showing showing)
      throws IOException, InterruptedException {
    reader = reading;
    if (peer.isEnding()) {
      return;
    }
    Showing.Step step = Showing.Step.QUIET;
    while (showing.isCurrent() && step != Showing.Step.END && saboteur.lets(showing)) {
      step = showing.step(showing::show);
    }
  }

  /** The client's side, to its end; then the showing ends too. */
  private void listen(Ledger.Line line) {
    try {
      saboteur.leavesTheInput();
      WireReader client = new WireReader(peer.in());
      boolean open = true;
      while (open) {
        Optional<WireReader.Control> control = client.next();
        if (control.isEmpty()) {
          throw new EOFException("the client left without a close");
        }
        open = saboteur.isDeaf() || answer(control.get());
      }
      boolean _ = peer.end(Ending.CLIENT_CLOSED);
    } catch (WireReader.ViolationException e) {
      boolean _ = peer.end(Ending.CLIENT_MISBEHAVED);
      say(e.closeCode(), e.getMessage());
    } catch (EOFException e) {
      leave(line);
    } catch (IOException e) {
      peer.caller().closed();
      boolean _ = peer.end(Ending.CLIENT_VANISHED);
      LOG.atDebug().addKeyValue("error", e).log("client gone");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopReading();
  }

  /** The client has left; a deaf relay knows it and does not act on it. */
  private void leave(Ledger.Line line) {
    peer.caller().closed();
    try {
      if (saboteur.isDeaf()) {
        line.closed(Ending.CLIENT_VANISHED);
        saboteur.awaitHearing();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean _ = peer.end(Ending.CLIENT_VANISHED);
  }

  private void stopReading() {
    FrameLog.Reader reading = reader;
    if (reading != null) {
      reading.stop();
    }
  }

  private boolean answer(WireReader.Control control) throws IOException {
    return switch (control.opcode()) {
      case PING -> {
        if (!saboteur.ignoresPings()) {
          peer.writer().pong(control.payload().toArray());
        }
        yield true;
      }
      case CLOSE -> {
        boolean _ = peer.end(Ending.CLIENT_CLOSED);
        byte[] payload = control.payload().toArray();
        peer.sayClose(
            payload.length < 2 ? 1000 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff), "");
        yield false;
      }
      case PONG, CONTINUATION, TEXT, BINARY -> true;
    };
  }

  private void say(int closeCode, @Nullable String reason) {
    try {
      peer.sayClose(closeCode, reason == null ? "" : reason);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("error", e).log("client gone before it was told");
    }
  }
}
