package courtside.processor;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.ReadInput.Kind;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.feed.FeedRules;
import courtside.processor.feed.FeedTopology;
import courtside.processor.feed.Memory;
import courtside.processor.feed.Tallies;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.rule.Matches;
import courtside.processor.streams.Application;
import courtside.processor.streams.Input;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.RocksMemory;
import courtside.processor.streams.StreamsSettings;
import courtside.processor.streams.ThreadReplacement;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;

/**
 * A stage by itself that stands still where it counts what it has made, until it is let go on.
 * Thread-safe.
 */
final class StandingStage implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Kind kind;
  private final StreamsSettings settings;
  private final String set;
  private final RocksMemory memory = new RocksMemory(16_000_000);
  private @Nullable Application application;
  private volatile Gate gate = new Gate();

  private record Gate(CountDownLatch standing, CountDownLatch open) {
    Gate() {
      this(new CountDownLatch(1), new CountDownLatch(1));
    }

    void pass() {
      standing.countDown();
      await(open);
    }

    static void await(CountDownLatch latch) {
      try {
        if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("nothing within " + LIMIT_SECONDS + " s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /** Everything belongs to one feed. */
  private static final class All implements FeedRules {
    private static final FeedVersion VERSION = new FeedVersion(new RecordKey("all"), "v1");

    @Override
    public String set() {
      return "all";
    }

    @Override
    public Wanted now() {
      return new AllOfThem();
    }

    private static final class AllOfThem implements Wanted {
      @Override
      public Matches match(Did author, PostSummary post, Instant seen) {
        return Matches.of(Set.of(VERSION));
      }

      @Override
      public Duration keep(FeedVersion version) {
        return Duration.ofDays(28);
      }

      @Override
      public List<FeedVersion> versions() {
        return List.of(VERSION);
      }

      @Override
      public Set<FeedVersion> removing() {
        return Set.of();
      }
    }
  }

  StandingStage(Kind kind, KafkaAddress kafka, Path state, String set, Duration commitInterval) {
    this.kind = kind;
    this.set = set;
    this.settings = new StreamsSettings(kafka, "standing-0", state, commitInterval, true, memory);
  }

  void startOnce() {
    if (application == null) {
      application = start();
    }
  }

  private Application start() {
    SimpleMeterRegistry registry =
        new SimpleMeterRegistry() {
          @Override
          protected Counter newCounter(Meter.Id id) {
            return new CumulativeCounter(id) {
              @Override
              public void increment(double amount) {
                gate.pass();
                super.increment(amount);
              }
            };
          }
        };
    Counts counts = new Counts(registry);
    ReadPositions positions = new ReadPositions();
    StreamsConfig config =
        settings.application(
            kind == Kind.EXTRACT ? ExtractTopology.APPLICATION : FeedTopology.application(set),
            1,
            kind == Kind.EXTRACT ? Input.FRAMES : Input.POSTS);
    Topology topology =
        switch (kind) {
          case EXTRACT ->
              ExtractTopology.build(
                  config, Duration.ofMinutes(5), positions, TestLetters.all(counts), counts);
          case FEED ->
              FeedTopology.build(
                  config,
                  new All(),
                  Memory.DEFAULT,
                  positions,
                  _ -> OptionalLong.empty(),
                  TestLetters.all(counts),
                  counts,
                  new Tallies());
        };
    return Application.start(
        settings,
        config,
        topology,
        positions,
        new ThreadReplacement(System::nanoTime),
        new SimpleMeterRegistry(),
        () -> {
          // The test sees that nothing comes any more.
        });
  }

  /** Returns when it stands. */
  void awaitStanding() {
    Gate.await(gate.standing());
  }

  /** Lets it go on, and on. */
  void goOn() {
    gate.open().countDown();
  }

  /** Has it stand at the next that it makes. */
  void standAtNext() {
    gate = new Gate();
  }

  @Override
  public void close() {
    goOn();
    if (application != null) {
      application.close();
    }
    memory.close();
  }
}
