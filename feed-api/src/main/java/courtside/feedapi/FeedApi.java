package courtside.feedapi;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.identity.DocumentFetcher;
import courtside.feedapi.identity.KeySettings;
import courtside.feedapi.identity.Names;
import courtside.feedapi.identity.SigningKeys;
import courtside.feedapi.interaction.InteractionWriter;
import courtside.feedapi.interaction.SendInteractions;
import courtside.feedapi.interaction.ViewerBudget;
import courtside.feedapi.page.Dashboard;
import courtside.feedapi.page.StatusFollower;
import courtside.feedapi.seen.SeenPosts;
import courtside.feedapi.skeleton.FeedSkeleton;
import courtside.feedapi.skeleton.Generator;
import courtside.feedapi.skeleton.RequestIds;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.StoreFeeder;
import courtside.feedapi.viewer.ViewerSettings;
import courtside.feedapi.viewer.Viewers;
import courtside.feedapi.web.WebServer;
import courtside.feedapi.xrpc.Method;
import courtside.feedapi.xrpc.Xrpc;
import courtside.service.Parts;
import courtside.service.Service;
import courtside.service.health.Health;
import courtside.service.health.HealthServer;
import courtside.service.health.StatusReporter;
import courtside.service.slot.Slot;
import io.javalin.config.RoutesConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed API: claims its slot, opens its store, answers from it, and only then looks for Kafka,
 * in the background. What is on disk is served whether or not Kafka is there. Thread-safe; several
 * may run in one process.
 */
public final class FeedApi implements Service {
  /** The service's name. */
  public static final String NAME = "feed-api";

  /**
   * The figure that says how far {@code control} is in force: what is before this offset. Absent
   * until that topic was read whole.
   */
  public static final String CONTROL_OFFSET = "control_offset";

