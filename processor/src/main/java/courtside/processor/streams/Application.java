package courtside.processor.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Kafka Streams application that runs on this instance. Thread-safe. */
public final class Application implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);

  private final String id;
  private final StreamsSettings settings;
  private final KafkaStreams streams;
  private final KafkaStreamsMetrics metrics;
  private final ReadPositions positions;
  private final Restoration restoration;
  private volatile boolean failed;

  private Application(
      StreamsSettings settings,
      StreamsConfig config,
      Topology topology,
      ReadPositions positions,
      ThreadReplacement replacement,
      MeterRegistry registry,
      Runnable onFailure) {
    this.id = config.getString(StreamsConfig.APPLICATION_ID_CONFIG);
    this.settings = settings;
    this.positions = positions;
    this.streams = new KafkaStreams(topology, config, new PositionedClients(positions));
    this.metrics = new KafkaStreamsMetrics(streams);
    metrics.bindTo(registry);
    this.restoration = new Restoration(registry);
    streams.setGlobalStateRestoreListener(restoration);
    streams.setStandbyUpdateListener(new Replication(registry));
    streams.setStateListener((now, _) -> {
      if (now == KafkaStreams.State.RUNNING) {
        restoration.forget();
      }
    });
    streams.setUncaughtExceptionHandler(failure -> {
      if (replacement.replace()) {
        LOG.atError().setCause(failure).addKeyValue("application", id).log("thread replaced");
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
      LOG.atError()
          .setCause(failure)
          .addKeyValue("application", id)
          .log("thread failed once too often, application ends");
      failed = true;
      onFailure.run();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
  }

  /**
   * Starts an application. State on the disk that cannot be opened is deleted, and restored.
   *
   * @param positions told how far it reads
   * @param onFailure run once it has ended by itself, on one of its threads: must not wait
   */
  public static Application start(
      StreamsSettings settings,
      StreamsConfig config,
      Topology topology,
      ReadPositions positions,
      ThreadReplacement replacement,
      MeterRegistry registry,
      Runnable onFailure) {
    Supplier<Application> unstarted =
        () ->
            new Application(
                settings, config, topology, positions, replacement, registry, onFailure);
    Application application = unstarted.get();
    try {
      application.start();
    } catch (ProcessorStateException e) {
      // Whatever is wrong with it, it is a copy of what the log has.
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("application", application.id)
          .log("local state cannot be used, it is made anew from the log");
      application = unstarted.get();
      application.streams.cleanUp();
      application.start();
    }
    LOG.atInfo()
        .addKeyValue("application", application.id)
        .addKeyValue("instance", settings.instance())
        .log("application started");
    return application;
  }

  private void start() {
    try {
      streams.start();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The application's id. */
  public String id() {
    return id;
  }

  /**
   * What it does now.
   *
   * @param ends of what it reads
   * @param now by the clock of what it reads
   */
  public Stage now(PartitionEnds ends, Instant now) {
    KafkaStreams.State state = streams.state();
    if (failed || state == KafkaStreams.State.ERROR) {
      return new Stage(id, Phase.FAILED, 0, 0, Optional.empty(), Optional.empty());
    }
    Set<ThreadMetadata> threads = threads();
    Set<TopicPartition> held =
        threads.stream()
            .flatMap(thread -> thread.activeTasks().stream())
            .flatMap(task -> task.topicPartitions().stream())
            .collect(Collectors.toUnmodifiableSet());
    int standby = threads.stream().mapToInt(thread -> thread.standbyTasks().size()).sum();
    if (state == KafkaStreams.State.RUNNING) {
      Optional<Lag> lag = positions.lag(held, ends, now);
      return new Stage(id, Phase.SETTLED, held.size(), standby, Optional.empty(), lag);
    }
    if (state.isShuttingDown() || state == KafkaStreams.State.NOT_RUNNING) {
      return new Stage(id, Phase.ENDING, 0, 0, Optional.empty(), Optional.empty());
    }
    Optional<Restoring> restoring = restoration.now();
    return new Stage(
        id,
        restoring.isPresent() ? Phase.RESTORING : Phase.STARTING,
        held.size(),
        standby,
        restoring,
        // Streams says what it held before, and not what it is given.
        Optional.empty());
  }

  /** What its threads work on, whatever the application's state is called. */
  private Set<ThreadMetadata> threads() {
    try {
      return streams.metadataForLocalThreads();
    } catch (IllegalStateException e) {
      // Not running any more, which may come between any question and the next.
      return Set.of();
    }
  }

  /**
   * Ends it for good: it leaves the group, whatever the settings say.
   *
   * @return whether it has ended; if not, to be asked again
   */
  public boolean leave() {
    return end(settings.leaving());
  }

  @Override
  public void close() {
    var _ = end(settings.closing());
  }

  private boolean end(CloseOptions options) {
    boolean ended = streams.close(options);
    metrics.close();
    if (!ended) {
      LOG.atWarn().addKeyValue("application", id).log("application did not end in time");
    }
    return ended;
  }
}
