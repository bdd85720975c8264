package courtside.processor;

import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Apply;
import courtside.processor.apply.Shipped;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.metrics.StageGauges;
import courtside.processor.reserve.DiskWatch;
import courtside.processor.set.FeedSets;
import courtside.processor.set.FeedSetsSettings;
import courtside.processor.set.SetStage;
import courtside.processor.steward.StewardLoop;
import courtside.processor.steward.StewardSettings;
import courtside.processor.streams.Application;
import courtside.processor.streams.Input;
import courtside.processor.streams.InputLife;
import courtside.processor.streams.LogEnds;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.RocksMemory;
import courtside.processor.streams.Stage;
import courtside.processor.streams.StreamsSettings;
import courtside.processor.streams.ThreadReplacement;
import courtside.service.Parts;
import courtside.service.Service;
import courtside.service.control.Control;
import courtside.service.control.ControlReader;
import courtside.service.health.Health;
import courtside.service.health.HealthServer;
import courtside.service.health.StatusReporter;
import courtside.service.letter.DeadLetterBudget;
import courtside.service.slot.Slot;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;

/** The processor's parts and how they hang together. Thread-safe. */
public final class Processor implements Service {
  /** The service's name in settings, slots and status. */
  public static final String NAME = "processor";

  private final InstantSource clock;
  private final Counts counts;
  private final LogEnds ends;
  private final Application extract;
  private final FeedSets sets;
  private final StewardLoop steward;
  private final ControlReader control;
  private final InputLife inputLife;
  private final DiskWatch disk;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  // Guarded by this.
  private final Parts parts;

  private Processor(
      ProcessorSettings settings,
      Slot slot,
      Admin admin,
      PrometheusMeterRegistry registry,
      Parts parts) {
    LongSupplier nanoTime = System::nanoTime;
    this.clock = InstantSource.system();
    this.parts = parts;
    this.counts = new Counts(registry);
    RocksMemory memory = parts.add(new RocksMemory(settings.storeBytes()));
    StreamsSettings streams =
        new StreamsSettings(
            settings.kafka(),
            slot.instance(),
            slot.directory().resolve("streams"),
            settings.commitEvery(),
            settings.leaveOnStop(),
            memory);
    this.ends = parts.add(LogEnds.start(admin, List.of(Topics.FRAMES, Topics.POSTS), nanoTime));
    StreamsConfig config =
        streams.application(ExtractTopology.APPLICATION, settings.extractThreads(), Input.FRAMES);
    ReadPositions positions = new ReadPositions();
    this.extract =
        parts.add(
            Application.start(
                streams,
                config,
                ExtractTopology.build(
                    config,
                    settings.futureAllowed(),
                    positions,
                    letters(settings, nanoTime),
                    counts),
                positions,
                new ThreadReplacement(nanoTime),
                registry,
                this::fail));
    parts.add(StageGauges.ofExtract(registry, () -> extract.now(ends, clock.instant())));
    this.sets =
        parts.add(
            FeedSets.start(
                new FeedSetsSettings(
                    streams,
                    settings.feedThreads(),
                    settings.standbyReplicas(),
                    settings.memory(),
                    ends,
                    letters(settings, nanoTime),
                    counts,
                    registry,
                    clock,
                    nanoTime,
                    this::fail)));
    this.steward =
        parts.add(
            StewardLoop.start(
                new StewardSettings(
                    settings.kafka(),
                    slot.instance(),
                    settings.leaveOnStop(),
                    settings.feeds().map(Shipped::read).orElse(List.of()),
                    settings.steady(),
                    settings.previous()),
                admin,
                Apply.setIds(RandomGenerator.getDefault()),
                clock,
                nanoTime,
                this::fail));
    this.control =
        parts.add(
            ControlReader.start(
                settings.kafka().client(),
                slot.instance(),
                // Those about feeds are the steward's.
                _ -> false,
                Incident::ofStage,
                this::fail));
    this.inputLife =
        parts.add(
            InputLife.start(
                admin,
                settings.kafka(),
                slot.instance(),
                this::inputs,
                clock,
                nanoTime,
                this::fail));
    this.disk = parts.add(DiskWatch.start(admin, slot.directory(), nanoTime, this::fail));
  }

