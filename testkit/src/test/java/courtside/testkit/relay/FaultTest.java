package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.firehose.FrameWriter;
import courtside.testkit.relay.RawClient.Frame;
import courtside.testkit.relay.RawClient.Head;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import courtside.testkit.relay.fault.Malformed;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each fault does to the wire, byte by byte, and that it proves to have been committed. */
@Timeout(300)
final class FaultTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(5);

  @TempDir Path directory;
  private FrameLog log;
  private Relay relay;

  @BeforeEach
  void start() throws IOException {
    log = FrameLog.open(directory.resolve("log"));
    // Clients are given little time after a fault: tests do not answer.
    relay = Relay.start(RelaySettings.DEFAULT.withUpgradeDeadline(Duration.ofSeconds(2)), log);
  }

  @AfterEach
  void stop() throws IOException {
    relay.close();
    log.close();
  }

  // The handshake

  @Test
  void closesAtTheAccept() throws IOException {
    Injection injection = relay.inject(new Fault.AcceptThenCloses(), Cue.nextConnection());
    try (RawClient client = RawClient.connect(relay)) {
      assertThat(client.readToEnd()).isEmpty();
      expectFired(injection);
      assertThat(relay.ledger().attempts().getFirst().requested()).isFalse();
      assertThat(relay.ledger().attempts().getFirst().closedNanos()).isPresent();
    }
    expectWellBehaved();
  }

  @Test
  void resetsInTheHandshake() throws IOException {
    Injection injection = relay.inject(new Fault.ResetsInHandshake(), Cue.nextConnection());
    try (RawClient client = RawClient.asking(relay)) {
      assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
      expectFired(injection);
      assertThat(relay.ledger().attempts().getFirst().cursor()).hasValue(0);
    }
    expectWellBehaved();
  }

  @Test
  void neverAnswersUntilItIsCancelled() throws IOException {
    Injection injection = relay.inject(new Fault.NeverAnswers(), Cue.nextConnection());
    try (RawClient client = RawClient.asking(relay)) {
      assertThat(client.hearsNothing()).isTrue();
      expectFired(injection);
      assertThat(relay.ledger().streams()).isEmpty();

      injection.cancel();

      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      append(1);
      expectFrame(client, 1);
      client.send(Opcode.PING, (byte) 7);
      assertThat(client.readFrame()).isEqualTo(new Frame(0x8a, Bytes.of(new byte[] {7})));
    }
  }

  @Test
  void hearsOfAClientThatLeavesBeforeTheAnswer() throws IOException {
    Injection injection = relay.inject(new Fault.NeverAnswers(), Cue.everyConnection());
    RawClient.asking(relay).close();
    await()
        .atMost(LIMIT)
        .until(() ->
            relay.ledger().attempts().stream()
                .anyMatch(attempt -> attempt.closedNanos().isPresent()));
    RawClient.asking(relay).close();
    await().atMost(LIMIT).until(() -> injection.fired() == 2);
  }

  @Test
  void answersWithHeadersThatDoNotEnd() throws IOException {
    Injection injection =
        relay.inject(new Fault.EndlessHeaders(Duration.ZERO), Cue.nextConnection());
    try (RawClient client = RawClient.asking(relay)) {
      String head = client.readText(200_000);
      assertThat(head).startsWith("HTTP/1.1 101 ").contains("\r\nX-A: ").doesNotContain("\r\n\r\n");
      expectFired(injection);

      injection.cancel();
      append(1);

      assertThat(client.readHead()).endsWith("\r\n\r\n");
      expectFrame(client, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 400, 401, 404, 429, 502, 503})
  void answersByAStatus(int status) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Retry-After", "7");
    headers.put("Location", "ws://example.invalid/");
    Injection injection = relay.inject(new Fault.Answers(status, headers), Cue.nextConnection());
    try (RawClient client = RawClient.asking(relay)) {
      assertThat(new String(client.readToEnd(), StandardCharsets.US_ASCII))
          .isEqualTo(
              "HTTP/1.1 "
                  + status
                  + " Fault\r\nRetry-After: 7\r\nLocation: ws://example.invalid/\r\n"
                  + "Content-Length: 0\r\n\r\n");
      expectFired(injection);
      assertThat(relay.ledger().refusals())
          .extracting(Ledger.Refusal::status)
          .containsExactly(status);
    }
    expectWellBehaved();
  }

  @Test
  void refusesSoOftenAsItIsInjected() throws IOException {
    Injection first = relay.inject(Fault.Answers.of(502), Cue.nextConnection());
    Injection second = relay.inject(Fault.Answers.of(503), Cue.nextConnection());
    try (RawClient one = RawClient.asking(relay)) {
      assertThat(one.readHead()).startsWith("HTTP/1.1 502 ");
      assertThat(second.fired()).isZero();
    }
    try (RawClient two = RawClient.asking(relay)) {
      assertThat(two.readHead()).startsWith("HTTP/1.1 503 ");
    }
    expectFired(first);
    expectFired(second);
    expectWellBehaved();
    assertThat(relay.ledger().attempts())
        .extracting(Ledger.Attempt::faults)
        .extracting(List::size)
        .containsExactly(1, 1, 0);
    assertThat(relay.ledger().maxOpen()).isEqualTo(1);
  }

  @Test
  void refusesEveryConnectionUntilItIsCancelled() throws IOException {
    Injection injection = relay.inject(Fault.Answers.tooMany(7), Cue.everyConnection());
    for (int i = 1; i <= 3; i++) {
      try (RawClient client = RawClient.asking(relay)) {
        assertThat(client.readHead()).startsWith("HTTP/1.1 429 ").contains("Retry-After: 7\r\n");
        assertThat(injection.fired()).isEqualTo(i);
      }
    }
    injection.cancel();
    expectWellBehaved();
    assertThat(injection.fired()).isEqualTo(3);
  }

  // Silence

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fallsSilentAfterTheNthFrame(boolean answersPings) throws IOException {
    Injection injection = relay.inject(new Fault.FallsSilent(answersPings), Cue.afterFrames(2));
    append(1, 2, 3);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      expectFrame(client, 2);
      assertThat(client.hearsNothing()).isTrue();
      expectFired(injection);
      client.send(Opcode.PING, (byte) 7);
      if (answersPings) {
        assertThat(client.readFrame()).isEqualTo(new Frame(0x8a, Bytes.of(new byte[] {7})));
      }
      assertThat(client.hearsNothing()).isTrue();

      injection.cancel();

      expectFrame(client, 3);
    }
  }

  @Test
  void fallsSilentOnAStreamThatWaits() throws IOException, InterruptedException {
    try (RawClient client = RawClient.upgraded(relay)) {
      append(1);
      expectFrame(client, 1);
      Injection injection = relay.inject(new Fault.FallsSilent(true), Cue.now());
      assertThat(injection.awaitFired(1, LIMIT)).isTrue();
      append(2);
      assertThat(client.hearsNothing()).isTrue();
    }
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    assertThat(relay.ledger().streams().getFirst().ending()).hasValue(Ending.CLIENT_VANISHED);
  }

  @Test
  void onlyPings() throws IOException {
    Injection injection = relay.inject(new Fault.OnlyPings(MOMENT), Cue.nextConnection());
    append(1);
    try (RawClient client = RawClient.upgraded(relay)) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.readFrame()).isEqualTo(new Frame(0x89, Bytes.of(new byte[0])));
      }
      expectFired(injection);
      injection.cancel();
      Frame frame = client.readFrame();
      while (frame.first() == 0x89) {
        frame = client.readFrame();
      }
      assertThat(frame).isEqualTo(Frame.binary(bytes(1)));
    }
  }

  @Test
  void goesMuteEvenToAClose() throws IOException {
    Injection injection = relay.inject(new Fault.GoesMute(), Cue.nextConnection().withFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      // Before it is mute it answers.
      expectFired(injection);
      client.send(Opcode.PING);
      client.send(Opcode.CLOSE);
      client.fin();
      assertThat(client.hearsNothing()).isTrue();

      // The ledger knows, and the wire does not.
      await()
          .atMost(LIMIT)
          .until(() -> relay.ledger().attempts().getFirst().closedNanos().isPresent());
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
      assertThat(client.hearsNothing()).isTrue();

      injection.cancel();
      byte[] _ = client.readToEnd();
    }
    expectWellBehaved();
  }

  @Test
  void aMuteRelayEndsTheConnectionWhenItCloses() throws IOException {
    Injection injection = relay.inject(new Fault.GoesMute(), Cue.nextConnection());
    try (RawClient client = RawClient.upgraded(relay)) {
      assertThat(client.hearsNothing()).isTrue();
      expectFired(injection);
      relay.dropConnections();
      assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void showsWhatItHeldBackOnceItIsCancelled() throws IOException {
    Injection injection = relay.inject(new Fault.GoesMute(), Cue.afterFrames(1));
    append(1, 2, 3);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      expectFired(injection);
      client.send(Opcode.PING, (byte) 1);
      assertThat(client.hearsNothing()).isTrue();
      injection.cancel();
      expectFrame(client, 2);
      expectFrame(client, 3);
      client.send(Opcode.PING, (byte) 2);
      assertThat(client.readFrame()).isEqualTo(new Frame(0x8a, Bytes.of(new byte[] {2})));
    }
  }

  // Slowness

  @Test
  void tricklesOneFrameEach() throws IOException {
    Injection injection =
        relay.inject(new Fault.Trickles(Duration.ofDays(1)), Cue.nextConnection());
    append(1, 2, 3);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      expectFired(injection);
      assertThat(client.hearsNothing()).isTrue();
      injection.cancel();
      expectFrame(client, 2);
      expectFrame(client, 3);
    }
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    assertThat(relay.ledger().streams().getFirst().frames()).isEqualTo(3);
  }

  @Test
  void dripsOneFrameAndNothingBetweenItsPieces() throws IOException {
    Injection injection = relay.inject(new Fault.DripsBytes(10, MOMENT), Cue.nextConnection());
    byte[] large = new byte[1_000];
    Arrays.fill(large, (byte) 9);
    log.append(1, large);
    append(2);
    try (RawClient client = RawClient.upgraded(relay)) {
      assertThat(client.readFrameHead()).isEqualTo(new Head(0x82, 1_000));
      expectFired(injection);
      // In the middle of the frame: before it a pong would have every right to come first.
      client.send(Opcode.PING, (byte) 7);
      assertThat(client.readText(1_000)).isEqualTo("\t".repeat(1_000));
      assertThat(List.of(client.readFrame(), client.readFrame()))
          .containsExactlyInAnyOrder(
              Frame.binary(bytes(2)), new Frame(0x8a, Bytes.of(new byte[] {7})));
    }
  }

  @Test
  void aDripHoldsUntilItIsCancelled() throws IOException {
    Injection injection =
        relay.inject(new Fault.DripsBytes(10, Duration.ofDays(1)), Cue.nextConnection());
    log.append(1, new byte[100]);
    try (RawClient client = RawClient.upgraded(relay)) {
      assertThat(client.readFrameHead()).isEqualTo(new Head(0x82, 100));
      String first = client.readText(8);
      assertThat(client.hearsNothing()).isTrue();
      injection.cancel();
      assertThat(first + client.readText(92)).isEqualTo("\0".repeat(100));
    }
  }

  // Ends

  @Test
  void refusesByAnErrorFrameAndCloses() throws IOException {
    Injection injection = relay.inject(new Fault.Refuses("ConsumerTooSlow"), Cue.afterFrames(1));
    append(1);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readFrame())
          .isEqualTo(
              new Frame(0x82, Bytes.of(FrameWriter.error("ConsumerTooSlow", Optional.empty()))));
      Frame close = client.readFrame();
      assertThat(close.first()).isEqualTo(0x88);
      assertThat(close.payload().toArray()).startsWith(1008 >> 8, 1008 & 0xff);
      expectFired(injection);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1005, 1008, 1011, 1012, 1013, 3000, 4999, 0, 65_535})
  void closesWithACode(int code) throws IOException {
    Injection injection = relay.inject(new Fault.Closes(code), Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readFrame())
          .isEqualTo(new Frame(0x88, Bytes.of(new byte[] {(byte) (code >>> 8), (byte) code})));
      expectFired(injection);
      client.send(Opcode.CLOSE, (byte) (code >>> 8), (byte) code);
      assertThat(client.readToEnd()).isEmpty();
    }
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    Ledger.Stream stream = relay.ledger().streams().getFirst();
    assertThat(stream.ending()).hasValue(Ending.FAULT);
    assertThat(stream.faults()).containsExactly(new Fault.Closes(code));
    assertThat(stream.frames()).isEqualTo(1);
  }

  @Test
  void finsBetweenFrames() throws IOException {
    Injection injection = relay.inject(new Fault.Fins(false), Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readToEnd()).isEmpty();
      expectFired(injection);
      assertThat(relay.ledger().attempts().getFirst().closedNanos()).isPresent();
    }
    expectWellBehaved();
  }

  @Test
  void finsInMidFrame() throws IOException {
    Injection injection = relay.inject(new Fault.Fins(true), Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      byte[] half = client.readToEnd();
      assertThat(half).isEqualTo(Arrays.copyOf(wire(2), wire(2).length / 2));
      expectFired(injection);
      assertThat(relay.ledger().streams().getFirst().frames()).isEqualTo(1);
    }
    try (RawClient again = RawClient.upgraded(relay)) {
      expectFrame(again, 1);
      expectFrame(again, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resets(boolean midFrame) throws IOException {
    Injection injection = relay.inject(new Fault.Resets(midFrame), Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      if (midFrame) {
        assertThat(client.readFrameHead()).isEqualTo(new Head(0x82, bytes(2).length));
        assertThat(client.readText(wire(2).length / 2 - 2)).isEqualTo("fr");
      }
      assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
      expectFired(injection);
    }
    expectWellBehaved();
  }

  @Test
  void endsEveryConnectionAfterOneFrame() throws IOException {
    Injection injection = relay.inject(new Fault.Fins(false), Cue.everyConnection().withFrames(1));
    append(1, 2);
    for (int i = 1; i <= 3; i++) {
      try (RawClient client = RawClient.upgraded(relay)) {
        expectFrame(client, 1);
        assertThat(client.readToEnd()).isEmpty();
        assertThat(injection.fired()).isEqualTo(i);
      }
    }
    assertThat(relay.ledger().maxOpen()).isEqualTo(1);
    assertThat(relay.ledger().attempts()).hasSize(3);
  }

  // Messages

  @Test
  void sendsText() throws IOException {
    expectOnTheWire(
        new Fault.Text("hé"), new Frame(0x81, Bytes.of("hé".getBytes(StandardCharsets.UTF_8))));
  }

  @ParameterizedTest
  @EnumSource
  void sendsEveryMalformedMessage(Malformed malformed) throws IOException {
    expectOnTheWire(malformed.fault(77), Frame.binary(malformed.message(77)));
  }

  @Test
  void writesWhatIsNoFrame() throws IOException {
    byte[] masked = {(byte) 0x82, (byte) 0x81, 1, 2, 3, 4, 5};
    Injection injection = relay.inject(new Fault.Writes(Bytes.of(masked)), Cue.nextConnection());
    try (RawClient client = RawClient.upgraded(relay)) {
      assertThat(client.readText(masked.length))
          .isEqualTo(new String(masked, StandardCharsets.US_ASCII));
      expectFired(injection);
    }
  }

  @Test
  void marksAMessageAsCompressed() throws IOException, DataFormatException {
    byte[] zeros = new byte[1_000_000];
    Injection injection = relay.inject(new Fault.Compressed(Bytes.of(zeros)), Cue.nextConnection());
    try (RawClient client = RawClient.upgraded(relay)) {
      Frame frame = client.readFrame();
      expectFired(injection);
      assertThat(frame.first()).isEqualTo(0xc2);
      assertThat(frame.payload().length()).isLessThan(2_000);
      byte[] tail = {0, 0, (byte) 0xff, (byte) 0xff};
      byte[] whole = Arrays.copyOf(frame.payload().toArray(), frame.payload().length() + 4);
      System.arraycopy(tail, 0, whole, frame.payload().length(), 4);
      try (Inflater inflater = new Inflater(true)) {
        inflater.setInput(whole);
        byte[] inflated = new byte[zeros.length + 1];
        assertThat(inflater.inflate(inflated)).isEqualTo(zeros.length);
        assertThat(Arrays.copyOf(inflated, zeros.length)).isEqualTo(zeros);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 31) - 16, 5_050_001, Long.MAX_VALUE, Long.MIN_VALUE, 0})
  void declaresALengthAndSendsNothing(long length) throws IOException {
    Injection injection = relay.inject(new Fault.DeclaresLength(length), Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readFrameHead()).isEqualTo(new Head(0x82, length));
      expectFired(injection);
      client.send(Opcode.PING);
      assertThat(client.hearsNothing()).isTrue();

      injection.cancel();

      assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
    }
    expectWellBehaved();
  }

  @Test
  void letsAClientGoThatWasToldAFalseLength() throws IOException {
    Injection injection =
        relay.inject(new Fault.DeclaresLength(Long.MAX_VALUE), Cue.nextConnection());
    try (RawClient client = RawClient.upgraded(relay)) {
      Head _ = client.readFrameHead();
      client.send(Opcode.CLOSE, (byte) (1009 >>> 8), (byte) (1009 & 0xff));
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    }
    expectFired(injection);
    assertThat(relay.ledger().streams().getFirst().ending()).hasValue(Ending.CLIENT_CLOSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20_000})
  void floodsFragmentsToAnEnd(int bytesEach) throws IOException {
    int count = 9_000;
    Injection injection =
        relay.inject(new Fault.FloodsFragments(count, bytesEach), Cue.nextConnection());
    append(1);
    try (RawClient client = RawClient.upgraded(relay)) {
      for (int i = 0; i < count; i++) {
        assertThat(client.readFrame())
            .isEqualTo(
                new Frame(
                    i == 0 ? 0x02 : i == count - 1 ? 0x80 : 0x00, Bytes.of(new byte[bytesEach])));
      }
      expectFired(injection);
      expectFrame(client, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65_536})
  void floodsFragmentsWithoutAnEnd(int bytesEach) throws IOException {
    Injection injection =
        relay.inject(
            new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, bytesEach),
            Cue.nextConnection());
    append(1);
    try (RawClient client = RawClient.upgraded(relay)) {
      Head expected = new Head(0x02, bytesEach);
      for (int i = 0; i < 2_000; i++) {
        Frame frame = client.readFrame();
        assertThat(new Head(frame.first(), frame.payload().length())).isEqualTo(expected);
        expected = new Head(0x00, bytesEach);
      }
      expectFired(injection);
      injection.cancel();
      Frame frame = client.readFrame();
      while (frame.first() == 0x00) {
        frame = client.readFrame();
      }
      assertThat(frame.first()).isEqualTo(0x80);
      expectFrame(client, 1);
    }
  }

  // Numbers

  @Test
  void repeatsItsLastFrames() throws IOException {
    Injection injection = relay.inject(new Fault.RepeatsWindow(3), Cue.afterFrames(5));
    append(1, 2, 3, 4, 5, 6);
    try (RawClient client = RawClient.upgraded(relay)) {
      for (long seq : new long[] {1, 2, 3, 4, 5, 3, 4, 5, 6}) {
        expectFrame(client, seq);
      }
      expectFired(injection);
      Ledger.Stream stream = relay.ledger().streams().getFirst();
      assertThat(stream.repeated()).isEqualTo(3);
      assertThat(stream.frames()).isEqualTo(6);
    }
  }

  @Test
  void repeatsNoMoreThanItsStreamHasShown() throws IOException {
    append(1, 2);
    try (RawClient client = RawClient.connect(relay)) {
      client.ask("?cursor=1");
      String _ = client.readHead();
      expectFrame(client, 2);
      Injection injection = relay.inject(new Fault.RepeatsWindow(500), Cue.now());
      expectFrame(client, 2);
      append(3);
      expectFrame(client, 3);
      expectFired(injection);
    }
  }

  @Test
  void skipsFrames() throws IOException {
    Injection injection = relay.inject(new Fault.SkipsFrames(2), Cue.afterFrames(1));
    append(1, 2, 3, 4);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      expectFrame(client, 4);
      expectFired(injection);
      assertThat(relay.ledger().streams().getFirst().passedOver()).isEqualTo(2);
    }
  }

  @Test
  void switchesToAnotherLogInMidStream() throws IOException {
    append(1_000, 1_001);
    try (FrameLog lower = FrameLog.open(directory.resolve("lower"));
        RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1_000);
      expectFrame(client, 1_001);
      lower.append(1, bytes(1));

      relay.switchTo(lower);
      lower.append(2, bytes(2));
      append(1_002);
      lower.append(3, bytes(3));

      expectFrame(client, 2);
      expectFrame(client, 3);
      try (RawClient other = RawClient.upgraded(relay)) {
        expectFrame(other, 1);
      }
      relay.close();
    }
  }

  // Cues

  @Test
  void commitsInTheOrderInjected() throws IOException {
    Injection first = relay.inject(new Fault.Text("a"), Cue.nextConnection());
    Injection second = relay.inject(new Fault.Text("b"), Cue.everyConnection());
    Injection third = relay.inject(new Fault.Text("c"), Cue.now());
    try (RawClient client = RawClient.upgraded(relay)) {
      assertThat(client.readFrame().payload()).isEqualTo(Bytes.of(new byte[] {'a'}));
      assertThat(client.readFrame().payload()).isEqualTo(Bytes.of(new byte[] {'b'}));
      assertThat(client.readFrame().payload()).isEqualTo(Bytes.of(new byte[] {'c'}));
    }
    expectFired(first);
    expectFired(second);
    expectFired(third);
    assertThat(relay.ledger().streams().getFirst().faults())
        .containsExactly(first.fault(), second.fault(), third.fault());
    assertThat(relay.ledger().streams().getFirst().attempt()).isEqualTo(1);
  }

  @Test
  void waitsForTheNextConnectionWhereOneEndsTooSoon() throws IOException {
    Injection injection = relay.inject(new Fault.Fins(true), Cue.nextConnection().withFrames(1));
    append(1);
    try (RawClient early = RawClient.upgraded(relay)) {
      // It waits for a second frame, to break off in.
      expectFrame(early, 1);
    }
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    assertThat(injection.fired()).isZero();
    append(2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readToEnd()).hasSize(wire(2).length / 2);
      expectFired(injection);
    }
  }

  @Test
  void commitsBeforeAFrameThatIsAppendedLater() throws IOException {
    try (RawClient client = RawClient.upgraded(relay)) {
      for (int seq = 1; seq <= 50; seq++) {
        Injection injection = relay.inject(new Fault.Text("a"), Cue.now());
        append(seq);
        assertThat(client.readFrame().first()).as("before frame %d", seq).isEqualTo(0x81);
        expectFrame(client, seq);
        expectFired(injection);
      }
    }
  }

  @Test
  void aNextConnectionIsNoneThatIsOpen() throws IOException {
    try (RawClient open = RawClient.upgraded(relay)) {
      Injection injection = relay.inject(new Fault.Text("a"), Cue.nextConnection());
      append(1);
      expectFrame(open, 1);
      assertThat(injection.fired()).isZero();
      assertThat(injection.firstFiredNanos()).isEmpty();
    }
  }

  @Test
  void commitsNothingThatWasCancelledBefore() throws IOException {
    Injection injection = relay.inject(new Fault.Text("a"), Cue.nextConnection());
    injection.cancel();
    append(1);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
    }
    assertThat(injection.cancelled()).isTrue();
    assertThat(injection.fired()).isZero();
  }

  @Test
  void refusesAHandshakeFaultOnAStream() {
    assertThatThrownBy(() -> relay.inject(new Fault.NeverAnswers(), Cue.now()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the cue of a connection");
    assertThatThrownBy(
            () -> relay.inject(new Fault.NeverAnswers(), Cue.nextConnection().withFrames(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // The ledger and the settings

  @Test
  void listsAttemptsWithTheirCursors() throws IOException {
    try (RawClient silent = RawClient.connect(relay)) {
      await().atMost(LIMIT).until(() -> relay.ledger().accepted() == 1);
      silent.fin();
      assertThat(silent.readToEnd()).isEmpty();
    }
    append(1, 2);
    try (RawClient client = RawClient.connect(relay)) {
      client.ask("?cursor=1");
      String _ = client.readHead();
      expectFrame(client, 2);
    }
    assertThat(relay.ledger().attempts())
        .extracting(Ledger.Attempt::number)
        .containsExactly(1L, 2L);
    assertThat(relay.ledger().attempts())
        .extracting(Ledger.Attempt::requested)
        .containsExactly(false, true);
    assertThat(relay.ledger().attempts().get(1).cursor()).hasValue(1);
    assertThat(relay.ledger().attempts().get(1).acceptedNanos())
        .isGreaterThan(relay.ledger().attempts().get(0).acceptedNanos());
    assertThat(relay.ledger().maxOpen()).isEqualTo(1);
  }

  @Test
  void countsConnectionsThatAreOpenAtOnce() throws IOException {
    try (RawClient one = RawClient.upgraded(relay);
        RawClient two = RawClient.upgraded(relay)) {
      append(1);
      expectFrame(one, 1);
      expectFrame(two, 1);
      assertThat(relay.ledger().maxOpen()).isEqualTo(2);
    }
  }

  @Test
  void saysNothingOfCursorsWhereItIsSoSet() throws IOException {
    try (FrameLog small = FrameLog.open(directory.resolve("small"), 1_000);
        Relay wordless = Relay.start(RelaySettings.DEFAULT.withCursorNotices(false), small)) {
      for (int seq = 1; seq <= 100; seq++) {
        small.append(seq, new byte[100]);
      }
      try (RawClient old = RawClient.connect(wordless);
          RawClient ahead = RawClient.connect(wordless)) {
        old.ask("?cursor=1");
        String _ = old.readHead();
        assertThat(old.readFrame()).isEqualTo(Frame.binary(new byte[100]));

        ahead.ask("?cursor=5000");
        String _ = ahead.readHead();
        assertThat(ahead.hearsNothing()).isTrue();
        small.append(101, bytes(101));
        expectFrame(ahead, 101);
      }
      assertThat(wordless.ledger().streams())
          .allSatisfy(stream -> assertThat(stream.notices()).isEmpty());
    }
  }

  private void expectOnTheWire(Fault fault, Frame expected) throws IOException {
    Injection injection = relay.inject(fault, Cue.afterFrames(1));
    append(1, 2);
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
      assertThat(client.readFrame()).isEqualTo(expected);
      expectFrame(client, 2);
      expectFired(injection);
    }
  }

  /** The relay writes a frame before it fires what comes after that frame. */
  private static void expectFired(Injection injection) {
    await().pollDelay(Duration.ZERO).atMost(LIMIT).until(() -> injection.fired() == 1);
    assertThat(injection.firstFiredNanos()).isPresent();
  }

  /** A client that comes after the fault finds a relay that does well. */
  private void expectWellBehaved() throws IOException {
    if (log.lastSeq() == 0) {
      append(1);
    }
    try (RawClient client = RawClient.upgraded(relay)) {
      expectFrame(client, 1);
    } catch (EOFException e) {
      throw new AssertionError("the fault is committed still", e);
    }
  }

  private void append(long... seqs) throws IOException {
    for (long seq : seqs) {
      log.append(seq, bytes(seq));
    }
  }

  private static void expectFrame(RawClient client, long seq) throws IOException {
    assertThat(client.readFrame()).isEqualTo(Frame.binary(bytes(seq)));
  }

  private static byte[] bytes(long seq) {
    return ("frame " + seq).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] wire(long seq) {
    byte[] payload = bytes(seq);
    byte[] wire = new byte[2 + payload.length];
    wire[0] = (byte) 0x82;
    wire[1] = (byte) payload.length;
    System.arraycopy(payload, 0, wire, 2, payload.length);
    return wire;
  }
}
