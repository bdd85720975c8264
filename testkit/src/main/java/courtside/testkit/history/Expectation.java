package courtside.testkit.history;

import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one feed has to hold of one author, told in the order of the log. A revision that is not
 * higher than what was told of its post says nothing new. Confined to one thread.
 */
final class Expectation {
  private final String did;
  private final Wanted wanted;
  private final Standings standings;
  private final Map<String, Post> posts = new HashMap<>();

  /** What is known of a post: its newest content, and its stay in the feed if it is there. */
  private record Post(String rev, @Nullable Writing writing, @Nullable Stay stay) {}

  /** From when until when a post is in the feed, and where. */
  private record Stay(Instant since, Instant sortAt, Instant until) {}

  Expectation(String did, Wanted wanted, Pace pace) {
    this.did = did;
    this.wanted = wanted;
    this.standings = new Standings(pace);
  }

  void tell(Said said, Instant seen) {
    switch (said) {
      case Said.Standing standing -> standings.tell(standing, seen);
      case Said.OfPost ofPost -> {
        Post post = posts.get(ofPost.rkey());
        if (post == null || post.rev().compareTo(ofPost.rev()) < 0) {
          posts.put(ofPost.rkey(), next(ofPost, post == null ? null : post.stay(), seen));
        }
      }
    }
  }

  private Post next(Said.OfPost said, @Nullable Stay stay, Instant seen) {
    return switch (said) {
      case Said.Deleted deleted -> new Post(deleted.rev(), null, null);
      case Said.Written written -> {
        Stay going = written.update() && stay != null && isOn(stay, seen) ? stay : null;
        Stay next;
        if (going == null) {
          next = wanted.takes(did, written.writing(), seen) ? begin(written, seen) : null;
        } else {
          // How old a post was when it came does not change with an edit.
          next = wanted.takes(did, written.writing(), going.since()) ? going : null;
        }
        yield new Post(written.rev(), written.writing(), next);
      }
    };
  }

  private boolean isOn(Stay stay, Instant now) {
    return now.isBefore(stay.until()) && !standings.hasTaken(stay.since(), now);
  }

  private Stay begin(Said.Written written, Instant seen) {
    Instant sortAt = seen;
    Instant claimed = written.writing().createdAt().orElse(seen);
    if (claimed.isBefore(sortAt)) {
      sortAt = claimed;
    }
    if (written.update() && Tid.isValid(written.rkey())) {
      Instant made = new Tid(written.rkey()).time();
      sortAt = made.isBefore(sortAt) ? made : sortAt;
    }
    return new Stay(seen, sortAt.truncatedTo(ChronoUnit.MILLIS), seen.plus(wanted.keep()));
  }

  /** Adds what is to be seen. */
  void addTo(Map<String, FeedItem> items, Instant now) {
    if (standings.hides(now)) {
      return;
    }
    posts.forEach((rkey, post) -> {
      Stay stay = post.stay();
      Writing writing = post.writing();
      if (stay != null && writing != null && isOn(stay, now)) {
        items.put(Step.uri(did, rkey), item(stay, writing));
      }
    });
  }

  private FeedItem item(Stay stay, Writing writing) {
    return new FeedItem(
        stay.sortAt(),
        stay.until(),
        did,
        writing.cid(),
        writing.text(),
        writing.langs(),
        writing.links(),
        writing.descriptions(),
        writing.labels());
  }
}
