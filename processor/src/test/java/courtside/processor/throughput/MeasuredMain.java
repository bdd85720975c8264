package courtside.processor.throughput;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.feed.FeedTopology;
import courtside.processor.feed.Memory;
import courtside.processor.feed.Tallies;
import courtside.processor.letter.LetterBox;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.set.SomeRules;
import courtside.processor.streams.Application;
import courtside.processor.streams.Input;
import courtside.processor.streams.LogEnds;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.RocksMemory;
import courtside.processor.streams.StreamsSettings;
import courtside.processor.streams.ThreadReplacement;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One {@link Work} until it is killed. Arguments: the work, the broker, a directory for the state,
 * the run, which names groups, the instance, and the definition of a feed.
 */
public final class MeasuredMain {
  private static final Duration COMMIT = Duration.ofMillis(50);
  private static final long STORE_BYTES = 64_000_000;
  private static final Duration FUTURE = Duration.ofMinutes(5);

  private final Work work;
  private final String run;
  private final StreamsSettings settings;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counts counts = new Counts(registry);
  private final LetterBox letters = TestLetters.all(counts);

  private MeasuredMain(Work work, KafkaAddress kafka, Path state, String run, String instance) {
    this.work = work;
    this.run = run;
    this.settings =
        new StreamsSettings(kafka, instance, state, COMMIT, true, new RocksMemory(STORE_BYTES));
  }

  /** Starts the work. */
  public static void main(String[] args) throws Exception {
    MeasuredMain measured =
        new MeasuredMain(
            Work.valueOf(args[0]), new KafkaAddress(args[1]), Path.of(args[2]), args[3], args[4]);
    measured.start(DefinitionFile.read(Path.of(args[5])));
    Thread.currentThread().join();
  }

  private void start(DefinitionFile feed) throws Exception {
    switch (work) {
      case NUMBERS -> read(Input.FRAMES, Topics.FRAMES.name(), MeasuredMain::readNumber);
      case NOTHING -> read(Input.POSTS, Topics.POSTS.name(), _ -> {});
      case PIPELINE, PIPELINE_AT_LEAST_ONCE -> {
        extract();
        feeds(feed);
      }
      case UNMATCHED, REPLAY -> feeds(feed);
    }
  }

  private static void readNumber(Record<byte[], byte[]> frame) {
    if (FrameHeaders.read(frame.headers()).seq() < 0) {
      throw new IllegalStateException("expected a sequence number, found one below 0");
    }
  }

  /** Streams as it comes, but for what every application of a processor has. */
  private void read(Input input, String topic, Consumer<Record<byte[], byte[]>> look) {
    Map<String, Object> config =
        new HashMap<>(settings.application(work.group(run), 1, input).originals());
    config.remove(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG));
    config.remove(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG));
    config.remove(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG);
    Topology topology = new Topology();
    topology.addSource(
        AutoOffsetReset.earliest(),
        "input",
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topic);
    topology.addProcessor(
        "look", () -> (Processor<byte[], byte[], Void, Void>) look::accept, "input");
    new KafkaStreams(topology, new StreamsConfig(config)).start();
  }

  private void extract() {
    StreamsConfig config = config(work.group(run), Input.FRAMES);
    ReadPositions positions = new ReadPositions();
    run(config, ExtractTopology.build(config, FUTURE, positions, letters, counts), positions);
  }

  private void feeds(DefinitionFile feed) throws Exception {
    StreamsConfig config = config(Work.feeds(run), Input.POSTS);
    ReadPositions positions = new ReadPositions();
    LogEnds ends =
        LogEnds.start(
            Admin.create(settings.kafka().client()), List.of(Topics.POSTS), System::nanoTime);
    run(
        config,
        FeedTopology.build(
            config,
            SomeRules.of(feed, run),
            Memory.DEFAULT,
            positions,
            ends,
            letters,
            counts,
            new Tallies()),
        positions);
  }

  private StreamsConfig config(String id, Input input) {
    StreamsConfig config = settings.application(id, 1, input);
    if (work != Work.PIPELINE_AT_LEAST_ONCE) {
      return config;
    }
    Map<String, Object> weaker = new HashMap<>(config.originals());
    weaker.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    // Frames are in transactions whoever reads them.
    weaker.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    return new StreamsConfig(weaker);
  }

  private void run(StreamsConfig config, Topology topology, ReadPositions positions) {
    var _ =
        Application.start(
            settings,
            config,
            topology,
            positions,
            new ThreadReplacement(System::nanoTime),
            registry,
            () -> System.exit(1));
  }
}
