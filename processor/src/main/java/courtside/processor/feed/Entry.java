package courtside.processor.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a post. One in no feed is remembered too, so that older events about it do
 * nothing. Private to this topology's store. Immutable.
 *
 * @param rev the newest revision
 * @param seenAt the time seen of the event that brought it
 * @param content what its items show; absent where it is in no feed
 * @param matches the versions that it is in, by name
 */
record Entry(String rev, Instant seenAt, Optional<Content> content, List<Match> matches) {
  static final Format<Entry> FORMAT = Format.of(Entry.class);

  Entry {
    matches = List.copyOf(matches);
  }

  static Entry inNoFeed(String rev, Instant seenAt) {
    return new Entry(rev, seenAt, Optional.empty(), List.of());
  }

  Entry with(List<Match> kept) {
    return new Entry(rev, seenAt, kept.isEmpty() ? Optional.empty() : content, kept);
  }
}
