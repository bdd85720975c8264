package courtside.testkit.relay;

import courtside.atproto.firehose.FrameWriter;
import courtside.testkit.relay.fault.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the faults that are due on one connection. Asked by the connection before each of its
 * steps, on the thread that takes them; what it tells the listener is read by that thread too. One
 * fault at a time: what falls due while another holds the connection waits for it.
 */
final class Saboteur {
  private static final Logger LOG = LoggerFactory.getLogger(Saboteur.class);
  private static final int RSV1 = 0x40;
  private static final int BATCH_BYTES = 16 * 1024;
  private static final byte[] HEADER_LINE =
      ("X-A: " + "a".repeat(120) + "\r\n").getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END_OF_HEADERS = {'\r', '\n'};

  private final Injections injections;
  private final Ledger ledger;
  private final Peer peer;
  private final Set<Injection> committed = new HashSet<>();
  private @Nullable Thread watcher;
  private volatile boolean deaf;
  private volatile boolean ignoresPings;

  Saboteur(Injections injections, Ledger ledger, Peer peer) {
    this.injections = injections;
    this.ledger = ledger;
    this.peer = peer;
  }

  /** A fault that is being committed. */
  private interface Deed {
    /** False where the connection is over. */
    boolean commit(Injection injection) throws IOException, InterruptedException;
  }

  /** Whether the client's pings are to be left without an answer. */
  boolean ignoresPings() {
    return ignoresPings;
  }

  /** Whether nothing that the client does is to be answered. */
  boolean isDeaf() {
    return deaf;
  }

  /** Waits until what the client does is to be answered again, or the connection ends. */
  void awaitHearing() throws InterruptedException {
    peer.awaitLifted(() -> !deaf);
  }

  /** At the accept. False where the connection is over. */
  boolean receives() throws IOException, InterruptedException {
    return commitDue(
        fault -> fault instanceof Fault.AcceptThenCloses,
        () -> 0,
        () -> true,
        injection -> {
          fired(injection);
          boolean _ = peer.end(Ending.FAULT);
          peer.fin();
          peer.drain();
          return false;
        });
  }

  /** Before the answer to a request: what of it is still to be written, empty where it is over. */
  Optional<byte[]> answer(byte[] response) throws IOException, InterruptedException {
    Handshake handshake = new Handshake(response);
    boolean goesOn =
        commitDue(fault -> fault instanceof Fault.AtHandshake, () -> 0, () -> true, handshake);
    return goesOn && !peer.isEnding() ? Optional.of(handshake.rest) : Optional.empty();
  }

  /** Before the next frame. False where the stream is over. */
  boolean lets(Showing showing) throws IOException, InterruptedException {
    return commitDue(
        fault -> fault instanceof Fault.OnStream,
        showing.line()::frames,
        showing::isCurrent,
        injection ->
            !(injection.fault() instanceof Fault.OnStream fault)
                || commit(injection, fault, showing));
  }

  /** Before the listener reads: nobody else may. */
  void leavesTheInput() throws InterruptedException {
    if (watcher != null) {
      watcher.join();
    }
  }

  private boolean commitDue(
      Predicate<Fault> kind, LongSupplier frames, BooleanSupplier goesOn, Deed deed)
      throws IOException, InterruptedException {
    while (goesOn.getAsBoolean() && !peer.isEnding()) {
      Optional<Injection> due =
          injections.take(injection ->
              kind.test(injection.fault())
                  && !committed.contains(injection)
                  && injection.isDue(peer.caller().number(), frames.getAsLong(), ledger.shown()));
      if (due.isEmpty()) {
        return true;
      }
      Injection injection = due.get();
      try {
        if (!deed.commit(injection)) {
          return false;
        }
      } finally {
        injections.settle(injection, committed.contains(injection));
      }
    }
    return true;
  }

  /** Called before the first effect: whoever sees that finds it counted. */
  private void fired(Injection injection) {
    committed.add(injection);
    peer.caller().committed(injection.fault());
    injection.fire(peer.now());
    LOG.atInfo()
        .addKeyValue("connection", peer.caller().number())
        .addKeyValue("fault", injection.fault().getClass().getSimpleName())
        .log("fault committed");
  }

  private boolean pause(Duration time, Injection injection) throws InterruptedException {
    return peer.pause(time.toNanos(), injection::cancelled);
  }

  private void hold(Injection injection) throws InterruptedException {
    peer.awaitLifted(injection::cancelled);
  }

  /** The faults of one handshake. */
  private final class Handshake implements Deed {
    private byte[] rest;

    private Handshake(byte[] response) {
      this.rest = response;
    }

    @Override
    public boolean commit(Injection injection) throws IOException, InterruptedException {
      return !(injection.fault() instanceof Fault.AtHandshake fault) || commit(injection, fault);
    }