  /** Those of one stage: a rule that fails at every post must not use up those of frames. */
  private LetterBox letters(ProcessorSettings settings, LongSupplier nanoTime) {
    return new LetterBox(new DeadLetterBudget(settings.deadLetterBytes(), nanoTime), counts);
  }

  /** What each application reads. */
  private Map<String, Topic> inputs() {
    Map<String, Topic> inputs = new HashMap<>();
    sets.applications().forEach(application -> inputs.put(application.id(), Topics.POSTS));
    inputs.put(extract.id(), Topics.FRAMES);
    return inputs;
  }

  /**
   * Starts a processor; waits for Kafka.
   *
   * @throws RuntimeException that says what is wrong, with nothing left running
   */
  public static Processor start(ProcessorSettings settings) throws InterruptedException {
    Parts parts = new Parts();
    try {
      Slot slot = parts.add(Slot.claim(settings.data(), NAME));
      Admin admin = parts.add(settings.kafka().await(new CountDownLatch(1)));
      new TopicContract(admin, settings.disk()).enforce(Topics.ALL);
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      parts.add(registry::close);
      Processor processor = new Processor(settings, slot, admin, registry, parts);
      parts.add(
          HealthServer.start(
              NAME, settings.healthHost(), settings.healthPort(), processor::health, registry));
      parts.add(
          StatusReporter.start(
              NAME,
              slot.instance(),
              processor::health,
              InstantSource.system(),
              settings.kafka().client()));
      return processor;
    } catch (InterruptedException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  private void fail() {
    end.complete(false);
  }

  /** What this instance says of itself. */
  public Health health() {
    Stage extracting = extract.now(ends, clock.instant());
    // In this order: which there are may be read in between.
    boolean setsRead = sets.isRead();
    List<SetStage> folding = sets.now();
    Work work = Work.of(!end.getNow(true), extracting, setsRead, folding);
    List<String> reasons = new ArrayList<>(sets.refused());
    reasons.addAll(work.reasons());
    if (!ends.areFresh()) {
      reasons.add("Kafka has not said for a while how far the log goes: see whether it is there");
    }
    Control wanted = control.control();
    if (!wanted.known()) {
      reasons.add("what was lost before, and whether anybody knows, is not read yet");
    }
    if (wanted.losses() > 0) {
      reasons.add(
          wanted.losses()
              + (wanted.losses() == 1 ? " incident" : " incidents")
              + " in which input was lost, which nobody has acknowledged");
    }
    reasons.addAll(inputLife.alarms());
    reasons.addAll(disk.alarms());
    Map<String, Double> figures = Figures.of(extracting, setsRead, folding);
    figures.put("posts_kept_total", counts.keptTotal());
    figures.put("items_changed_total", counts.itemsChangedTotal());
    figures.put("dead_letters_total", counts.deadLettersTotal());
    figures.put("dead_letters_not_kept_total", counts.deadLettersNotKeptTotal());
    figures.put("steward", steward.isOwner() ? 1.0 : 0.0);
    inputLife
        .secondsLeft(extract.id())
        .ifPresent(seconds -> figures.put("seconds_until_unread_frames_are_deleted", seconds));
    folding.stream()
        .map(set -> inputLife.secondsLeft(set.stage().id()))
        .flatMapToDouble(OptionalDouble::stream)
        .min()
        .ifPresent(seconds -> figures.put("seconds_until_unread_posts_are_deleted", seconds));
    figures.putAll(disk.figures());
    figures.put("unacknowledged_losses", (double) wanted.losses());
    Map<String, String> answers = new HashMap<>(steward.answers());
    wanted.acknowledged().ifPresent(word -> answers.put(word.key(), word.id()));
    return new Health(
        !work.failed(), reasons.isEmpty(), work.state(), reasons, figures, Optional.of(answers));
  }

  @Override
  public boolean awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the future is never failed", e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      parts.close();
    } finally {
      end.complete(true);
    }
  }
}
