package courtside.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A client that pages through a feed from its top to its end, again and again, without a pause, on
 * a thread of its own. Thread-safe.
 */
final class Pager implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS = 1e9;

  /** What is said in seconds is rounded. */
  private static final long ROUNDING_NANOS = 10_000_000;

  private final FeedReader reader;
  private final String feed;
  private final Random random;
  private final Turns turns;
  private final Supplier<OptionalDouble> secondsBehind;
  private final Queue<Walk> walks = new ConcurrentLinkedQueue<>();
  private final Thread thread = Thread.ofPlatform().name("pager").unstarted(this::run);
  private volatile boolean closing;
  private volatile Optional<Throwable> failure = Optional.empty();

  /**
   * One way through the feed.
   *
   * @param settledAt what was committed before this moment was in the API's store when it began
   * @param first the phase in which it began
   * @param last the phase in which it ended
   * @param uris in the order in which they came
   * @param thin the pages that were not full, though they were not the last
   */
  record Walk(long settledAt, int first, int last, int limit, List<String> uris, int thin) {}

  Pager(int port, String feed, long seed, Turns turns, Supplier<OptionalDouble> secondsBehind) {
    this.reader = new FeedReader(port);
    this.feed = feed;
    this.random = new Random(seed);
    this.turns = turns;
    this.secondsBehind = secondsBehind;
    thread.start();
  }

  /** The next walk that has ended before a phase, where there is one. */
  Optional<Walk> poll(int before) {
    Walk next = walks.peek();
    return next != null && next.last() < before
        ? Optional.ofNullable(walks.poll())
        : Optional.empty();
  }

  /** What went wrong with the paging itself. */
  Optional<Throwable> failure() {
    return failure;
  }

  private void run() {
    try {
      while (!closing) {
        walks.add(walk());
      }
    } catch (Exception | AssertionError e) {
      failure = Optional.of(e);
    }
  }

  private Walk walk() throws Exception {
    int limit = 2 + random.nextInt(99);
    OptionalDouble behind = secondsBehind.get();
    long settledAt = System.nanoTime() - ROUNDING_NANOS - (long) (behind.orElseThrow() * NANOS);
    int first = turns.now();
    List<String> uris = new ArrayList<>();
    int thin = 0;
    String cursor = "";
    do {
      JsonNode body = page(limit, cursor);
      int before = uris.size();
      body.path("feed").forEach(item -> uris.add(item.path("post").asText()));
      cursor = body.path("cursor").asText("");
      if (!cursor.isEmpty() && uris.size() - before < limit) {
        thin++;
      }
    } while (!cursor.isEmpty());
    return new Walk(settledAt, first, turns.now(), limit, uris, thin);
  }

  private JsonNode page(int limit, String cursor) throws Exception {
    HttpResponse<String> response =
        reader.get(
            "xrpc/app.bsky.feed.getFeedSkeleton?feed="
                + encode(feed)
                + "&limit="
                + limit
                + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor)));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
    reader.close();
  }
}