    private boolean commit(Injection injection, Fault.AtHandshake fault)
        throws IOException, InterruptedException {
      fired(injection);
      switch (fault) {
        case Fault.NeverAnswers _ -> {
          watch();
          hold(injection);
        }
        case Fault.EndlessHeaders headers -> {
          watch();
          writeHeaders(injection, headers.every());
        }
        case Fault.Answers answers -> {
          boolean _ = peer.end(Ending.FAULT);
          ledger.refused(answers.status(), "a fault");
          peer.caller().closed();
          peer.writer().raw(response(answers));
          peer.fin();
        }
        case Fault.ResetsInHandshake _ -> {
          boolean _ = peer.end(Ending.FAULT);
          peer.reset();
        }
        case Fault.AcceptThenCloses _ -> {
          // Injected while the request was read.
          boolean _ = peer.end(Ending.FAULT);
          peer.fin();
        }
      }
      return !peer.isEnding();
    }

    private void writeHeaders(Injection injection, Duration every)
        throws IOException, InterruptedException {
      peer.writer().raw(Arrays.copyOf(rest, rest.length - END_OF_HEADERS.length));
      rest = END_OF_HEADERS;
      while (!injection.cancelled() && !peer.isEnding()) {
        peer.writer().raw(HEADER_LINE);
        boolean _ = pause(every, injection);
      }
    }

    /** Hears of a client that leaves: the listener begins after the upgrade. */
    private void watch() {
      if (watcher == null) {
        watcher =
            Thread.ofVirtual()
                .name("relay-handshake-" + peer.caller().number() + "-watcher")
                .start(this::awaitWord);
      }
    }

    private void awaitWord() {
      InputStream in = peer.in();
      try {
        in.mark(1);
        if (in.read() >= 0) {
          in.reset();
          return;
        }
      } catch (IOException e) {
        LOG.atDebug().addKeyValue("error", e).log("client gone");
      }
      peer.caller().closed();
      boolean _ = peer.end(Ending.CLIENT_VANISHED);
    }
  }

