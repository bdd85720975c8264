package courtside.feedapi.page;

import courtside.feedapi.store.Feeds;
import courtside.feedapi.web.WebServer;
import courtside.feedapi.xrpc.Parameters;
import courtside.feedapi.xrpc.XrpcException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page at {@code /} and its events at {@code /events}. Each stream of events is one virtual
 * thread that writes and waits; a reader that does not read is cut off by the server's idle limit.
 * Thread-safe.
 */
public final class Dashboard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

  /** Tabs of a browser. */
  private static final int LEAST_PER_CLIENT = 5;

  private static final int MOST_BEYOND = 20_000;

  private final Feeds feeds;
  private final int mostStreams;
  private final int mostPerClient;
  private final Semaphore streams;

  /** Posts beyond the usual that may be shown to all who watch together. */
  private final Semaphore longLists = new Semaphore(MOST_BEYOND);

  private final Map<String, Integer> byClient = new ConcurrentHashMap<>();
  private final EventStream.Source source;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Shows these feeds to so many at once. */
  public Dashboard(
      Feeds feeds,
      int mostStreams,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.feeds = feeds;
    this.mostStreams = mostStreams;
    this.mostPerClient = Math.max(LEAST_PER_CLIENT, mostStreams / 10);
    this.streams = new Semaphore(mostStreams);
    Boards boards = new Boards(clock);
    this.source =
        new EventStream.Source(
            boards,
            new FeedList(feeds, boards.replays(), clock, nanoTime),
            new Listings(feeds, clock, nanoTime),
            clock,
            nanoTime);
    Gauge.builder("courtside.feed.api.event.streams", this, Dashboard::open)
        .description("streams of events that are open")
        .register(metrics);
  }

  /** How many streams of events are open. */
  public int open() {
    return mostStreams - streams.availablePermits();
  }

  Boards boards() {
    return source.boards();
  }

  /** Adds the routes, for this machine alone. */
  public void addLocallyTo(RoutesConfig routes) {
    LocalHost.addTo(routes);
    addTo(routes);
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
    Parameters parameters = Parameters.of(context);
    Optional<String> wanted = parameters.optional("feed");
    int length = parameters.number("items", Listings.USUAL, 1, Listings.LONGEST);
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
      EventStream events = new EventStream(source, context.res().getOutputStream());
      int more = Listings.longEnough(length) - Listings.USUAL;
      // A long list is a favour, as long as there is room for it.
      if (longLists.tryAcquire(more)) {
        try {
          events.run(wanted, length, closing);
        } finally {
          longLists.release(more);
        }
      } else {
        events.run(wanted, Listings.USUAL, closing);
      }
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

  /** Ends every stream of events. */
  @Override
  public void close() {
    closing.countDown();
  }
}
