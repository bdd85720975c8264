package courtside.feedapi.page;

import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.store.ShownItem;
import courtside.feedapi.web.WebServer;
import courtside.feedapi.xrpc.Parameters;
import courtside.feedapi.xrpc.XrpcException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page at {@code /} and its events at {@code /events}: {@code status} each second, {@code
 * incidents} and {@code items} whenever they change. Each stream of events is one virtual thread
 * that writes and waits; a reader that does not read is cut off by the server's idle limit.
 * Thread-safe.
 */
public final class Dashboard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
  private static final int ITEMS = 30;

  /** Tabs of a browser. */
  private static final int LEAST_PER_CLIENT = 5;

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration STATUS = Duration.ofSeconds(1);

  private final Feeds feeds;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final int mostStreams;
  private final int mostPerClient;
  private final Semaphore streams;
  private final Map<String, Integer> byClient = new ConcurrentHashMap<>();
  private final StatusBoard board = new StatusBoard();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The items of each feed that somebody looks at, rendered once for all of them. */
  private final Map<String, Rendered> rendered = new ConcurrentHashMap<>();

  /**
   * Items as they are sent.
   *
   * @param feed of which feed
   * @param generation of which content of it
   * @param until when the first of them expires, in milliseconds since 1970
   */
  private record Rendered(ServedFeed feed, long generation, long until, String json) {}

  /** Shows these feeds to so many at once. */
  public Dashboard(
      Feeds feeds,
      int mostStreams,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.feeds = feeds;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.mostStreams = mostStreams;
    this.mostPerClient = Math.max(LEAST_PER_CLIENT, mostStreams / 10);
    this.streams = new Semaphore(mostStreams);
    Gauge.builder("courtside.feed.api.event.streams", this, Dashboard::open)
        .description("streams of events that are open")
        .register(metrics);
  }

  /** How many streams of events are open. */
  public int open() {
    return mostStreams - streams.availablePermits();
  }

  StatusBoard board() {
    return board;
  }

  /** Adds the routes. */
  public void addTo(RoutesConfig routes) {
    StaticFile.page()
        .forEach(file -> {
          routes.get(file.path(), file::send);
          routes.head(file.path(), file::send);
        });
    routes.get("/events", this::stream);
    routes.head("/events", this::stream);
  }

  private void stream(Context context) throws IOException {
    Optional<String> wanted = Parameters.of(context).optional("feed");
    if (wanted.isPresent() && feeds.filled() && feeds.find(wanted.get()).isEmpty()) {
      throw XrpcException.notFound();
    }
    String client = WebServer.client(context);
    if (!streams.tryAcquire()) {
      throw XrpcException.notYet("too many are watching");
    }
    try {
      if (byClient.merge(client, 1, Integer::sum) > mostPerClient) {
        throw XrpcException.notYet("too many are watching from one address");
      }
      context.disableCompression();
      context.contentType("text/event-stream");
      context.header("Cache-Control", "no-store");
      // A proxy that collects answers would hold the heartbeat back.
      context.header("X-Accel-Buffering", "no");
      if (context.method().equals(HandlerType.HEAD)) {
        // Asked for the headers alone, it would write to nobody for ever.
        return;
      }
      OutputStream out = context.res().getOutputStream();
      write(out, "retry: 2000\n\n");
      watch(out, wanted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The reader has gone; there is nobody to tell.
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("event stream ended");
    } finally {
      byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
      streams.release();
    }
  }

  private void watch(OutputStream out, Optional<String> wanted)
      throws IOException, InterruptedException {
    long statusAt = nanoTime.getAsLong() - STATUS.toNanos();
    long incidentsSeen = -1;
    String items = "";
    do {
      long now = nanoTime.getAsLong();
      if (now - statusAt >= STATUS.toNanos()) {
        statusAt = now;
        event(out, "status", Shown.status(feeds, board.statuses(), clock.instant()));
      }
      long seen = board.incidentsSeen();
      if (seen != incidentsSeen) {
        incidentsSeen = seen;
        event(out, "incidents", Shown.incidents(board.incidents()));
      }
      String present = items(wanted);
      if (!present.equals(items)) {
        items = present;
        event(out, "items", items);
      }
    } while (!closing.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** The items of the wanted feed, or of the first; nothing where there is none to show. */
  private String items(Optional<String> wanted) {
    if (!feeds.filled()) {
      return "";
    }
    Optional<ServedFeed> feed =
        wanted.isPresent() ? feeds.find(wanted.get()) : feeds.all().stream().findFirst();
    return feed.map(this::render).orElse("{\"items\":[]}");
  }

  private String render(ServedFeed feed) {
    long generation = feeds.generation(feed);
    long now = clock.millis();
    @Nullable Rendered held = rendered.get(feed.name());
    if (held != null
        && held.feed().equals(feed)
        && held.generation() == generation
        && held.until() > now) {
      return held.json();
    }
    List<ShownItem> items = feeds.newest(feed, ITEMS);
    long until =
        items.stream()
            .mapToLong(shown -> shown.item().expiresAt().toEpochMilli())
            .min()
            .orElse(Long.MAX_VALUE);
    Rendered fresh = new Rendered(feed, generation, until, Shown.items(feed, items));
    if (rendered.size() > mostStreams) {
      rendered.clear();
    }
    rendered.put(feed.name(), fresh);
    return fresh.json();
  }

  private static void event(OutputStream out, String name, String json) throws IOException {
    write(out, "event: " + name + "\ndata: " + json + "\n\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Ends every stream of events. */
  @Override
  public void close() {
    closing.countDown();
  }
}