  private static byte[] response(Fault.Answers answers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + answers.status() + " Fault\r\n");
    answers
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    boolean measured =
        answers.headers().keySet().stream()
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals("content-length"));
    if (answers.status() >= 200 && !measured) {
      head.append("Content-Length: 0\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private boolean commit(Injection injection, Fault.OnStream fault, Showing showing)
      throws IOException, InterruptedException {
    WireWriter writer = peer.writer();
    switch (fault) {
      case Fault.FallsSilent silence -> {
        ignoresPings = !silence.answersPings();
        fired(injection);
        hold(injection);
        ignoresPings = false;
      }
      case Fault.OnlyPings pings -> {
        fired(injection);
        do {
          writer.ping();
        } while (pause(pings.every(), injection));
      }
      case Fault.GoesMute _ -> goMute(injection);
      case Fault.Trickles trickle -> {
        return trickle(injection, trickle, showing);
      }
      case Fault.DripsBytes drip -> {
        return onNextFrame(
            injection,
            showing,
            frame -> {
              showing.count(frame);
              fired(injection);
              writer.inPieces(wire(frame), drip.chunk(), () -> pause(drip.every(), injection));
            });
      }
      case Fault.Closes closes -> {
        fired(injection);
        boolean _ = peer.end(Ending.FAULT);
        peer.sayClose(closes.code(), "");
      }
      case Fault.Fins fins -> {
        return breakOff(injection, fins.midFrame(), showing, peer::fin);
      }
      case Fault.Resets resets -> {
        return breakOff(injection, resets.midFrame(), showing, peer::reset);
      }
      case Fault.Refuses refuses -> {
        fired(injection);
        boolean _ = peer.end(Ending.FAULT);
        writer.binary(FrameWriter.error(refuses.name(), Optional.empty()));
        peer.sayClose(Showing.POLICY_VIOLATION, refuses.name());
      }
      case Fault.Text text -> {
        fired(injection);
        writer.text(text.text());
      }
      case Fault.DeclaresLength declared -> declare(injection, declared.length());
      case Fault.FloodsFragments flood -> {
        fired(injection);
        flood(injection, flood);
      }
      case Fault.Compressed compressed -> {
        fired(injection);
        byte[] deflated = deflate(compressed.message().toArray());
        writer.raw(frame(WireWriter.FINAL | RSV1 | Opcode.BINARY.code(), deflated));
      }
      case Fault.Sends sends -> {
        fired(injection);
        writer.binary(sends.message().toArray());
      }
      case Fault.Writes writes -> {
        fired(injection);
        writer.raw(writes.wire().toArray());
      }
      case Fault.RepeatsWindow window -> {
        fired(injection);
        showing.repeat(window.count());
      }
      case Fault.SkipsFrames skips -> {
        return skip(injection, skips.count(), showing);
      }
    }
    return !peer.isEnding();
  }

  private void goMute(Injection injection) throws InterruptedException, IOException {
    deaf = true;
    peer.writer().mute(true);
    fired(injection);
    try {
      hold(injection);
    } finally {
      peer.writer().mute(false);
      deaf = false;
      peer.wake();
    }
  }

  private boolean trickle(Injection injection, Fault.Trickles trickle, Showing showing)
      throws IOException, InterruptedException {
    boolean goesOn = true;
    while (goesOn && !injection.cancelled() && showing.isCurrent()) {
      goesOn =
          onNextFrame(
              injection,
              showing,
              frame -> {
                if (!committed.contains(injection)) {
                  fired(injection);
                }
                showing.show(frame);
              });
      boolean _ = pause(trickle.every(), injection);
    }
    return goesOn;
  }

  private boolean skip(Injection injection, long count, Showing showing)
      throws IOException, InterruptedException {
    boolean goesOn = true;
    for (long i = 0; i < count && goesOn; i++) {
      goesOn =
          onNextFrame(
              injection,
              showing,
              _ -> {
                if (!committed.contains(injection)) {
                  fired(injection);
                }
                showing.line().passedOver();
              });
    }
    return goesOn;
  }

  /** Waits for the next frame and does this with it, unless the fault is cancelled before. */
  private boolean onNextFrame(Injection injection, Showing showing, Showing.Way way)
      throws IOException, InterruptedException {
    while (!injection.cancelled() && showing.isCurrent()) {
      switch (showing.step(way)) {
        case FRAME -> {
          return true;
        }
        case QUIET -> {}
        case END -> {
          return false;
        }
      }
    }
    return true;
  }

  /** How a connection is broken off. */
  private interface Break {
    void off() throws IOException;
  }

  private boolean breakOff(Injection injection, boolean midFrame, Showing showing, Break how)
      throws IOException, InterruptedException {
    if (!midFrame) {
      fired(injection);
      boolean _ = peer.end(Ending.FAULT);
      how.off();
      return false;
    }
    // The frame is not counted as shown: nobody can have had it whole.
    return onNextFrame(
            injection,
            showing,
            frame -> {
              fired(injection);
              byte[] wire = wire(frame);
              peer.writer().mute(true);
              peer.writer().raw(Arrays.copyOf(wire, wire.length / 2));
              boolean _ = peer.end(Ending.FAULT);
              how.off();
            })
        && !peer.isEnding();
  }

  private void declare(Injection injection, long length) throws IOException, InterruptedException {
    // Whatever else is written would be taken for part of the message.
    peer.writer().mute(true);
    fired(injection);
    peer.writer().raw(WireWriter.longHead(WireWriter.FINAL | Opcode.BINARY.code(), length));
    hold(injection);
    boolean _ = peer.end(Ending.FAULT);
    peer.reset();
  }

  private void flood(Injection injection, Fault.FloodsFragments flood) throws IOException {
    byte[] payload = new byte[flood.bytesEach()];
    byte[] middle = frame(Opcode.CONTINUATION.code(), payload);
    // Many small ones in one write: as a flood has it.
    int each = Math.max(1, BATCH_BYTES / middle.length);
    ByteArrayOutputStream batch = new ByteArrayOutputStream(each * middle.length);
    for (int i = 0; i < each; i++) {
      batch.writeBytes(middle);
    }
    byte[] many = batch.toByteArray();
    WireWriter writer = peer.writer();
    long left = flood.count() - 1;
    writer.raw(frame(Opcode.BINARY.code() | (left == 0 ? WireWriter.FINAL : 0), payload));
    while (left > 1 && !injection.cancelled() && !peer.isEnding()) {
      if (left > each) {
        writer.raw(many);
        left -= each;
      } else {
        writer.raw(middle);
        left--;
      }
    }
    if (left > 0 && !peer.isEnding()) {
      writer.raw(frame(WireWriter.FINAL | Opcode.CONTINUATION.code(), payload));
    }
  }

  /** As permessage-deflate has it: a flushed stream without its last four bytes. */
  private static byte[] deflate(byte[] message) {
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      deflater.setInput(message);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] part = new byte[BATCH_BYTES];
      int length = part.length;
      while (length == part.length) {
        length = deflater.deflate(part, 0, part.length, Deflater.SYNC_FLUSH);
        out.write(part, 0, length);
      }
      return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }
  }

  private static byte[] wire(Reading.Frame frame) {
    return frame(WireWriter.FINAL | Opcode.BINARY.code(), frame.bytes().toArray());
  }

  private static byte[] frame(int first, byte[] payload) {
    byte[] head = WireWriter.head(first, payload.length);
    byte[] frame = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, frame, head.length, payload.length);
    return frame;
  }
}
