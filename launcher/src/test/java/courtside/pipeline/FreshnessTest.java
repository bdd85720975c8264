package courtside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.process.Spread;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes from a frame's leaving the relay to its post's being in the feed as it is
 * served, with everything in a process of its own; and that what is found is what was shown.
 */
@Timeout(900)
final class FreshnessTest {
  private static final int SECONDS = Integer.getInteger("courtside.seconds", 10);
  private static final int PER_SECOND = Integer.getInteger("courtside.pace", 400);

  /** Before anything is measured. */
  private static final int WARM_UP = Integer.getInteger("courtside.warm", 5);

  /** Whether topics on the way are read too, which takes some of the processors' time. */
  private static final boolean STATIONS = Boolean.getBoolean("courtside.stations");

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long FRAMES_BYTES = 1_000_000_000;
  private static final String FEED = "at://did:web:localhost/app.bsky.feed.generator/fresh";

  @TempDir Path directory;
  private final Map<Long, Long> shown = new ConcurrentHashMap<>();

  @Test
  void everyPostThatMatchesIsServedOnceAndHowSoonIsPrinted() throws Exception {
    EvenFrames frames =
        new EvenFrames(PER_SECOND, (long) PER_SECOND * (WARM_UP + SECONDS), InstantSource.system());
    try (FrameLog log = FrameLog.open(directory.resolve("relay"), FRAMES_BYTES);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        Processes processes = Processes.start(directory, relay.uri());
        FeedReader reader = new FeedReader(processes.feedApiPort())) {
      relay.ledger().tell(shown::putIfAbsent);
      var _ =
          Apply.apply(
              new KafkaAddress(processes.bootstrap()),
              List.of(definition()),
              false,
              Apply.setIds(new Random(1)));
      await()
          .atMost(LIMIT)
          .until(() ->
              reader
                      .get("xrpc/app.bsky.feed.getFeedSkeleton?feed=" + FEED.replace(":", "%3A"))
                      .statusCode()
                  == 200);
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);

      FirstPage firstPage = new FirstPage(processes.feedApiPort(), FEED);
      @Nullable Stations stations = STATIONS ? new Stations(processes.bootstrap()) : null;
      try (Player player = Player.start(List.of(frames), log, System::nanoTime)) {
        assertThat(player.awaitEnd(LIMIT.plusSeconds(WARM_UP + SECONDS))).isTrue();
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(firstPage.found().keySet()).containsAll(frames.matching().keySet()));
      } finally {
        firstPage.close();
        if (stations != null) {
          stations.close();
        }
      }

      Map<String, Long> found = firstPage.found();
      print(frames, found, firstPage.between(), Optional.ofNullable(stations));
      assertThat(found.keySet()).isEqualTo(frames.matching().keySet());
      assertThat(reader.readAll(FEED))
          .containsExactlyInAnyOrderElementsOf(frames.matching().keySet());
    }
  }

  private void print(
      EvenFrames frames, Map<String, Long> found, Spread between, Optional<Stations> stations) {
    long warm = (long) PER_SECOND * WARM_UP;
    Map<String, Long> measured = new HashMap<>(frames.matching());
    measured.values().removeIf(seq -> seq <= warm);
    Spread all = new Spread();
    measured.forEach((uri, seq) -> all.add(time(found, uri) - time(shown, seq)));
    long last = warm + (long) PER_SECOND * SECONDS;
    double took = (time(shown, last) - time(shown, warm + 1)) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "broker and services in processes of their own, %d s after %d s, %.1f frames a second%n"
            + "  from the relay to the first page: %s%n"
            + "  from one look at it to the next:  %s%n",
        SECONDS,
        WARM_UP,
        (last - warm - 1) / took,
        all,
        between);
    stations.ifPresent(times -> {
      Spread toFrames = new Spread();
      Spread toPosts = new Spread();
      Spread toItems = new Spread();
      Spread toPage = new Spread();
      measured.forEach((uri, seq) -> {
        toFrames.add(time(times.frames(), seq) - time(shown, seq));
        toPosts.add(time(times.posts(), uri) - time(times.frames(), seq));
        toItems.add(time(times.items(), uri) - time(times.posts(), uri));
        toPage.add(time(found, uri) - time(times.items(), uri));
      });
      System.out.printf(
          "  relay to firehose.frames:          %s%n"
              + "  firehose.frames to posts:          %s%n"
              + "  posts to feed.items:               %s%n"
              + "  feed.items to the first page:      %s%n",
          toFrames, toPosts, toItems, toPage);
    });
  }

  private static <K> long time(Map<K, Long> times, K of) {
    return Objects.requireNonNull(times.get(of), () -> "no time of " + of);
  }

  private static DefinitionFile definition() throws Exception {
    String yaml = "feed: fresh\nname: Fresh\nrule: " + EvenFrames.WORD + "\n";
    return DefinitionFile.read(
        "test.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }
}
