package courtside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.RecordKey;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.FeedApi;
import courtside.feedapi.FeedApiSettings;
import courtside.processor.Processor;
import courtside.processor.ProcessorSettings;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promotion and rollback under clients that page without a pause, while posts come: of what both
 * versions hold nothing is missed and nothing comes twice, and no page is thin. Versions take
 * turns, of which one pins a post and the other does not.
 */
@Timeout(1_800)
final class SwitchedPagesTest {
  private static final int SWITCHES = Integer.getInteger("courtside.switches", 3);
  private static final long SEED = Long.getLong("courtside.seed", System.nanoTime());
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final RecordKey FEED = new RecordKey("turns");
  private static final int PAGERS = 2;
  private static final int HISTORY = 2_000;

  /** What is in every version, and what is in every other one. */
  private static final List<String> KINDS = List.of("both", "both", "even", "odd");

  @TempDir Path directory;
  private final Map<String, String> kinds = new ConcurrentHashMap<>();
  private final Turns turns = new Turns();
  private final Catalogue catalogue = new Catalogue();
  private int across;
  private int walked;
  private long expected;

  @Test
  void nothingIsMissedOrComesTwiceWhileVersionsTakeTurns() throws Exception {
    System.out.println("seed " + SEED);
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        Processor _ = Processor.start(processor(broker));
        FeedApi api = FeedApi.start(feedApi(broker))) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      await().atMost(LIMIT).until(() -> api.health().ready());
      try (PostWriter posts = new PostWriter(kafka);
          HeldItems held = new HeldItems(kafka);
          TopicReader definitions =
              new TopicReader(kafka, "test", Topics.FEED_DEFINITIONS, catalogue::apply);
          FeedReader reader = new FeedReader(api.port())) {
        Random random = new Random(SEED);
        List<String> history = new ArrayList<>();
        for (int post = 0; post < HISTORY; post++) {
          history.add(write(posts, random));
        }
        posts.flush();
        String pin =
            history.stream()
                .filter(uri -> "both".equals(kinds.get(uri)))
                .skip(500)
                .findFirst()
                .orElseThrow();

        // given: a version that is served, with all of the history
        String served = apply(kafka, 0, pin).version().version();
        turns.begin(served);
        long wanted = history.stream().filter(uri -> isOf(uri, 0)).count();
        await().atMost(LIMIT).until(() -> held.of(served).size() >= wanted);
        String address = api.feedUri(FEED);
        await().atMost(LIMIT).until(() -> reader.readAll(address).size() >= wanted);

        List<Pager> pagers = new ArrayList<>();
        Stream stream = new Stream(posts, random);
        try {
          for (int pager = 0; pager < PAGERS; pager++) {
            pagers.add(new Pager(api.port(), address, SEED + pager, turns, () -> behind(api)));
          }
          takeTurns(
              kafka, posts, served, pin, definitions, () -> top(reader, address), pagers, held);
        } finally {
          stream.close();
          for (Pager pager : pagers) {
            pager.close();
          }
        }
        turns.begin();
        check(pagers, held);
        System.out.printf(
            "%d switches, %d walks, %d of them over a switch, %,d posts had to come%n",
            SWITCHES, walked, across, expected);
        assertThat(across).as("walks over a switch").isPositive();
        assertThat(expected).isGreaterThan(HISTORY / 4);
      }
    }
  }

  /** A change is applied and promoted, taken back, and served again; and so on. */
  private void takeTurns(
      KafkaAddress kafka,
      PostWriter posts,
      String first,
      String pin,
      TopicReader definitions,
      Top top,
      List<Pager> pagers,
      HeldItems held)
      throws Exception {
    String served = first;
    String other = first;
    int number = 0;
    for (int step = 0; step < SWITCHES; step++) {
      String next;
      if (step % 3 == 0) {
        number++;
        next = version(number, pin).version().version();
        turns.begin(served, next);
        Set<String> there = Set.copyOf(kinds.keySet());
        posts.flush();
        turns.applied(next, there);
        Applied applied = apply(kafka, number, pin);
        assertThat(applied.outcome()).isEqualTo(Applied.Outcome.WRITTEN);
      } else {
        next = other;
        turns.begin(served, next);
        if (step % 3 == 1) {
          wish(kafka, new Wish.Rollback(newId(), Instant.now(), FEED.value(), next));
        } else {
          assertThat(apply(kafka, number, pin).outcome()).isEqualTo(Applied.Outcome.ROLLBACK);
        }
      }
      FeedState state = awaitServed(definitions, next);
      if (step % 3 == 0) {
        turns.promoted(next, state.endOffsets());
      }
      int parity = step % 3 == 1 ? number - 1 : number;
      await().atMost(LIMIT).until(() -> isServed(top.read(), parity));
      turns.begin(next);
      other = served;
      served = next;
      check(pagers, held);
    }
  }

  private FeedState awaitServed(TopicReader definitions, String version) {
    await()
        .atMost(LIMIT)
        .until(() -> {
          definitions.readToEnd();
          return catalogue.state(FEED).flatMap(FeedState::served).equals(Optional.of(version));
        });
    return catalogue.state(FEED).orElseThrow();
  }

  /** The newest page tells by what it has of one kind alone. */
  private boolean isServed(List<String> newest, int number) {
    String own = number % 2 == 0 ? "even" : "odd";
    String others = number % 2 == 0 ? "odd" : "even";
    Set<String> found = new HashSet<>();
    newest.forEach(uri -> found.add(kinds.getOrDefault(uri, "")));
    return found.contains(own) && !found.contains(others);
  }

  private void check(List<Pager> pagers, HeldItems held) {
    for (Pager pager : pagers) {
      assertThat(pager.failure()).isEmpty();
      for (Optional<Pager.Walk> walk = pager.poll(turns.now());
          walk.isPresent();
          walk = pager.poll(turns.now())) {
        check(walk.get(), held);
      }
    }
  }

  private void check(Pager.Walk walk, HeldItems held) {
    Set<String> versions = turns.between(walk.first(), walk.last());
    Set<String> missing = new HashSet<>();
    for (Map.Entry<String, String> post : kinds.entrySet()) {
      if (post.getValue().equals("both")
          && versions.stream().allMatch(version -> holds(held, version, post.getKey(), walk))) {
        missing.add(post.getKey());
      }
    }
    expected += missing.size();
    Set<String> seen = new HashSet<>(walk.uris());
    missing.removeAll(seen);
    Map<String, Integer> times = new HashMap<>();
    walk.uris().forEach(uri -> times.merge(uri, 1, Integer::sum));
    times.values().removeIf(count -> count == 1);
    String which =
        "a walk by %d over %d versions, seed %d".formatted(walk.limit(), versions.size(), SEED);
    assertThat(times).as("what came twice in %s", which).isEmpty();
    assertThat(missing).as("what was missed in %s", which).isEmpty();
    assertThat(walk.thin()).as("thin pages of %s", which).isZero();
    walked++;
    boolean even = walk.uris().stream().anyMatch(uri -> "even".equals(kinds.get(uri)));
    boolean odd = walk.uris().stream().anyMatch(uri -> "odd".equals(kinds.get(uri)));
    across += even && odd ? 1 : 0;
  }

  /** Whether a version had to hold a post whenever the walk could be given that version. */
  private boolean holds(HeldItems held, String version, String uri, Pager.Walk walk) {
    HeldItems.Held item = held.of(version).get(uri);
    return turns.isDue(version, uri)
        || (item != null
            && (item.seenAt() - walk.settledAt() < 0 || item.isBefore(turns.ends(version))));
  }

  /** Posts that come while pages are read. */
  private final class Stream {
    private final PostWriter posts;
    private final Random random;
    private volatile boolean closing;
    private final Thread thread = Thread.ofPlatform().name("posts").unstarted(this::run);

    Stream(PostWriter posts, Random random) {
      this.posts = posts;
      this.random = random;
      thread.start();
    }

    private void run() {
      while (!closing) {
        write(posts, random);
        // A rate, and no event that is waited for.
        LockSupport.parkNanos(10_000_000);
      }
    }

    void close() throws InterruptedException {
      closing = true;
      thread.join();
    }
  }

  /** Reads the newest page. */
  private interface Top {
    List<String> read() throws Exception;
  }

  private static List<String> top(FeedReader reader, String address) throws Exception {
    List<String> all = reader.readAll(address);
    return all.subList(0, Math.min(100, all.size()));
  }

  private static OptionalDouble behind(FeedApi api) {
    Double seconds = api.health().figures().get("seconds_behind");
    return seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds);
  }

  private String write(PostWriter posts, Random random) {
    String kind = KINDS.get(random.nextInt(KINDS.size()));
    String uri = posts.write(kind).uri();
    kinds.put(uri, kind);
    return uri;
  }

  private boolean isOf(String uri, int number) {
    String kind = kinds.getOrDefault(uri, "");
    return kind.equals("both") || kind.equals(number % 2 == 0 ? "even" : "odd");
  }

  private static Applied apply(KafkaAddress kafka, int number, String pin) throws Exception {
    return Apply.apply(
            kafka, List.of(version(number, pin)), false, Apply.setIds(new Random(SEED + number)))
        .getFirst();
  }

  private static DefinitionFile version(int number, String pin) throws Exception {
    String yaml =
        "feed: turns\nname: Turns "
            + number
            + (number % 2 == 0 ? "\nrule: both even\n" : "\nrule: both odd\npinned: " + pin + "\n");
    return DefinitionFile.read(
        "test.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private static void wish(KafkaAddress kafka, Wish wish) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.CONTROL.name(), wish.key(), Wish.FORMAT.encode(wish)))
          .get();
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private Map<String, String> settings(EmbeddedBroker broker) {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_KAFKA", broker.bootstrap());
    settings.put("COURTSIDE_DATA", directory.resolve("data").toString());
    settings.put("COURTSIDE_DISK", "1GB");
    return settings;
  }

  private ProcessorSettings processor(EmbeddedBroker broker) {
    Map<String, String> settings = settings(broker);
    settings.put("COURTSIDE_PROCESSOR_FEEDS", "none");
    settings.put("COURTSIDE_PROCESSOR_STEADY", "1s");
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", "0");
    return valid(ProcessorSettings.read(settings));
  }

  private FeedApiSettings feedApi(EmbeddedBroker broker) {
    Map<String, String> settings = settings(broker);
    settings.put("COURTSIDE_FEED_API_PORT", "0");
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", "0");
    return valid(FeedApiSettings.read(settings));
  }

  private static <T> T valid(Reading<T> reading) {
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return ((Reading.Valid<T>) reading).settings();
  }
}
