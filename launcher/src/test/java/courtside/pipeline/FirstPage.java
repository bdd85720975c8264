package courtside.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.testkit.process.Spread;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the first page of a feed every few milliseconds, over one connection, and notes when
 * each post is first in it. Where a page has something new the next one is read too, and now and
 * then all are, as of a burst some may come below what is known. On a thread of its own.
 * Thread-safe.
 */
final class FirstPage implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final long EVERY_NANOS = 5_000_000;
  private static final int ALL_EVERY = 400;

  private final FeedReader reader;
  private final String feed;
  private final Map<String, Long> found = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("first-page").unstarted(this::run);
  private volatile boolean closing;
  private volatile @Nullable Throwable failure;

  /** From one answer to the next: what is found late by, at most. Read once it is closed. */
  private final Spread between = new Spread();

  /** Starts to ask. */
  FirstPage(int port, String feed) {
    this.reader = new FeedReader(port);
    this.feed = feed;
    thread.start();
  }

  /** When each post was first there, on the monotonic clock: once the answer had come. */
  Map<String, Long> found() {
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError("the first page could not be read", failed);
    }
    return Map.copyOf(found);
  }

  /** The times from one answer to the next, once it is closed. */
  Spread between() {
    return between;
  }

  private void run() {
    try {
      long due = System.nanoTime();
      long before = due;
      for (long look = 1; !closing; look++) {
        read(look % ALL_EVERY == 0);
        long now = System.nanoTime();
        between.add(now - before);
        before = now;
        due = Math.max(due + EVERY_NANOS, now);
        while (System.nanoTime() - due < 0) {
          // A pace, and no event that is waited for.
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
    } catch (Exception | AssertionError e) {
      failure = e;
    }
  }

  private void read(boolean all) throws Exception {
    Optional<String> cursor = Optional.empty();
    boolean hasNew;
    do {
      JsonNode page = page(cursor);
      long now = System.nanoTime();
      Set<String> inPage = new HashSet<>();
      hasNew = false;
      for (JsonNode item : page.path("feed")) {
        String uri = item.path("post").asText();
        if (!inPage.add(uri)) {
          throw new AssertionError(uri + " is twice in a page");
        }
        hasNew |= found.putIfAbsent(uri, now) == null;
      }
      cursor = Optional.ofNullable(page.get("cursor")).map(JsonNode::textValue);
    } while ((hasNew || all) && cursor.isPresent());
  }

  private JsonNode page(Optional<String> cursor) throws Exception {
    HttpResponse<String> response =
        reader.get(
            "xrpc/app.bsky.feed.getFeedSkeleton?limit=100&feed="
                + encode(feed)
                + cursor.map(c -> "&cursor=" + encode(c)).orElse(""));
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
