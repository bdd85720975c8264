package courtside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.pipeline.ExpectedPosts.Expected;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the relay to the pages: the whole recording through the whole pipeline, with feeds whose
 * contents the reference server decides by itself, compared both ways; and again after a restart.
 */
@Timeout(300)
final class WholePathTest {
  private static final String LANGUAGE = "ja";
  private static final int LONGEST_TEXT = 6_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Nothing lost, doubled, altered or out of order. */
  private static final LoggedFrames AS_SENT =
      new LoggedFrames(List.of(), List.of(), List.of(), List.of());

  @TempDir Path directory;

  @Test
  void feedsHoldWhatTheServerItselfHadAtTheEnd() throws Exception {
    ExpectedPosts.assumeHere();
    ExpectedPosts expected = ExpectedPosts.read();
    String author = expected.busiestAuthor();
    Map<String, Predicate<Expected>> feeds =
        Map.of(
            "every",
            _ -> true,
            "author",
            post -> post.author().equals(author),
            "language",
            post -> post.langs().stream().anyMatch(WholePathTest::isWanted));
    List<DefinitionFile> definitions =
        List.of(
            definition("every", "rule: '*:*'"),
            definition("author", "rule: 'author:\"" + author + "\"'"),
            definition("language", "rule: '*:*'\nlanguages: [" + LANGUAGE + "]"));
    Recording recording = Recording.open(ExpectedPosts.directory().resolve("pds.frames.gz"));
    Instant began = Instant.now();

    try (FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      try (Pipeline pipeline = pipeline(relay);
          Player player = Player.start(recording, frames, new Pace.AsFastAsPossible());
          FeedReader reader = new FeedReader(pipeline.feedApi().port());
          CommittedRecords log = new CommittedRecords(pipeline.broker().bootstrap())) {
        Apply.apply(
            new KafkaAddress(pipeline.broker().bootstrap()),
            definitions,
            false,
            Apply.setIds(new Random(1)));
        assertThat(player.awaitEnd(LIMIT)).isTrue();
        compareAll(expected, feeds, pipeline, reader, began);
        // The last frames concern no post, so the feeds do not wait for them.
        await()
            .atMost(LIMIT)
            .untilAsserted(() -> assertThat(logged(log, recording).lost()).isEmpty());
        assertThat(logged(log, recording)).isEqualTo(AS_SENT);
        compareItems(expected, feeds, log);
      }
      // when: everything is started again, on what it left
      try (Pipeline pipeline = pipeline(relay);
          FeedReader reader = new FeedReader(pipeline.feedApi().port());
          CommittedRecords log = new CommittedRecords(pipeline.broker().bootstrap())) {
        compareAll(expected, feeds, pipeline, reader, began);
        await().atMost(LIMIT).until(() -> pipeline.ingestor().health().ready());
        await().atMost(LIMIT).until(() -> pipeline.processor().health().ready());
        assertThat(logged(log, recording)).isEqualTo(AS_SENT);
        compareAll(expected, feeds, pipeline, reader, began);
      }
    }
  }

  private static LoggedFrames logged(CommittedRecords log, Recording recording) {
    return LoggedFrames.compare(log, recording.frames());
  }

  private Pipeline pipeline(Relay relay) throws InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_DISK", "1GB");
    settings.put("COURTSIDE_INGESTOR_RELAY", "recording=" + relay.uri());
    settings.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    // The frames are as old as the recording.
    settings.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    settings.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_FEEDS", "none");
    settings.put("COURTSIDE_FEED_API_PORT", "0");
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", "0");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    settings.put("COURTSIDE_DATA", directory.resolve("data").toString());
    return Pipeline.start(Pipeline.read(settings, Ports.any()), new Screen(nowhere, false, 80));
  }

  private DefinitionFile definition(String feed, String rule) throws Exception {
    Path file = directory.resolve(feed + ".yaml");
    Files.writeString(
        file, "feed: " + feed + "\nname: " + feed + "\n" + rule + "\nmax-age: none\nkeep: 28d\n");
    return DefinitionFile.read(file);
  }

  private static boolean isWanted(String lang) {
    return lang.equals(LANGUAGE) || lang.startsWith(LANGUAGE + "-");
  }

  private static void compareAll(
      ExpectedPosts expected,
      Map<String, Predicate<Expected>> feeds,
      Pipeline pipeline,
      FeedReader reader,
      Instant began) {
    feeds.forEach((feed, which) ->
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                compare(
                    feed,
                    expected.shown(which),
                    reader.readAll(pipeline.feedApi().feedUri(new RecordKey(feed))),
                    began)));
  }

  /** Both ways, without repetition, and in order. */
  private static void compare(
      String feed, List<Expected> expected, List<String> served, Instant began) {
    Set<String> wanted = new HashSet<>();
    expected.forEach(post -> wanted.add(post.uri()));
    assertThat(served).as("the feed %s", feed).doesNotHaveDuplicates();
    Set<String> missing = new HashSet<>(wanted);
    served.forEach(missing::remove);
    Set<String> extra = new HashSet<>(served);
    extra.removeAll(wanted);
    assertThat(missing).as("missing from the feed %s", feed).isEmpty();
    assertThat(extra).as("in the feed %s and not expected", feed).isEmpty();

    // A post that claims no time, or one to come, stands where it was seen: before all of these.
    List<String> ofThePast =
        expected.stream()
            .filter(post -> post.firstCreatedAt().filter(began::isAfter).isPresent())
            .sorted(newestFirst())
            .map(Expected::uri)
            .toList();
    assertThat(served.subList(served.size() - ofThePast.size(), served.size()))
        .as("the order of the feed %s", feed)
        .isEqualTo(ofThePast);
  }

  private static Comparator<Expected> newestFirst() {
    return Comparator.comparingLong(
            (Expected post) -> post.firstCreatedAt().orElseThrow().toEpochMilli())
        .thenComparing(Expected::uri)
        .reversed();
  }

  /** What is shown of each post is its newest version, byte for byte by its CID. */
  private static void compareItems(
      ExpectedPosts expected, Map<String, Predicate<Expected>> feeds, CommittedRecords log) {
    Map<String, FeedItem> items = new HashMap<>();
    for (var record : log.readAll(Topics.FEED_ITEMS.name(), Topics.FEED_ITEMS.partitions())) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      String itemOfFeed = FeedVersion.read(key).feed() + " " + FeedVersion.uri(key);
      if (record.value() == null) {
        items.remove(itemOfFeed);
      } else {
        items.put(itemOfFeed, FeedItem.FORMAT.decode(record.value()));
      }
    }
    int compared = 0;
    for (var feed : feeds.entrySet()) {
      for (Expected post : expected.shown(feed.getValue())) {
        FeedItem item = items.remove(feed.getKey() + " " + post.uri());
        if (item == null) {
          throw new AssertionError("no item of " + post.uri() + " in the feed " + feed.getKey());
        }
        assertThat(item.cid()).as(post.uri()).isEqualTo(post.cid());
        // What is shown is bounded; what it is a part of is known by its CID.
        String shown = post.text().substring(0, Math.min(post.text().length(), LONGEST_TEXT));
        assertThat(item.text().equals(shown)).as("the text of %s", post.uri()).isTrue();
        assertThat(item.author()).isEqualTo(post.author());
        compared++;
      }
    }
    assertThat(items).isEmpty();
    assertThat(compared).isGreaterThan(3_000);
  }
}
