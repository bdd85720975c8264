package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class CursorReaderTest {
  private final Instant now = Instant.now();
  private static final int FRAMES = 3_000;
  private static final int FRAME_BYTES = 1_000;

  /** About 100 KB a second on each connection. */
  private static final LinkFault SLOW = new LinkFault.Slicer(1_000, Duration.ofMillis(10));

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path directory;
  private BrokerProxy proxy;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    proxy = BrokerProxy.start();
    broker = EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    try (Admin admin = Admin.create(client(broker.bootstrap()))) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
    proxy.close();
  }

  private static Map<String, Object> client(String bootstrap) {
    return new KafkaAddress(bootstrap).client();
  }

  private Writer writer() {
    return Writer.fence(client(broker.bootstrap()), "writer");
  }

  private CursorReader behindProxy() {
    return new CursorReader(client(proxy.bootstrap()), System::nanoTime, () -> {});
  }

  /** Numbers of one epoch, each of another account, or all of one. */
  private void write(Writer writer, long epoch, int first, int last, boolean oneAccount) {
    for (int seq = first; seq <= last; seq++) {
      // Not to be compressed.
      byte[] frame = new byte[FRAME_BYTES];
      random.nextBytes(frame);
      writer.frame(
          new FrameHeaders("r", epoch, seq),
          Optional.of(new Did("did:web:account-" + (oneAccount ? 0 : seq) + ".test")),
          frame,
          now);
    }
  }

  private Cursor cursor(long epoch, long seq) {
    return new Cursor(
        "r", epoch, seq, Optional.empty(), now, Bytes.of(new byte[32]), Optional.empty());
  }

  @Test
  void aSlowBrokerIsReadAllTheSame() throws Exception {
    try (Writer writer = writer()) {
      writer.begin();
      write(writer, 1, 1, FRAMES, false);
      writer.cursor(cursor(1, FRAMES));
      writer.commit();
    }
    try (CursorReader reader = behindProxy();
        Impairment slow = proxy.impair(SLOW)) {
      long from = System.nanoTime();
      assertThat(reader.cursors()).containsOnlyKeys("r");
      List<FrameHeaders> last = reader.lastFrames(frame -> frame.seq() <= FRAMES);
      System.out.printf(
          "%d bytes a piece each 10 ms: of %d frames the last %d were read in %d ms%n",
          1_000, FRAMES, last.size(), millisSince(from));
      assertThat(last).contains(new FrameHeaders("r", 1, FRAMES));
      // when: there is more to read than passes in the time in which something has to
      from = System.nanoTime();
      Map<TopicPartition, Long> some =
          IntStream.range(0, 4)
              .mapToObj(partition -> new TopicPartition(Topics.FRAMES.name(), partition))
              .collect(Collectors.toMap(partition -> partition, _ -> 0L));
      List<CursorReader.Logged> all =
          reader.framesFrom(some).values().stream().flatMap(List::stream).toList();
      System.out.printf("and %d frames in %d ms%n", all.size(), millisSince(from));
      assertThat(all).hasSizeBetween(FRAMES / 6, FRAMES / 2);
      assertThat(slow.fired()).isPositive();
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Test
  void theLastFramesGoBackToOneThatIsKnownToBeCovered() {
    try (Writer writer = writer()) {
      writer.begin();
      write(writer, 1, 1, 300, true);
      writer.commit();
      writer.begin();
      write(writer, 1, 301, 310, true);
      write(writer, 2, 1, 1_000, true);
      writer.commit();
    }
    try (CursorReader reader = behindProxy()) {
      assertThat(reader.lastFrames(frame -> frame.epoch() == 1 && frame.seq() <= 300))
          .as("seed %d", seed)
          .contains(new FrameHeaders("r", 1, 310), new FrameHeaders("r", 2, 1_000));
      // Where it is near, little is read.
      assertThat(reader.lastFrames(frame -> frame.epoch() == 2 && frame.seq() <= 999))
          .contains(new FrameHeaders("r", 2, 1_000))
          .hasSizeLessThan(100);
      // Where it is not there, all that may be of one transaction.
      assertThat(reader.lastFrames(_ -> false)).hasSize(1_310);
    }
  }
}