  private static final Logger LOG = LoggerFactory.getLogger(FeedApi.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration NOTE = Duration.ofMinutes(1);

  /** What one viewer has seen last is hidden, where a feed asks for that. */
  private static final int SEEN_PER_VIEWER = 1_000;

  /** Viewers of whom it is remembered: 600 MB on disk, if all of them saw so much. */
  private static final int MOST_VIEWERS = 50_000;

  /** How long it may take until what a viewer reports is in the log. */
  private static final Duration REPORT = Duration.ofSeconds(5);

  /** Interactions that wait for Kafka at once. */
  private static final int MOST_REPORTED = 10_000;

  /** What one viewer may report: more than one who scrolls fast sees. */
  private static final int REPORTED_AT_ONCE = 1_000;

  private static final int REPORTED_PER_MINUTE = 100;
  private static final int MOST_REPORTING = 10_000;

  private final FeedApiSettings settings;
  private final InstantSource clock;
  private final PrometheusMeterRegistry metrics;
  private final Slot slot;
  private final StoreFeeder feeder;
  private final SeenPosts seen;
  private final InteractionWriter interactions;
  private final Dashboard dashboard;
  private final WebServer web;

  /** Where the page is: beside the feeds, or by itself. */
  private final WebServer page;

  private final HealthServer health;
  private final Thread connecting;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  // Guarded by this.
  private final Parts parts = new Parts();

  /** What needs Kafka. Confined to the connecting thread, and to whoever has joined it. */
  private final Parts connected = new Parts();

  private FeedApi(
      FeedApiSettings settings, InstantSource clock, LongSupplier nanoTime, Duration note) {
    this.settings = settings;
    this.clock = clock;
    this.metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    this.connecting =
        Thread.ofPlatform()
            .name("feed-api-connect")
            .daemon()
            .uncaughtExceptionHandler((ended, cause) -> {
              LOG.atError().setCause(cause).log("log cannot be followed");
              end.complete(false);
            })
            .unstarted(this::connect);
    try {
      parts.add(metrics::close);
      slot = parts.add(Slot.claim(settings.data(), NAME));
      feeder =
          parts.add(
              StoreFeeder.open(
                  slot.directory().resolve("store"),
                  new StoreFeeder.Limits(note, settings.storeTooOld(), Wish.Block.MOST),
                  clock,
                  nanoTime,
                  metrics));
      seen =
          parts.add(
              SeenPosts.open(
                  slot.directory().resolve("seen"),
                  new SeenPosts.Limits(SEEN_PER_VIEWER, settings.seenKeep(), MOST_VIEWERS, note),
                  clock,
                  nanoTime,
                  metrics));
      interactions =
          parts.add(new InteractionWriter(REPORT, MOST_REPORTED, clock, nanoTime, metrics));
      parts.add(this::disconnect);
      dashboard =
          new Dashboard(
              feeder.feeds(), settings.dashboard().eventStreams(), clock, nanoTime, metrics);
      web = parts.add(serve(settings.host(), settings.port(), nanoTime, routes(nanoTime)));
      page = page(nanoTime);
      // Closed before the server, which would wait for its streams.
      parts.add(dashboard);
      health =
          parts.add(
              HealthServer.start(
                  NAME, settings.healthHost(), settings.healthPort(), this::health, metrics));
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
    Gauge.builder("courtside.feed.api.items", feeder, StoreFeeder::items)
        .description("items in the store")
        .register(metrics);
    Gauge.builder("courtside.feed.api.store.memory", feeder, store -> store.memoryBytes().orElse(0))
        .baseUnit("bytes")
        .description("native memory that the store takes")
        .register(metrics);
    Gauge.builder("courtside.feed.api.blocks", feeder, StoreFeeder::blocks)
        .description("accounts and records that are blocked")
        .register(metrics);
    Gauge.builder(
            "courtside.feed.api.seconds.behind",
            feeder,
            store -> store.secondsBehind().orElse(Double.NaN))
        .description("seconds since the store stood at the end of the log")
        .register(metrics);
    Gauge.builder(
            "courtside.feed.api.seconds.since.item",
            feeder,
            store -> store.secondsSinceItem().orElse(Double.NaN))
        .description("seconds since the last change of an item came")
        .register(metrics);
  }

  /**
   * Starts; returns when requests are answered.
   *
   * @throws RuntimeException if the data directory or a port cannot be had; nothing is left running
   */
  public static FeedApi start(FeedApiSettings settings) {
    return start(settings, InstantSource.system(), System::nanoTime, NOTE);
  }

  /**
   * Starts with other clocks.
   *
   * @param note how often the store notes that it stood at the end of the log
   */
  static FeedApi start(
      FeedApiSettings settings, InstantSource clock, LongSupplier nanoTime, Duration note) {
    FeedApi api = new FeedApi(settings, clock, nanoTime, note);
    api.connecting.start();
    LOG.atInfo()
        .addKeyValue("instance", api.slot.instance())
        .addKeyValue("host", settings.host())
        .addKeyValue("port", api.port())
        .addKeyValue("page_port", api.pagePort())
        .addKeyValue("health_port", api.healthPort())
        .addKeyValue("items", api.feeder.items())
        .log("feed api up");
    return api;
  }

  private WebServer serve(
      String host, int port, LongSupplier nanoTime, List<Consumer<RoutesConfig>> routes) {
    return WebServer.start(host, port, settings.limits(), nanoTime, metrics, routes);
  }

  private List<Consumer<RoutesConfig>> routes(LongSupplier nanoTime) {
    List<Consumer<RoutesConfig>> routes = new ArrayList<>();
    routes.add(xrpc(nanoTime)::addTo);
    routes.add(settings.generator()::addTo);
    if (settings.dashboard().localPort().isEmpty()) {
      routes.add(dashboard::addTo);
    }
    return routes;
  }

  private WebServer page(LongSupplier nanoTime) {
    OptionalInt port = settings.dashboard().localPort();
    return port.isEmpty()
        ? web
        : parts.add(serve(LOOPBACK, port.getAsInt(), nanoTime, List.of(dashboard::addLocallyTo)));
  }

  private Xrpc xrpc(LongSupplier nanoTime) {
    Feeds feeds = feeder.feeds();
    Generator generator = settings.generator();
    SecureRandom random = new SecureRandom();
    DocumentFetcher documents =
        parts.add(DocumentFetcher.start(settings.identities(), Names.system()));
    Viewers viewers =
        new Viewers(
            ViewerSettings.of(generator.service().value()),
            new SigningKeys(documents, KeySettings.DEFAULT, nanoTime, random, metrics),
            clock,
            metrics);
    FeedSkeleton skeleton =
        new FeedSkeleton(
            feeds, clock, generator.publisher(), new RequestIds(random), viewers, seen);
    SendInteractions sending =
        new SendInteractions(
            viewers,
            generator::isOwn,
            new ViewerBudget(REPORTED_AT_ONCE, REPORTED_PER_MINUTE, MOST_REPORTING, nanoTime),
            interactions);
    return new Xrpc(
        Map.of(
            FeedSkeleton.METHOD.value(),
            Method.query(skeleton::answer),
            "app.bsky.feed.describeFeedGenerator",
            Method.query(call -> generator.describe(feeds)),
            SendInteractions.METHOD.value(),
            Method.procedure(sending::answer)),
        metrics);
  }

  /** Where it answers. */
  public int port() {
    return web.port();
  }

  /** Where it shows its page: that port, or one at 127.0.0.1 alone. */
  public int pagePort() {
    return page.port();
  }

  /** Where it tells its health and its metrics. */
  public int healthPort() {
    return health.port();
  }

  /** The address of one of its feeds. */
  public String feedUri(RecordKey feed) {
    return settings.generator().address(feed.value());
  }

  /** One thing that needs Kafka, done once; tried again where Kafka is not ready for it. */
  private interface Step {
    void take() throws InterruptedException;
  }

  private void connect() {
    Deque<Step> steps =
        new ArrayDeque<>(
            List.of(
                this::enforceTopics,
                () ->
                    connected.add(
                        StatusReporter.start(
                            NAME, slot.instance(), this::health, clock, settings.kafka().client())),
                () ->
                    connected.add(
                        StatusFollower.start(
                            settings.kafka(),
                            dashboard,
                            clock,
                            metrics,
                            () -> end.complete(false))),
                () -> interactions.connect(settings.kafka()),
                () -> seen.follow(settings.kafka()),
                () -> feeder.follow(settings.kafka(), () -> end.complete(false))));
    while (closing.getCount() > 0 && !steps.isEmpty()) {
      try {
        steps.getFirst().take();
        steps.removeFirst();
      } catch (InterruptedException | InterruptException e) {
        // Closing: the only one who interrupts, or ends the waiting.
        LOG.atDebug().log("no longer looking for kafka");
        return;
      } catch (KafkaException e) {
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("kafka is not ready, trying again");
        try {
          boolean _ = closing.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
          return;
        }
      }
    }
  }

  private void enforceTopics() throws InterruptedException {
    Admin admin = settings.kafka().await(closing);
    try {
      new TopicContract(admin, settings.disk()).enforce(Topics.ALL);
    } finally {
      // Whoever is interrupted leaves a question behind, and its answer may never come.
      admin.close(Duration.ZERO);
    }
  }

  /** Whoever reads the log is told to end before anybody is waited for. */
  private void disconnect() {
    closing.countDown();
    feeder.stopFollowing();
    seen.stopFollowing();
    connecting.interrupt();
    try {
      connecting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connected.close();
  }

  /** What this instance says of itself. */
  public Health health() {
    boolean failed = end.isDone() && !end.join();
    OptionalDouble behind = feeder.secondsBehind();
    List<String> reasons = new ArrayList<>();
    String state = "serving";
    if (failed) {
      state = "failed";
      reasons.add("a part that reads the topics has failed; the service's own log says why");
    } else if (!feeder.feeds().filled()) {
      state = "filling";
      reasons.add(
          "the store has never been filled, or is too old to be shown, so feeds are answered with"
              + " 503");
    } else if (behind.orElse(Double.MAX_VALUE) > settings.behindLimit().toMillis() / 1e3) {
      state = "behind";
      reasons.add(
          "what is served is %.0f s old, the limit is %d s"
              .formatted(behind.orElse(Double.NaN), settings.behindLimit().toSeconds()));
    }
    if (!reasons.isEmpty() && !feeder.trouble().isEmpty()) {
      reasons.add(feeder.trouble());
    }
    Map<String, Double> figures = new HashMap<>();
    figures.put("items", (double) feeder.items());
    behind.ifPresent(seconds -> figures.put("seconds_behind", seconds));
    feeder.secondsSinceItem().ifPresent(seconds -> figures.put("seconds_since_item", seconds));
    figures.put("blocks", (double) feeder.blocks());
    feeder.controlOffset().ifPresent(offset -> figures.put(CONTROL_OFFSET, (double) offset));
    figures.put("seen_viewers", (double) seen.viewers());
    figures.put("event_streams", (double) dashboard.open());
    return new Health(!failed, reasons.isEmpty(), state, reasons, figures);
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
