package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.ingestor.relay.Ending.Reason;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection ends whose relay breaks the rules, and what was had before. */
@Timeout(120)
final class GuardedConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int BEFORE = 3;

  @TempDir Path directory;
  private FrameLog frames;
  private Relay relay;
  private final Queue<byte[]> had = new ConcurrentLinkedQueue<>();
  private final AtomicLong payload = new AtomicLong();
  private final RelayConnection.DataHandler handler =
      new RelayConnection.DataHandler() {
        @Override
        public void onData(byte[] message) {
          had.add(message);
        }

        @Override
        public void onPayload(int bytes) {
          payload.addAndGet(bytes);
        }

        @Override
        public void onText() {
          throw new AssertionError("no text is sent here");
        }
      };

  @BeforeEach
  void start() throws Exception {
    frames = FrameLog.open(directory);
    relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames);
    for (int seq = 1; seq <= BEFORE; seq++) {
      frames.append(seq, new byte[100 * seq]);
    }
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    frames.close();
  }

  private RelayConnection dial() {
    return RelayConnection.dial(
        new RelayAddress("hostile", relay.uri()).subscribe(OptionalLong.of(0)), LIMIT, handler);
  }

  private Ending ending(RelayConnection connection) {
    await().atMost(LIMIT).until(() -> connection.ended().isDone());
    // Whoever dialled it need not do anything for it to be gone.
    await().atMost(LIMIT).until(() -> threads() == 0);
    return connection.ended().join();
  }

  static List<Arguments> breaches() {
    return List.of(
        Arguments.of(new Fault.DeclaresLength((1L << 31) - 16), Reason.TOO_LARGE),
        Arguments.of(new Fault.DeclaresLength(Long.MAX_VALUE), Reason.TOO_LARGE),
        Arguments.of(new Fault.DeclaresLength(-1), Reason.TOO_LARGE),
        Arguments.of(
            new Fault.DeclaresLength(RelayConnection.MAX_FRAME_BYTES + 1), Reason.TOO_LARGE),
        Arguments.of(new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 0), Reason.TOO_LARGE),
        Arguments.of(
            new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 64 << 10), Reason.TOO_LARGE),
        Arguments.of(new Fault.FloodsFragments(FrameGuard.MAX_FRAGMENTS + 1, 0), Reason.TOO_LARGE),
        Arguments.of(new Fault.Compressed(Bytes.of(new byte[100])), Reason.PROTOCOL),
        Arguments.of(new Fault.Writes(Bytes.of(new byte[] {-1, -1, -1})), Reason.PROTOCOL));
  }

  @ParameterizedTest
  @MethodSource("breaches")
  void aBreachEndsItAtOnceAndWhatCameBeforeIsHad(Fault fault, Reason reason) throws Exception {
    relay.inject(fault, Cue.afterFrames(BEFORE));
    Ending ending = ending(dial());
    assertThat(ending.reason()).as(ending.detail()).isEqualTo(reason);
    assertThat(had).extracting(message -> message.length).containsExactly(100, 200, 300);
    assertThat(payload.get())
        .as("of a message that is never whole")
        .isLessThanOrEqualTo(RelayConnection.MAX_FRAME_BYTES);
  }

  @Test
  void headersWithoutEndEndIt() throws Exception {
    relay.inject(new Fault.EndlessHeaders(Duration.ZERO), Cue.nextConnection());
    Ending ending = ending(dial());
    assertThat(ending.reason()).as(ending.detail()).isEqualTo(Reason.PROTOCOL);
    assertThat(had).isEmpty();
  }

  @Test
  void aRefusalSaysWhenToComeAgain() throws Exception {
    relay.inject(Fault.Answers.tooMany(17), Cue.nextConnection());
    RelayConnection connection = dial();
    assertThat(ending(connection).reason()).isEqualTo(Reason.REFUSED);
    assertThat(connection.retryAfter(Instant.EPOCH)).contains(Duration.ofSeconds(17));
    // And one that does not say so says nothing.
    relay.inject(new Fault.Answers(503, Map.of()), Cue.nextConnection());
    RelayConnection another = dial();
    assertThat(ending(another).reason()).isEqualTo(Reason.REFUSED);
    assertThat(another.retryAfter(Instant.EPOCH)).isEmpty();
  }

  @Test
  void aLargeMessageThatComesSlowlyIsToldWhileItComes() throws Exception {
    frames.append(BEFORE + 1, new byte[60_000]);
    relay.inject(new Fault.DripsBytes(20_000, Duration.ofMillis(200)), Cue.afterFrames(BEFORE));
    RelayConnection connection = dial();
    await().atMost(LIMIT).until(() -> had.size() == BEFORE + 1);
    assertThat(payload.get()).isBetween(20_000L, 60_000L);
    connection.abort(new Ending(Reason.STOPPED, "seen enough"));
    assertThat(ending(connection).reason()).isEqualTo(Reason.STOPPED);
  }

  @Test
  void aMessageThatIsNotTakenEndsItBeforeTheNextIsHandedOn() throws Exception {
    // given: three messages that are read together, the second of which the handler fails on
    byte[] wire = {(byte) 0x82, 1, 1, (byte) 0x82, 1, 2, (byte) 0x82, 1, 3};
    relay.inject(new Fault.Writes(Bytes.of(wire)), Cue.now());
    RelayConnection connection =
        RelayConnection.dial(
            new RelayAddress("honest", relay.uri()).subscribe(OptionalLong.empty()),
            LIMIT,
            new RelayConnection.DataHandler() {
              @Override
              public void onData(byte[] message) {
                if (message[0] == 2) {
                  throw new IllegalStateException("part of the test");
                }
                had.add(message);
              }

              @Override
              public void onPayload(int bytes) {
                payload.addAndGet(bytes);
              }

              @Override
              public void onText() {
                throw new AssertionError("no text is sent here");
              }
            });
    Ending ending = ending(connection);
    assertThat(ending.reason()).isEqualTo(Reason.BROKEN);
    assertThat(ending.detail()).contains("part of the test");
    assertThat(had).containsExactly(new byte[] {1});
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().toLowerCase(Locale.ROOT).contains("websocket"))
        .count();
  }
}
