package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class RelayTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static List<RecordedFrame> frames = List.of();

  @TempDir Path directory;

  @BeforeAll
  static void readRecording() throws IOException {
    frames = Recording.bundled().frames();
  }

  @Test
  void playsEveryFrameByteForByteInOrder() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.live(relay)) {
      // Given
      awaitStreams(relay, 1);

      // When
      try (Player player = Player.start(Recording.bundled(), log, new Pace.AsFastAsPossible())) {
        assertThat(player.awaitEnd(LIMIT)).isTrue();
      }

      // Then
      assertThat(client.awaitMessages(frames.size())).isEqualTo(bytesOf(frames));
      Ledger.Stream stream = relay.ledger().streams().getFirst();
      assertThat(stream.cursor()).isEmpty();
      assertThat(stream.frames()).isEqualTo(frames.size());
      assertThat(stream.firstSeq()).hasValue(frames.getFirst().seq());
      assertThat(stream.lastSeq()).hasValue(frames.getLast().seq());
      assertThat(stream.ending()).isEmpty();
    }
  }

  @Test
  void tellsOfEachFrameBeforeItIsWritten() throws IOException {
    List<Long> told = new CopyOnWriteArrayList<>();
    AtomicLong clock = new AtomicLong();
    try (FrameLog log = filled(100);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log, clock::incrementAndGet)) {
      List<Long> times = new CopyOnWriteArrayList<>();
      relay
          .ledger()
          .tell((seq, nanos) -> {
            told.add(seq);
            times.add(nanos);
          });
      try (TestClient client = TestClient.after(relay, frames.get(40).seq())) {
        assertThat(client.awaitMessages(59)).hasSize(59);
        assertThat(told)
            .isEqualTo(frames.subList(41, 100).stream().map(RecordedFrame::seq).toList());
        assertThat(times).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void resumesAfterTheCursor() throws IOException {
    try (FrameLog log = filled(100);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient exclusive = TestClient.after(relay, frames.get(40).seq());
        TestClient all = TestClient.after(relay, 0)) {
      assertThat(exclusive.awaitMessages(59)).isEqualTo(bytesOf(frames.subList(41, 100)));
      assertThat(all.awaitMessages(100)).isEqualTo(bytesOf(frames.subList(0, 100)));
      assertThat(relay.ledger().maxOpen()).isEqualTo(2);
    }
  }

  @Test
  void resumesWithTheCursorWhereThatIsTheRule() throws IOException {
    RelaySettings inclusive = RelaySettings.DEFAULT.withCursorRule(CursorRule.INCLUSIVE);
    try (FrameLog log = filled(100);
        Relay relay = Relay.start(inclusive, log);
        TestClient client = TestClient.after(relay, frames.get(40).seq())) {
      assertThat(client.awaitMessages(60)).isEqualTo(bytesOf(frames.subList(40, 100)));
    }
  }

  @Test
  void beginsAtTheLiveTipWithoutACursor() throws IOException {
    try (FrameLog log = filled(100);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.live(relay)) {
      // Given
      awaitStreams(relay, 1);

      // When
      append(log, 100, 103);

      // Then
      assertThat(client.awaitMessages(3)).isEqualTo(bytesOf(frames.subList(100, 103)));
    }
  }

  @Test
  void goesOnLiveAfterWhatItHeld() throws IOException {
    try (FrameLog log = filled(10);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.after(relay, frames.get(9).seq())) {
      awaitStreams(relay, 1);
      append(log, 10, 12);
      assertThat(client.awaitMessages(2)).isEqualTo(bytesOf(frames.subList(10, 12)));
    }
  }

  @Test
  void refusesACursorBeyondTheStream() throws IOException, MalformedDataException {
    try (FrameLog log = filled(10);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.after(relay, log.lastSeq() + 1)) {
      // When
      client.awaitOver();

      // Then
      assertThat(client.messages()).hasSize(1);
      FrameScan error = FrameScan.of(client.messages().getFirst().toArray());
      assertThat(error.kind()).isEqualTo(FrameKind.ERROR);
      assertThat(error.name()).hasValue("FutureCursor");
      assertThat(client.closeCode()).hasValue(1008);
      Ledger.Stream stream = awaitEnded(relay);
      assertThat(stream.ending()).hasValue(Ending.FUTURE_CURSOR);
      assertThat(stream.notices()).containsExactly("FutureCursor");
      assertThat(stream.frames()).isZero();
    }
  }

  @Test
  void saysThatTheCursorIsOutdatedAndShowsAllThatIsHeld()
      throws IOException, MalformedDataException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory, 50_000)) {
      append(log, 0, 300);
      long oldest = log.oldestSeq().orElseThrow();
      List<RecordedFrame> held =
          frames.subList(0, 300).stream().filter(frame -> frame.seq() >= oldest).toList();
      assertThat(held).hasSizeBetween(5, 200);

      try (Relay relay = Relay.start(RelaySettings.DEFAULT, log);
          TestClient old = TestClient.after(relay, frames.getFirst().seq());
          TestClient edge = TestClient.after(relay, log.droppedThrough());
          TestClient zero = TestClient.after(relay, 0)) {
        // Then
        List<Bytes> messages = old.awaitMessages(held.size() + 1);
        FrameScan info = FrameScan.of(messages.getFirst().toArray());
        assertThat(info.kind()).isEqualTo(FrameKind.INFO);
        assertThat(info.name()).hasValue("OutdatedCursor");
        assertThat(messages.subList(1, messages.size())).isEqualTo(bytesOf(held));
        // The last cursor that misses nothing, and the one that asks for whatever there is.
        assertThat(edge.awaitMessages(held.size())).isEqualTo(bytesOf(held));
        assertThat(zero.awaitMessages(held.size())).isEqualTo(bytesOf(held));
      }
    }
  }

  @Test
  void goesOnAfterARestartOnAnotherPort() throws IOException, InterruptedException {
    // Given
    try (FrameLog log = FrameLog.open(directory)) {
      Relay relay = Relay.start(RelaySettings.DEFAULT, log);
      try (TestClient client = TestClient.after(relay, 0)) {
        append(log, 0, 50);
        client.awaitMessages(50);
        relay.close();
        client.awaitOver();
      }
      assertThat(awaitEnded(relay).ending()).hasValue(Ending.RELAY_CLOSED);
    }

    // When
    try (FrameLog log = FrameLog.open(directory);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        Player player = Player.start(Recording.bundled(), log, new Pace.AsFastAsPossible());
        TestClient client = TestClient.after(relay, frames.get(29).seq())) {
      // Then
      assertThat(log.starts()).isEqualTo(2);
      assertThat(player.awaitEnd(LIMIT)).isTrue();
      assertThat(client.awaitMessages(frames.size() - 30))
          .isEqualTo(bytesOf(frames.subList(30, frames.size())));
    }
  }

  @Test
  void survivesClientsThatVanish() throws IOException {
    try (FrameLog log = filled(100);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log)) {
      // Given
      for (int i = 0; i < 5; i++) {
        try (TestClient client = TestClient.after(relay, 0)) {
          client.awaitMessages(100);
        }
      }

      // When
      append(log, 100, 110);

      // Then
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
      assertThat(relay.ledger().streams())
          .hasSize(5)
          .allSatisfy(stream -> {
            assertThat(stream.ending()).hasValue(Ending.CLIENT_VANISHED);
            assertThat(stream.closedNanos()).isPresent();
          });
      try (TestClient client = TestClient.after(relay, 0)) {
        assertThat(client.awaitMessages(110)).isEqualTo(bytesOf(frames.subList(0, 110)));
      }
    }
  }

  @Test
  void answersACloseOfTheClient() throws IOException {
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.after(relay, 0)) {
      client.awaitMessages(1);

      client.socket().sendClose(WebSocket.NORMAL_CLOSURE, "enough").join();

      client.awaitOver();
      assertThat(client.closeCode()).hasValue(1000);
      assertThat(awaitEnded(relay).ending()).hasValue(Ending.CLIENT_CLOSED);
    }
  }

  @Test
  void dropsAClientThatStopsReadingAndKeepsTheOthers() throws IOException, InterruptedException {
    RelaySettings hasty = RelaySettings.DEFAULT.withWriteDeadline(Duration.ofSeconds(4));
    try (FrameLog log = FrameLog.open(directory);
        Relay relay = Relay.start(hasty, log);
        TestClient deaf = TestClient.deaf(relay, 0);
        TestClient client = TestClient.after(relay, 0)) {
      // Given
      awaitStreams(relay, 2);

      // When: more than any socket buffers
      byte[] large = new byte[4_000_000];
      for (int seq = 1; seq <= 12; seq++) {
        log.append(seq, large);
      }

      // Then
      assertThat(client.awaitMessages(12))
          .allSatisfy(message -> assertThat(message.length()).isEqualTo(large.length));
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
      Ledger.Stream dropped =
          relay.ledger().streams().stream().filter(s -> s.ending().isPresent()).toList().getFirst();
      assertThat(dropped.ending()).hasValue(Ending.WRITE_DEADLINE);
      assertThat(dropped.frames()).isLessThan(12);
      assertThat(deaf.messages()).isEmpty();
    }
  }

  @Test
  void tellsAClientThatItWasOvertaken()
      throws IOException, InterruptedException, MalformedDataException {
    // The client never answers the close: it is waited for this long.
    RelaySettings curt = RelaySettings.DEFAULT.withUpgradeDeadline(Duration.ofSeconds(1));
    try (FrameLog log = FrameLog.open(directory, 1_000_000);
        Relay relay = Relay.start(curt, log);
        Socket client = request(relay, upgrade("?cursor=0"))) {
      // Given a client that reads nothing for now
      awaitStreams(relay, 1);
      long seq = 0;
      byte[] large = new byte[1_000_000];
      while (relay.ledger().streams().getFirst().frames() + 20 > seq) {
        log.append(++seq, large);
      }

      // When it reads again
      byte[] all = client.getInputStream().readAllBytes();

      // Then
      Ledger.Stream stream = awaitEnded(relay);
      assertThat(stream.ending()).hasValue(Ending.CONSUMER_TOO_SLOW);
      assertThat(stream.frames()).isLessThan(seq);
      byte[] error = Notice.CONSUMER_TOO_SLOW.frame();
      assertThat(FrameScan.of(error).kind()).isEqualTo(FrameKind.ERROR);
      assertThat(new String(all, StandardCharsets.ISO_8859_1))
          .contains(new String(error, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void tellsAClientThatFellBehindThatItIsTooSlowThoughAllIsHeld()
      throws IOException, InterruptedException {
    RelaySettings curt =
        RelaySettings.DEFAULT
            .withUpgradeDeadline(Duration.ofSeconds(1))
            .withConsumerBytes(3_000_000);
    try (FrameLog log = FrameLog.open(directory, 1_000_000_000);
        Relay relay = Relay.start(curt, log);
        Socket client = request(relay, upgrade("?cursor=0"))) {
      awaitStreams(relay, 1);
      long seq = 0;
      byte[] large = new byte[1_000_000];
      while (relay.ledger().streams().getFirst().frames() + 20 > seq) {
        log.append(++seq, large);
      }

      // When it reads again
      byte[] all = client.getInputStream().readAllBytes();

      // Then
      Ledger.Stream stream = awaitEnded(relay);
      assertThat(log.droppedThrough()).isZero();
      assertThat(stream.ending()).hasValue(Ending.CONSUMER_TOO_SLOW);
      assertThat(stream.frames()).isLessThan(seq);
      assertThat(new String(all, StandardCharsets.ISO_8859_1))
          .contains(new String(Notice.CONSUMER_TOO_SLOW.frame(), StandardCharsets.ISO_8859_1));
      // And it is no matter how far behind somebody begins.
      try (TestClient next = TestClient.after(relay, 0)) {
        next.awaitMessages((int) seq);
      }
    }
  }

  @Test
  void pingsWhenNothingWasSaidAndAnswersPings() throws IOException {
    RelaySettings chatty = RelaySettings.DEFAULT.withPingAfter(Duration.ofMillis(20));
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(chatty, log);
        TestClient client = TestClient.live(relay)) {
      // When
      client.socket().sendPing(ByteBuffer.wrap(new byte[125])).join();

      // Then
      await().atMost(LIMIT).until(() -> client.pings() >= 3);
      await().atMost(LIMIT).until(() -> client.pongBytes() == 125);
    }
  }

  @Test
  void passesOverWhatTheClientSays() throws IOException {
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.after(relay, 0)) {
      client.awaitMessages(1);

      client.socket().sendText("not for you", true).join();
      client.socket().sendBinary(ByteBuffer.wrap(new byte[100_000]), true).join();
      append(log, 1, 2);

      assertThat(client.awaitMessages(2)).isEqualTo(bytesOf(frames.subList(0, 2)));
    }
  }

  @Test
  void refusesFramesThatNoClientSends() throws IOException {
    byte[] unmasked = {(byte) 0x82, 1, 0};
    byte[] huge = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 1, 0, 0, 0, 0};
    byte[] longPing = {(byte) 0x89, (byte) 0xfe, 0, (byte) 200};
    byte[] reserved = {(byte) 0xc2, (byte) 0x80, 0, 0, 0, 0};
    byte[] unknown = {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0};
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log)) {
      assertThat(closeCodeAfter(relay, unmasked)).isEqualTo(1002);
      assertThat(closeCodeAfter(relay, huge)).isEqualTo(1009);
      assertThat(closeCodeAfter(relay, longPing)).isEqualTo(1002);
      assertThat(closeCodeAfter(relay, reserved)).isEqualTo(1002);
      assertThat(closeCodeAfter(relay, unknown)).isEqualTo(1002);
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
      assertThat(relay.ledger().streams())
          .allSatisfy(stream -> assertThat(stream.ending()).hasValue(Ending.CLIENT_MISBEHAVED));
    }
  }

  @Test
  void answersOtherRequestsByAnXrpcError() throws IOException {
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log)) {
      assertThat(answer(relay, "GET /xrpc/other HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 404 ")
          .contains("Content-Type: application/json")
          .contains("\"error\":\"XRPCNotSupported\"");
      assertThat(answer(relay, "GET " + Upgrade.PATH + " HTTP/1.1\r\nHost: x\r\n\r\n"))
          .startsWith("HTTP/1.1 426 ");
      assertThat(answer(relay, upgrade("").replace("GET", "POST"))).startsWith("HTTP/1.1 405 ");
      assertThat(answer(relay, upgrade("").replace("Version: 13", "Version: 8")))
          .startsWith("HTTP/1.1 426 ");
      for (String cursor : List.of("x", "", "-1", "1.5", "9007199254740992", "1&cursor=2")) {
        assertThat(answer(relay, upgrade("?cursor=" + cursor)))
            .startsWith("HTTP/1.1 400 ")
            .contains("\"error\":\"InvalidRequest\"");
      }
      assertThat(answer(relay, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
      assertThat(answer(relay, "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(2731)))
          .startsWith("HTTP/1.1 431 ");
      assertThat(relay.ledger().streams()).isEmpty();
      assertThat(relay.ledger().refusals())
          .extracting(Ledger.Refusal::status)
          .containsExactly(404, 426, 405, 426, 400, 400, 400, 400, 400, 400, 400, 431);
    }
  }

  @Test
  void endsARequestThatDoesNotCome() throws IOException {
    RelaySettings hasty = RelaySettings.DEFAULT.withUpgradeDeadline(Duration.ofMillis(200));
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(hasty, log);
        Socket client = request(relay, "GET / HTTP/1.1\r\nX: ")) {
      assertThatThrownBy(() -> client.getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
      assertThat(relay.ledger().refusals()).extracting(Ledger.Refusal::status).containsExactly(408);
    }
  }

  @Test
  void refusesMoreConnectionsThanItMayHave() throws IOException {
    RelaySettings one =
        new RelaySettings(
            0,
            CursorRule.EXCLUSIVE,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            1);
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(one, log);
        TestClient first = TestClient.after(relay, 0)) {
      first.awaitMessages(1);
      assertThatThrownBy(() -> TestClient.after(relay, 0).close())
          .isInstanceOf(CompletionException.class);
      assertThat(relay.ledger().refusals()).extracting(Ledger.Refusal::status).containsExactly(503);
    }
  }

  @Test
  void dropsItsConnectionsAndGoesOnListening() throws IOException {
    try (FrameLog log = filled(10);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient dropped = TestClient.after(relay, 0)) {
      dropped.awaitMessages(10);

      relay.dropConnections();

      dropped.awaitOver();
      assertThat(awaitEnded(relay).ending()).hasValue(Ending.RELAY_CLOSED);
      try (TestClient again = TestClient.after(relay, 0)) {
        again.awaitMessages(10);
      }
      assertThat(relay.ledger().opened()).isEqualTo(2);
      assertThat(relay.ledger().maxOpen()).isEqualTo(1);
    }
  }

  @Test
  void saysWhichPortIsTaken() throws IOException {
    try (FrameLog log = filled(1);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log)) {
      assertThatThrownBy(() -> Relay.start(RelaySettings.DEFAULT.withPort(relay.port()), log))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + relay.port());
    }
  }

  @Test
  void ledgerKeepsTheCursorAsked() throws IOException {
    try (FrameLog log = filled(10);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        TestClient client = TestClient.after(relay, frames.get(3).seq())) {
      client.awaitMessages(6);
      Ledger.Stream stream = relay.ledger().streams().getFirst();
      assertThat(stream.number()).isEqualTo(1);
      assertThat(stream.cursor()).isEqualTo(OptionalLong.of(frames.get(3).seq()));
      assertThat(stream.frames()).isEqualTo(6);
      assertThat(stream.firstSeq()).hasValue(frames.get(4).seq());
      assertThat(stream.lastSeq()).hasValue(frames.get(9).seq());
      assertThat(relay.ledger().open()).isEqualTo(1);
    }
  }

  private FrameLog filled(int count) throws IOException {
    FrameLog log = FrameLog.open(directory);
    append(log, 0, count);
    return log;
  }

  private static void append(FrameLog log, int from, int to) throws IOException {
    for (RecordedFrame frame : frames.subList(from, to)) {
      log.append(frame.seq(), frame.bytes().toArray());
    }
  }

  private static List<Bytes> bytesOf(List<RecordedFrame> some) {
    return some.stream().map(RecordedFrame::bytes).toList();
  }

  private static void awaitStreams(Relay relay, int count) {
    await().atMost(LIMIT).until(() -> relay.ledger().open() == count);
  }

  private static Ledger.Stream awaitEnded(Relay relay) {
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 0);
    return relay.ledger().streams().getLast();
  }

  private static String upgrade(String query) {
    return "GET "
        + Upgrade.PATH
        + query
        + " HTTP/1.1\r\nHost: x\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  }

  private static Socket request(Relay relay, String request) throws IOException {
    Socket socket = new Socket(InetAddress.getByAddress(LOOPBACK), relay.port());
    socket.setSoTimeout((int) LIMIT.toMillis());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static String answer(Relay relay, String request) throws IOException {
    try (Socket socket = request(relay, request)) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Upgrades at the live tip, sends the bytes, and reads up to the close. */
  private static int closeCodeAfter(Relay relay, byte[] sent) throws IOException {
    try (Socket socket = request(relay, upgrade(""))) {
      socket.getOutputStream().write(sent);
      byte[] all = socket.getInputStream().readAllBytes();
      String text = new String(all, StandardCharsets.ISO_8859_1);
      int frame = text.indexOf("\r\n\r\n") + 4;
      assertThat(all[frame]).isEqualTo((byte) 0x88);
      return (all[frame + 2] & 0xff) << 8 | (all[frame + 3] & 0xff);
    }
  }
}
