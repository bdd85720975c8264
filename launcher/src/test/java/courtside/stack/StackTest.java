package courtside.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.atproto.syntax.Tid;
import courtside.pipeline.FeedReader;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Reading;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stack of containers: it comes up, is scaled, loses the ingestor that writes, a processor and
 * the broker, and in the end has every frame of its relay once, and serves every post of its
 * network once. Run by {@code deploy/try}, which builds the images before; skipped otherwise, as
 * images that happen to be there need not be of this code. {@code -Dcourtside.acts=400} is how much
 * the network does a second.
 */
@Timeout(1800)
final class StackTest {
  private static final int ACTS = Integer.getInteger("courtside.acts", 50);
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String FEED = "at://did:web:localhost/app.bsky.feed.generator/everything";
  private static final String EVERYTHING = "feed: everything\nname: Everything\nrule: \"*:*\"\n";
  private static final int INGESTOR_HEALTH = 8081;
  private static final int PROCESSOR_HEALTH = 8082;
  private static final double MIB = 1 << 20;

  private final long began = System.nanoTime();

  @TempDir Path directory;

  @Test
  void losesAndDoublesNothingWhateverItLoses() throws Exception {
    boolean asked = Boolean.getBoolean("courtside.stack");
    if (!asked) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: the stack of containers is tried by deploy/try, on new images");
    }
    assumeTrue(asked, "asked for by -Dcourtside.stack=true");
    assertThat(Stack.lacks()).as("what is missing here").isEmpty();
    String project = "courtside-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
    Map<String, Integer> scale = Map.of("ingestor", 2, "feed-api", 2);
    try (Stack stack = Stack.up(project, ACTS, scale);
        FeedReader reader = new FeedReader(stack.page())) {
      say("the containers were started");
      try {
        live(stack, reader);
      } catch (Exception | AssertionError e) {
        System.out.println(stack.logs());
        throw e;
      }
    }
    say("taken down");
  }

  private void live(Stack stack, FeedReader reader) throws Exception {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() ->
            reader.get("xrpc/app.bsky.feed.describeFeedGenerator").body().contains("nba-now"));
    say("Caddy answers with a feed");
    var _ =
        Apply.apply(
            new KafkaAddress(stack.bootstrap()),
            List.of(
                DefinitionFile.read(
                    "everything.yaml",
                    new ByteArrayInputStream(EVERYTHING.getBytes(StandardCharsets.UTF_8)))),
            false,
            Apply.setIds(new Random(1)));
    await().atMost(LIMIT).until(() -> !reader.readAll(FEED).isEmpty());
    say("a new feed of everything has posts");
    for (String service : List.of("kafka", "ingestor", "processor", "feed-api")) {
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(stack.health(service)).as(service).containsOnly("healthy"));
    }
    say("every container is healthy");

    stack.scale(Map.of("ingestor", 2, "feed-api", 2, "processor", 3));
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(stack.containers("processor")).hasSize(3);
          for (String processor : stack.containers("processor")) {
            assertThat(stack.state(processor, PROCESSOR_HEALTH)).isEqualTo("processing");
          }
        });
    say("three processors process");

    String writer = writer(stack);
    stack.kill(writer);
    await().atMost(LIMIT).until(() -> !writer(stack).equals(writer) && !writer(stack).isEmpty());
    say("the ingestor that wrote was killed, and the other reads");
    stack.start(writer);

    String processor = stack.containers("processor").getFirst();
    stack.kill(processor);
    awaitFresh(reader);
    // It stays away: what was its is to be done by the others to the end.
    say("a processor was killed, and the feed goes on");

    String kafka = stack.containers("kafka").getFirst();
    stack.kill(kafka);
    stack.start(kafka);
    await().atMost(LIMIT).until(() -> !writer(stack).isEmpty());
    awaitFresh(reader);
    say("the broker was killed and started, and the feed goes on");
    sayMemory(stack);

    String relay = stack.containers("relay").getFirst();
    stack.stop(relay);
    stack.copy(relay, "/data", directory.resolve("relay"));
    List<RecordedFrame> frames = frames(directory.resolve("relay"));
    try (CommittedRecords records = new CommittedRecords(stack.bootstrap())) {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> LoggedFrames.compare(records, frames).lost().isEmpty());
      LoggedFrames logged = LoggedFrames.compare(records, frames);
      say(
          "%d frames of the relay: %d lost, %d doubled, %d altered, %d out of order"
              .formatted(
                  frames.size(),
                  logged.lost().size(),
                  logged.doubled().size(),
                  logged.altered().size(),
                  logged.outOfOrder().size()));
      assertThat(logged.doubled()).isEmpty();
      assertThat(logged.altered()).isEmpty();
      assertThat(logged.outOfOrder()).isEmpty();
    }
    NetworkPosts posts = NetworkPosts.of(frames, Recording.bundled().frames().getLast().seq() + 1);
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(served(reader, posts)).containsExactlyInAnyOrderElementsOf(posts.shown()));
    say(posts.shown().size() + " posts are there, and the feed has each of them once");
    assertThat(posts.shown()).hasSizeGreaterThan(100);
  }

  /** The ingestor that reads the relay; empty where none does. */
  private static String writer(Stack stack) throws Exception {
    for (String ingestor : stack.containers("ingestor")) {
      if (stack.state(ingestor, INGESTOR_HEALTH).equals("reading")) {
        return ingestor;
      }
    }
    return "";
  }

  /** Waits until something is served that was written after this began. */
  private static void awaitFresh(FeedReader reader) throws Exception {
    HashSet<String> before = new HashSet<>(reader.readAll(FEED));
    Instant since = Instant.now();
    await()
        .atMost(LIMIT)
        .until(() ->
            reader.readAll(FEED).stream()
                .anyMatch(uri -> !before.contains(uri) && madeAt(uri).isAfter(since)));
  }

  /** By its record key. */
  private static Instant madeAt(String uri) {
    return new Tid(uri.substring(uri.lastIndexOf('/') + 1)).time();
  }

  private static List<String> served(FeedReader reader, NetworkPosts posts) throws Exception {
    return reader.readAll(FEED).stream().filter(posts::wrote).toList();
  }

  private static List<RecordedFrame> frames(Path directory) throws Exception {
    List<RecordedFrame> frames = new ArrayList<>();
    try (FrameLog log = FrameLog.open(directory);
        FrameLog.Reader reader = log.readAfter(0)) {
      assertThat(log.droppedThrough()).as("what the relay has no more").isZero();
      while (reader.next(0) instanceof Reading.Frame(long seq, var bytes)) {
        frames.add(new RecordedFrame(bytes, seq, Instant.EPOCH));
      }
    }
    return frames;
  }

  private void sayMemory(Stack stack) throws Exception {
    Map<String, Long> memory = stack.memory();
    StringBuilder text = new StringBuilder();
    memory.forEach((service, bytes) ->
        text.append(String.format(Locale.ROOT, ", %s %.0f", service, bytes / MIB)));
    long sum = memory.values().stream().mapToLong(Long::longValue).sum();
    say(String.format(Locale.ROOT, "MiB at %d acts a second: %.0f%s", ACTS, sum / MIB, text));
  }

  private void say(String what) {
    System.out.printf(Locale.ROOT, "[%6.1f s] %s%n", (System.nanoTime() - began) / 1e9, what);
  }
}
