package courtside.feedapi.page;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The events of one who watches: {@code history} once it is known, {@code status} each second, and
 * {@code feeds}, {@code incidents} and {@code items} whenever they change. Of the items only the
 * first event has all; those that follow are {@code change}, and {@code emptied} where the store is
 * filled anew. Confined to one thread.
 */
final class EventStream {
  private static final Duration TICK = Duration.ofMillis(250);

  /** Often enough that no proxy takes the stream for idle. */
  private static final Duration STATUS = Duration.ofSeconds(1);

  private final Source source;
  private final Writer out;
  private long statusAt;
  private int historyRead;
  private long incidentsSeen = -1;
  private String feeds = "";
  private Optional<Listing> sent = Optional.empty();
  private boolean emptied;

  /** What all streams have in common. Thread-safe. */
  record Source(
      Boards boards,
      FeedList feeds,
      Listings listings,
      InstantSource clock,
      LongSupplier nanoTime) {}

  EventStream(Source source, OutputStream out) {
    this.source = source;
    // Characters are made bytes piece by piece: a thousand posts are not held twice.
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    this.statusAt = source.nanoTime().getAsLong() - STATUS.toNanos();
  }

  /**
   * Writes until the reader goes, or until closing.
   *
   * @param wanted of which feed the posts are; of the first where none is named
   * @param length how many posts at least
   * @throws IOException if the reader has gone
   */
  void run(Optional<String> wanted, int length, CountDownLatch closing)
      throws IOException, InterruptedException {
    out.write("retry: 2000\n\n");
    do {
      historyOnceKnown();
      statusEachSecond();
      String list = source.feeds().json();
      if (!list.equals(feeds)) {
        feeds = list;
        event("feeds", list);
      }
      long seen = source.boards().incidents().seen();
      if (seen != incidentsSeen) {
        incidentsSeen = seen;
        event("incidents", Shown.incidents(source.boards().incidents().newest()));
      }
      items(source.listings().find(wanted, length));
    } while (!closing.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** And again where it was read anew: whoever came before had a part of it. */
  private void historyOnceKnown() throws IOException {
    int readings = source.boards().beats().readings();
    if (readings != historyRead) {
      historyRead = readings;
      event("history", Shown.history(source.boards().beats().seconds()));
    }
  }

  private void statusEachSecond() throws IOException {
    long now = source.nanoTime().getAsLong();
    if (now - statusAt >= STATUS.toNanos()) {
      statusAt = now;
      event("status", Shown.status(source.boards().services().said(), source.clock().instant()));
    }
  }

  private void items(Optional<Listing> present) throws IOException {
    if (present.isEmpty()) {
      if (!emptied) {
        // Whoever was here before still has what may have been deleted or blocked since.
        emptied = true;
        sent = Optional.empty();
        event("emptied", "{}");
      }
      return;
    }
    emptied = false;
    if (present.equals(sent)) {
      return;
    }
    Listing listing = present.get();
    Optional<String> change = sent.flatMap(listing::since);
    sent = present;
    if (change.isPresent()) {
      event("change", change.get());
      return;
    }
    out.write("event: items\ndata: ");
    listing.writeTo(out);
    out.write("\n\n");
    out.flush();
  }

  private void event(String name, String json) throws IOException {
    out.write("event: ");
    out.write(name);
    out.write("\ndata: ");
    out.write(json);
    out.write("\n\n");
    out.flush();
  }
}
