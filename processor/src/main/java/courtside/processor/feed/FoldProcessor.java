package courtside.processor.feed;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.letter.Letter;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.rule.Matches;
import courtside.processor.rule.UnmatchableException;
import courtside.processor.streams.PartitionEnds;
import courtside.processor.streams.ReadPositions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of one partition into the store and writes what changes in the feeds. What
 * stands in {@code feed.items} is always what {@link Fold#shown} says of the store. Confined to its
 * task's thread.
 */
final class FoldProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private static final String STAGE = "feeds";
  private static final String BAD_EVENT = "bad_event";
  private static final String UNMATCHABLE = "unmatchable";
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** Between two pieces of a removal. */
  private static final Duration REMOVAL_PERIOD = Duration.ofMillis(100);

  /** Entries that one call of the purge, or one piece of a removal, looks at. */
  private static final int AT_ONCE = 1_000;

  /** Items after which a piece of a removal ends; those of one entry are never parted. */
  private static final int ITEMS_AT_ONCE = 10_000;

  private final FeedRules rules;
  private final Fold fold;
  private final Memory memory;
  private final ReadPositions positions;
  private final PartitionEnds ends;
  private final LetterBox letters;
  private final Counts counts;
  private final Tallies tallies;

  private Tally tally = new Tally();
  private @Nullable Instant lastSeen;
  private final Removal removal = new Removal();
  private final Speed speed = new Speed();
  private final List<Cancellable> schedules = new ArrayList<>();
  private @Nullable Cancellable removing;
  private @Nullable Bytes purgeFrom;
  private long purgedAt;
  private int statusFrom;

  FoldProcessor(
      FeedRules rules,
      Memory memory,
      ReadPositions positions,
      PartitionEnds ends,
      LetterBox letters,
      Counts counts,
      Tallies tallies) {
    this.rules = rules;
    this.fold = new Fold(memory);
    this.memory = memory;
    this.positions = positions;
    this.ends = ends;
    this.letters = letters;
    this.counts = counts;
    this.tallies = tallies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    // A task that is revived goes back to what was committed, with this same object.
    positions.forget(partition());
    lastSeen = null;
    purgeFrom = null;
    purgedAt = 0;
    tally = tallies.begin(context.taskId().partition());
    removal.reset();
    speed.forget();
    // Streams keeps the schedules of a task that is revived.
    schedules.forEach(Cancellable::cancel);
    schedules.clear();
    endRemoving();
    schedules.add(context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, _ -> purge()));
    schedules.add(context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::report));
  }

  @Override
  public void close() {
    tallies.end(context().taskId().partition(), tally);
  }

  @Override
  @SuppressWarnings("NullAway") // A value may be absent, which Streams does not say.
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at =
        context()
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("an event that comes from no topic"));
    Instant seen = Instant.ofEpochMilli(record.timestamp());
    lastSeen = seen;
    positions.processed(partition(), at.offset(), record.timestamp());
    tally.read();
    byte[] value = record.value();
    if (value == null) {
      refuse(record, at, BAD_EVENT, "expected an event, found a record without value");
      return;
    }
    PostEvent event;
    try {
      event = PostEvent.FORMAT.decode(value);
    } catch (SerializationException e) {
      refuse(record, at, BAD_EVENT, String.valueOf(e.getMessage()));
      return;
    }
    // What cannot be decoded from here on is the store's, and no fault of the event.
    try {
      switch (event) {
        case PostEvent.OfPost post -> foldPost(post, seen, record, at);
        case PostEvent.AccountChanged account -> foldAccount(account, seen, at.offset());
      }
    } catch (MalformedDataException e) {
      refuse(record, at, Letter.reason(e), String.valueOf(e.getMessage()));
    }
  }

  private void foldPost(
      PostEvent.OfPost event, Instant seen, Record<byte[], byte[]> record, RecordMetadata at)
      throws MalformedDataException {
    RecordUri uri = RecordUri.parse(event.uri());
    if (!uri.collection().equals(Nsid.POST)) {
      throw new MalformedDataException(
          MalformedDataException.Kind.WRONG_TYPE, -1, "expected the uri of a post");
    }
    StateKey key = StateKey.ofPost(uri);
    Optional<Account> author = settle(key.did(), seen);
    Optional<Entry> stored = entry(key);
    Optional<Entry> held = stored.flatMap(entry -> fold.remaining(entry, author, seen));
    Optional<Entry> next;
    Map<FeedVersion, String> failed = new HashMap<>();
    try {
      next = fold.post(held, event, uri, seen, rules.now(), failed);
    } catch (UnmatchableException e) {
      refuse(record, at, UNMATCHABLE, String.valueOf(e.getMessage()));
      next = fold.unmatchable(held, event, seen);
    }
    if (!failed.isEmpty()) {
      refuse(record, at, UNMATCHABLE, Matches.why(failed));
    }
    if (!next.equals(held)) {
      next.ifPresent(
          entry -> tally.matched(entry.matches().stream().map(Match::feedVersion).toList()));
    }
    replace(key, stored, author, next, author, seen);
  }

  private void foldAccount(PostEvent.AccountChanged event, Instant seen, long offset)
      throws MalformedDataException {
    // As strict as for a post: the key of the store is made of it.
    String did = Did.parse(event.did()).value();
    Optional<Account> held = settle(did, seen);
    Optional<Account> next = Optional.of(fold.account(held, event, seen, offset));
    if (next.equals(held)) {
      return;
    }
    if (isActive(held) != isActive(next) || held.flatMap(Account::deletedSince).isPresent()) {
      replaceAll(did, held, seen, next, seen);
    }
    next.ifPresent(
        account -> store().put(StateKey.ofAccount(did).bytes(), Account.FORMAT.encode(account)));
  }

  private static boolean isActive(Optional<Account> account) {
    return account.map(Account::active).orElse(true);
  }

  /** What is known of an account now; one that is forgotten while hidden is shown again. */
  private Optional<Account> settle(String did, Instant now) {
    StateKey key = StateKey.ofAccount(did);
    Optional<Account> stored = account(did);
    Optional<Account> held = stored.flatMap(account -> fold.remaining(account, now));
    if (stored.isPresent() && held.isEmpty()) {
      if (!isActive(stored)) {
        // What went with the account went before the account was forgotten, whenever that is
        // noticed.
        replaceAll(did, stored, stored.map(fold::end).orElse(now), held, now);
      }
      store().delete(key.bytes());
    }
    return held;
  }

  /** Carries every post of an account over a change of that account, which came at that moment. */
  private void replaceAll(
      String did, Optional<Account> before, Instant changed, Optional<Account> after, Instant now) {
    byte[] prefix = StateKey.ofAccount(did).bytes().get();
    try (KeyValueIterator<Bytes, byte[]> range = store().prefixScan(prefix, (_, bytes) -> bytes)) {
      while (range.hasNext()) {
        KeyValue<Bytes, byte[]> stored = range.next();
        StateKey key = StateKey.read(stored.key);
        if (!key.isAccount()) {
          Entry entry = Entry.FORMAT.decode(stored.value);
          Optional<Entry> next =
              fold.remaining(entry, before, changed)
                  .flatMap(left -> fold.remaining(left, after, now));
          replace(key, Optional.of(entry), before, next, after, now);
        }
      }
    }
  }

  private void replace(
      StateKey key,
      Optional<Entry> stored,
      Optional<Account> before,
      Optional<Entry> next,
      Optional<Account> after,
      Instant now) {
    boolean changed = !next.equals(stored);
    if (!changed && before.equals(after)) {
      return;
    }
    if (changed) {
      if (next.isPresent()) {
        store().put(key.bytes(), Entry.FORMAT.encode(next.get()));
      } else {
        store().delete(key.bytes());
      }
    }
    Fold.changes(Fold.shown(stored, before, key), Fold.shown(next, after, key))
        .forEach((itemKey, item) -> writeItem(itemKey, item, now));
  }

  private void writeItem(String key, @Nullable FeedItem item, Instant now) {
    forward(
        key.getBytes(StandardCharsets.UTF_8),
        item == null ? null : FeedItem.FORMAT.encode(item),
        now,
        FeedTopology.ITEMS);
    counts.itemChanged();
  }

  /**
   * Takes out what has ended, a bounded piece of the store at a time, round and round. While no
   * event comes no time passes, so nothing ends and no round begins.
   */
  private void purge() {
    Instant seen = lastSeen;
    if (seen == null || (purgeFrom == null && purgedAt == tally.readTotal())) {
      return;
    }
    if (purgeFrom == null) {
      purgedAt = tally.readTotal();
    }
    Instant now = seen.minus(memory.skew());
    int looked = 0;
    String did = "";
    Optional<Account> author = Optional.empty();
    boolean forgotten = false;
    Bytes next = null;
    try (KeyValueIterator<Bytes, byte[]> range = store().range(purgeFrom, null)) {
      while (range.hasNext()) {
        if (looked++ == AT_ONCE) {
          next = range.peekNextKey();
          break;
        }
        KeyValue<Bytes, byte[]> stored = range.next();
        StateKey key = StateKey.read(stored.key);
        if (!key.did().equals(did)) {
          did = key.did();
          boolean known = account(did).isPresent();
          author = settle(did, now);
          forgotten = known && author.isEmpty();
        }
        if (!key.isAccount()) {
          // Forgetting the account may have changed its entries under this iterator.
          Optional<Entry> entry =
              forgotten ? entry(key) : Optional.of(Entry.FORMAT.decode(stored.value));
          purge(key, entry, author, now);
        }
      }
    }
    purgeFrom = next;
  }

  private void purge(StateKey key, Optional<Entry> stored, Optional<Account> author, Instant now) {
    Optional<Entry> held = stored.flatMap(entry -> fold.remaining(entry, author, now));
    replace(key, stored, author, held, author, now);
  }

  /** Says how far each version is; a large set takes turns. Begins a removal where one is due. */
  private void report(long now) {
    OptionalLong position = positions.next(partition());
    if (position.isEmpty()) {
      return;
    }
    List<FeedVersion> versions = new ArrayList<>();
    FeedRules.Wanted wanted = rules.now();
    versions.addAll(wanted.versions());
    versions.addAll(wanted.removing());
    if (removing == null && removal.isWanted(wanted.removing())) {
      removing =
          context().schedule(REMOVAL_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::removeVersions);
    }
    OptionalDouble rate = speed.look(position.getAsLong(), now);
    int count = Math.min(FeedTopology.STATUSES_EACH_SECOND, versions.size());
    for (int i = 0; i < count; i++) {
      say(versions.get((statusFrom + i) % versions.size()), position.getAsLong(), rate, now);
    }
    statusFrom = versions.isEmpty() ? 0 : (statusFrom + count) % versions.size();
  }

  private void say(FeedVersion version, long position, OptionalDouble rate, long now) {
    TopicPartition partition = partition();
    FeedStatus status =
        new FeedStatus(
            Instant.ofEpochMilli(now),
            position,
            Math.max(position, ends.end(partition).orElse(position)),
            lastSeen == null ? Instant.EPOCH : lastSeen,
            tally.readTotal(),
            tally.matchedTotal(version),
            OptionalLong.empty(),
            rate,
            removal.isDone(version) ? Optional.of(rules.set()) : Optional.empty());
    forward(
        version.statusKey(partition.partition()).getBytes(StandardCharsets.UTF_8),
        FeedStatus.FORMAT.encode(status),
        Instant.ofEpochMilli(now),
        FeedTopology.STATUS);
  }

  /**
   * Takes out the items of versions that are removed, a bounded piece of the store at a time. The
   * last piece and the word that nothing is left are in one transaction.
   */
  private void removeVersions(long now) {
    OptionalLong position = positions.next(partition());
    if (position.isEmpty()) {
      // What is said in the end says this too.
      return;
    }
    if (!removal.isWanted(rules.now().removing())) {
      endRemoving();
      return;
    }
    Bytes next = removePiece(Instant.ofEpochMilli(now));
    if (next != null) {
      removal.goOn(next);
      return;
    }
    for (FeedVersion version : removal.end()) {
      tally.forget(version);
      say(version, position.getAsLong(), OptionalDouble.empty(), now);
    }
  }

  /** Returns where the next piece begins, or null where there is none. */
  private @Nullable Bytes removePiece(Instant now) {
    int looked = 0;
    int items = 0;
    try (KeyValueIterator<Bytes, byte[]> range = store().range(removal.from(), null)) {
      while (range.hasNext()) {
        if (looked++ == AT_ONCE || items >= ITEMS_AT_ONCE) {
          return range.peekNextKey();
        }
        KeyValue<Bytes, byte[]> stored = range.next();
        StateKey key = StateKey.read(stored.key);
        if (!key.isAccount()) {
          items += takeOut(key, Entry.FORMAT.decode(stored.value), now);
        }
      }
    }
    return null;
  }

  private int takeOut(StateKey key, Entry entry, Instant now) {
    List<Match> kept =
        entry.matches().stream().filter(match -> !removal.takesOut(match.feedVersion())).toList();
    int out = entry.matches().size() - kept.size();
    if (out > 0) {
      Optional<Account> author = account(key.did());
      replace(key, Optional.of(entry), author, Optional.of(entry.with(kept)), author, now);
    }
    return out;
  }

  private void endRemoving() {
    if (removing != null) {
      removing.cancel();
      removing = null;
    }
  }

  private void refuse(
      Record<byte[], byte[]> record, RecordMetadata at, String reason, String detail) {
    DeadLetter letter =
        Letter.of(
            STAGE,
            reason,
            Instant.ofEpochMilli(record.timestamp()),
            detail,
            Letter.source(at.topic(), at.partition(), at.offset()),
            record.value());
    letters
        .take(letter)
        .ifPresent(bytes -> forward(record.key(), bytes, letter.at(), FeedTopology.LETTERS));
  }

  @SuppressWarnings("NullAway") // Absent keys and values, which Streams does not say it takes.
  private void forward(byte @Nullable [] key, byte @Nullable [] value, Instant at, String sink) {
    context().forward(new Record<>(key, value, at.toEpochMilli()), sink);
  }

  private Optional<Account> account(String did) {
    return Optional.ofNullable(store().get(StateKey.ofAccount(did).bytes()))
        .map(Account.FORMAT::decode);
  }

  private Optional<Entry> entry(StateKey key) {
    return Optional.ofNullable(store().get(key.bytes())).map(Entry.FORMAT::decode);
  }

  private KeyValueStore<Bytes, byte[]> store() {
    return context().getStateStore(FeedTopology.STORE);
  }

  private TopicPartition partition() {
    return new TopicPartition(Topics.POSTS.name(), context().taskId().partition());
  }
}
