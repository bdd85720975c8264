package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.relay.RelayAddress;
import courtside.ingestor.sequence.FrameIdentity;
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Position;
import courtside.service.letter.DeadLetterBudget;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay that numbers anew again and again while nobody reads it. */
final class FlappingNumberingTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");
  private static final Instant BEFORE = NOW.minusSeconds(60);
  private static final RelayAddress READ = new RelayAddress("read", URI.create("ws://127.0.0.1:1"));
  private static final long OLD = 1_000;

  /** So many frames in a row make another numbering believed. */
  private static final int AGREEING = 50;

  private static final long MOST = 400;

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final PumpMetrics metrics = new PumpMetrics(new SimpleMeterRegistry());
  private final Batch batch = new Batch(new Writer(producer), metrics, () -> {});
  private final long started = System.nanoTime();
  private final Intake intake =
      new Intake(
          new Resume(
              READ,
              new Position(
                  "read",
                  1,
                  OLD,
                  Optional.of(FrameIdentity.of(account(OLD, 0, BEFORE))),
                  Optional.of(BEFORE)),
              Optional.of(BEFORE),
              OptionalLong.empty(),
              Map.of(),
              Map.of("read", 1L),
              Map.of(),
              Optional.empty(),
              Optional.empty()),
          batch,
          CollectionFilter.parse("*").orElseThrow(),
          new DeadLetterBudget(1 << 20, () -> started),
          metrics,
          new FrameTimes(),
          new Rereading(MOST, 1, started),
          _ -> left(),
          () -> started,
          InstantSource.fixed(NOW));

  private long generation;
  private int left;

  @BeforeEach
  void initialise() {
    producer.initTransactions();
  }

  private long left() {
    left++;
    return generation;
  }

  /** Of one numbering; others have other bytes under the same number. */
  private static byte[] account(long seq, int numbering, Instant made) {
    Did did = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    return FrameWriter.account(
        seq, made.toString(), did, true, Optional.of("numbering-" + numbering));
  }

  private void brings(int numbering, long first, int frames, Instant made) {
    for (long seq = first; seq < first + frames; seq++) {
      take(account(seq, numbering, made));
    }
  }

  private void take(byte[] frame) {
    intake.take(new Arrival.Frame(generation, frame, NOW));
  }

  private List<String> said() {
    batch.commit(Optional.empty());
    List<String> said =
        producer.history().stream()
            .filter(record -> record.topic().equals(Topics.INCIDENTS.name()))
            .map(record -> Incident.FORMAT.decode(record.value()))
            .map(incident ->
                incident.kind() + " " + incident.from().orElse(0) + " " + incident.to().orElse(0))
            .toList();
    producer.clear();
    return said;
  }

  /** Numbers anew at 350, is asked for the beginning, and brings 300 frames from there. */
  private void numbersAnewAndIsReadAgain(Instant made) {
    generation++;
    brings(2, 350, AGREEING, made);
    assertThat(left).isEqualTo(1);
    assertThat(intake.cursorToAsk()).hasValue(0);
    generation++;
    brings(3, 1, 300, made);
    assertThat(intake.position().seq()).isEqualTo(300);
    assertThat(said()).containsExactly("EPOCH 1000 1");
  }

  @Test
  void isReadAgainOnlyAsFarAsThatIsBounded() {
    numbersAnewAndIsReadAgain(BEFORE);
    // when: what could be read again is more than is left of what may be
    generation++;
    brings(4, 200, AGREEING, BEFORE);
    assertThat(left).isEqualTo(1);
    assertThat(intake.cursorToAsk()).hasValue(249);
    assertThat(said()).containsExactly("EPOCH 300 200", "GAP 300 200");
    // and when: it can be had
    generation++;
    brings(5, 90, AGREEING, BEFORE);
    assertThat(left).isEqualTo(2);
    assertThat(intake.cursorToAsk()).hasValue(0);
  }

  @Test
  void isReadLiveWhereItSaysSoAndTooMuchWasReadAgain() {
    numbersAnewAndIsReadAgain(BEFORE);
    generation++;
    take(FrameWriter.error("FutureCursor", Optional.empty()));
    assertThat(left).isEqualTo(2);
    assertThat(intake.cursorToAsk()).isEmpty();
    // when
    generation++;
    brings(4, 20, 1, BEFORE);
    assertThat(said()).containsExactly("EPOCH 300 20", "GAP 300 20");
  }

  @Test
  void whatWouldHaveComeAnywayIsNotReadAgain() {
    numbersAnewAndIsReadAgain(NOW);
    generation++;
    brings(4, 200, AGREEING, NOW);
    assertThat(left).isEqualTo(2);
    assertThat(intake.cursorToAsk()).hasValue(0);
  }
}
