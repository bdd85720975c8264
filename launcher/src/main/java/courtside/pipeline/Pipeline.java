package courtside.pipeline;

import courtside.broker.EmbeddedBroker;
import courtside.feedapi.FeedApi;
import courtside.feedapi.FeedApiSettings;
import courtside.ingestor.Ingestor;
import courtside.ingestor.IngestorSettings;
import courtside.processor.Processor;
import courtside.processor.ProcessorSettings;
import courtside.screen.Screen;
import courtside.service.Parts;
import courtside.service.Service;
import courtside.service.settings.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A broker and the three services in this process. The services know nothing of each other: each
 * reads its own settings, as it does alone, and reaches the others through the log. Thread-safe.
 */
public final class Pipeline implements AutoCloseable {
  private static final String KAFKA = "COURTSIDE_KAFKA";
  private static final String KAFKA_PROPERTIES = "COURTSIDE_KAFKA_PROPERTIES";

  private final EmbeddedBroker broker;
  private final Ingestor ingestor;
  private final Processor processor;
  private final FeedApi feedApi;
  private final CompletableFuture<String> failed = new CompletableFuture<>();

  // Guarded by this.
  private final Parts parts;

  private Pipeline(
      EmbeddedBroker broker, Ingestor ingestor, Processor processor, FeedApi feedApi, Parts parts) {
    this.broker = broker;
    this.ingestor = ingestor;
    this.processor = processor;
    this.feedApi = feedApi;
    this.parts = parts;
    watch(Ingestor.NAME, ingestor);
    watch(Processor.NAME, processor);
    watch(FeedApi.NAME, feedApi);
  }

  /**
   * The settings of the broker and of the three services.
   *
   * @param kafkaPort where the broker listens
   */
  public record AllSettings(
      int kafkaPort,
      IngestorSettings ingestor,
      ProcessorSettings processor,
      FeedApiSettings feedApi) {}

  /**
   * Reads the settings of all three from one environment; where Kafka is, is added here.
   *
   * @param kafkaPort where the broker will listen
   * @throws SettingsException with everything that is wrong with any of them
   */
  public static AllSettings read(Map<String, String> environment, int kafkaPort) {
    List<String> problems = new ArrayList<>();
    for (String name : List.of(KAFKA, KAFKA_PROPERTIES)) {
      if (environment.containsKey(name)) {
        problems.add(name + " must not be set, as this runs a broker of its own");
      }
    }
    Map<String, String> settings = new HashMap<>(environment);
    settings.remove(KAFKA_PROPERTIES);
    settings.put(KAFKA, "127.0.0.1:" + kafkaPort);
    Holder<IngestorSettings> ingestor = read(settings, IngestorSettings::read, problems);
    Holder<ProcessorSettings> processor = read(settings, ProcessorSettings::read, problems);
    Holder<FeedApiSettings> feedApi = read(settings, FeedApiSettings::read, problems);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems.stream().distinct().toList());
    }
    return new AllSettings(kafkaPort, ingestor.value(), processor.value(), feedApi.value());
  }

  private static <T> Holder<T> read(
      Map<String, String> environment,
      Function<Map<String, String>, Reading<T>> read,
      List<String> problems) {
    return switch (read.apply(environment)) {
      case Reading.Valid<T>(var settings, var _) -> () -> settings;
      case Reading.Invalid<T>(var found) -> {
        problems.addAll(found);
        yield () -> {
          throw new IllegalStateException("settings with problems were used");
        };
      }
    };
  }

  /** A value, or the assertion that nobody asks for it. */
  private interface Holder<T> {
    T value();
  }

  /**
   * Starts everything, saying what is done. The broker keeps its log beside what the services have.
   *
   * @throws RuntimeException that says what is wrong, with nothing left running
   */
  public static Pipeline start(AllSettings all, Screen screen) throws InterruptedException {
    Path data = all.ingestor().data();
    Parts parts = new Parts();
    try {
      long began = System.nanoTime();
      EmbeddedBroker broker =
          parts.add(EmbeddedBroker.start(data.resolve("kafka"), all.kafkaPort()));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      screen.entry(
          "broker",
          String.format("Kafka on %s, up in %.1f s", broker.bootstrap(), took.toMillis() / 1e3));
      FeedApi feedApi = parts.add(FeedApi.start(all.feedApi()));
      screen.entry("feed-api", "serving what it has from its own store");
      Processor processor = parts.add(Processor.start(all.processor()));
      screen.entry("processor", "extracting posts and matching feeds");
      Ingestor ingestor = parts.add(Ingestor.start(all.ingestor()));
      screen.entry("ingestor", "reads " + all.ingestor().relays().getFirst().uri());
      return new Pipeline(broker, ingestor, processor, feedApi, parts);
    } catch (InterruptedException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  private void watch(String name, Service service) {
    Thread.ofVirtual()
        .name("watch-" + name)
        .start(() -> {
          try {
            if (!service.awaitEnd()) {
              failed.complete(name);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  public EmbeddedBroker broker() {
    return broker;
  }

  public Ingestor ingestor() {
    return ingestor;
  }

  public Processor processor() {
    return processor;
  }

  public FeedApi feedApi() {
    return feedApi;
  }

  /** Completes with the name of the first service that cannot go on. */
  public CompletableFuture<String> failed() {
    return failed;
  }

  /** Ends the services, then the broker. */
  @Override
  public synchronized void close() {
    parts.close();
  }
}
