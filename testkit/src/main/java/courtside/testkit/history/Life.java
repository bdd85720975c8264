package courtside.testkit.history;

import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.testkit.accounts.Identities;
import courtside.testkit.frames.CommitFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Makes one history. Confined to one thread. */
final class Life {
  private static final String POSTS = "app.bsky.feed.post/";
  private static final List<String> STATUSES =
      List.of("deactivated", "suspended", "takendown", "deleted", "deleted", "deleted");

  /** How many frames one overlap repeats at most. */
  private static final int MOST_REPEATED = 25;

  /** How old the oldest of them is at most, in days: much less than what is remembered. */
  private static final int OLDEST_REPEATED = 2;

  private final long seed;
  private final Pace pace;
  // Of all generators, this one's numbers are the same on every platform for ever.
  private final Random random;
  private final Pen pen;
  private final List<Author> authors = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private Instant now;
  private String relay = "relay-a";
  private long epoch = 1;
  private long seq;

  Life(long seed, Pace pace) {
    this.seed = seed;
    this.pace = pace;
    this.random = new Random(seed);
    this.pen = new Pen(random, pace);
    this.seq = random.nextInt(1_000_000);
    this.now = pace.end();
    Identities identities = new Identities(seed, 1);
    int count = 2 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      authors.add(new Author(identities.did(i).value(), random));
    }
  }

  History live() {
    List<Duration> gaps = gaps();
    now =
        pace.end()
            .minus(gaps.stream().reduce(Duration.ZERO, Duration::plus))
            .truncatedTo(ChronoUnit.MILLIS);
    for (Duration gap : gaps) {
      advance(gap);
      act();
    }
    return new History(seed, pace, steps);
  }

  /** Mostly short, and a few of them long; together hours, days or weeks. */
  private List<Duration> gaps() {
    int count = 25 + random.nextInt(50);
    double days =
        switch (random.nextInt(3)) {
          case 0 -> 0.2 + random.nextDouble();
          case 1 -> 3 + random.nextInt(10);
          default -> 20 + random.nextInt(Pace.DAYS - 20);
        };
    double[] parts = random.doubles(count).map(part -> Math.pow(part, 10)).toArray();
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    List<Duration> gaps = new ArrayList<>();
    for (double part : parts) {
      gaps.add(Duration.ofMillis((long) (part / sum * days * pace.day().toMillis())));
    }
    return gaps;
  }

  private void advance(Duration gap) {
    Instant next = now.plus(gap);
    now = next.isAfter(pace.end()) ? pace.end() : next;
  }

  private void act() {
    Author author = authors.get(random.nextInt(authors.size()));
    switch (random.nextInt(25)) {
      case 0, 1, 2, 3 -> send(status(author));
      case 4 -> send(noise(author));
      case 5 -> send(unreadable(author));
      case 6 -> send(commit(author, now.plus(ahead())));
      case 7, 8 -> overlap();
      default -> send(commit(author, frameTime()));
    }
  }

  private void send(Sent what) {
    seq += 1 + random.nextInt(3);
    sent.add(what);
    steps.add(what.at(now, new FrameHeaders(relay, epoch, seq), pace));
  }

  /** A while before it is seen. */
  private Instant frameTime() {
    return now.minus(part(pace.day().dividedBy(2_000)));
  }

  /** As far ahead as no server may be. */
  private Duration ahead() {
    return pace.futureAllowed().multipliedBy(2).plus(part(pace.futureAllowed().multipliedBy(3)));
  }

  private Duration part(Duration most) {
    return Duration.ofMillis(random.nextLong(most.toMillis()));
  }

  /** Another relay, or another numbering, shows again some of what was seen, mostly up to now. */
  private void overlap() {
    Instant oldest = now.minus(pace.days(OLDEST_REPEATED));
    int from = sent.size();
    int most = 1 + random.nextInt(MOST_REPEATED);
    while (from > 0 && sent.size() - from < most && !steps.get(from - 1).seen().isBefore(oldest)) {
      from--;
    }
    int to = random.nextInt(4) == 0 ? from + random.nextInt(sent.size() - from + 1) : sent.size();
    if (random.nextBoolean()) {
      relay = relay.equals("relay-a") ? "relay-b" : "relay-a";
    }
    epoch++;
    seq = random.nextInt(1_000_000);
    for (Sent again : List.copyOf(sent.subList(from, to))) {
      advance(Duration.ofMillis(random.nextInt(2)));
      send(again);
    }
  }

  private Sent status(Author author) {
    Instant time =
        switch (random.nextInt(8)) {
          case 0 -> author.lastStatusTime();
          case 1 -> author.lastStatusTime().minus(part(pace.day()));
          case 2 -> now.plus(part(pace.day()));
          default -> frameTime();
        };
    if (time.isBefore(pace.begin())) {
      time = frameTime();
    }
    time = time.truncatedTo(ChronoUnit.MILLIS);
    boolean active = author.active() ? random.nextInt(4) == 0 : random.nextInt(3) > 0;
    author.stands(active, time);
    Optional<String> status =
        active ? Optional.empty() : Optional.of(STATUSES.get(random.nextInt(STATUSES.size())));
    return new Sent.Status(author.did(), time, active, status);
  }

  private Sent noise(Author author) {
    Did did = new Did(author.did());
    String time = Sent.datetime(frameTime());
    return random.nextBoolean()
        ? new Sent.Other(
            author.did(),
            number -> FrameWriter.identity(number, time, did, Optional.empty()),
            false,
            "identity")
        : new Sent.Other(
            author.did(),
            number ->
                CommitFrame.frame(
                    "#newest", Map.of("seq", number, "did", did.value(), "time", time)),
            false,
            "unknown kind");
  }

  private Sent unreadable(Author author) {
    byte[] garbage = new byte[1 + random.nextInt(100)];
    random.nextBytes(garbage);
    // A text, where every frame begins with a map.
    garbage[0] = 0x61;
    return new Sent.Other(author.did(), _ -> garbage, true, "garbage");
  }

  /** Some operations under one revision, which may be of the future. */
  private Sent commit(Author author, Instant time) {
    Tid rev = author.revision(time);
    Operations operations = new Operations(author, rev, time);
    do {
      operations.add();
    } while (random.nextInt(4) == 0);
    return operations.commit();
  }

  /** The operations of one commit. */
  private final class Operations {
    private final Author author;
    private final Tid rev;
    private final CommitFrame frame;
    private final Set<String> used = new HashSet<>();
    private final List<Said> says = new ArrayList<>();
    private final Set<Integer> faults = new HashSet<>();
    private boolean unreadable;

    Operations(Author author, Tid rev, Instant time) {
      this.author = author;
      this.rev = rev;
      this.frame = new CommitFrame(author.did(), rev.value(), Sent.datetime(time));
    }

    Sent commit() {
      return new Sent.Commit(
          author.did(), frame::bytes, rev.time(), says, faults.size(), unreadable, "commit");
    }

    void add() {
      switch (random.nextInt(32)) {
        case 0, 1, 2, 3, 4, 5, 6 -> author.anyPost(used).ifPresent(this::edit);
        case 7, 8, 9, 10 -> author.anyPost(used).ifPresent(this::delete);
        case 11, 12, 13 -> author.anyGone(used).ifPresent(this::create);
        // Its deletion was never seen.
        case 14 -> author.anyPost(used).ifPresent(this::create);
        // Its creation was never seen.
        case 15 -> write(newKey(), true, write());
        case 16 -> delete(newKey());
        case 17, 18 -> like();
        case 19, 20 -> bad();
        default -> create(newKey());
      }
    }

    private String newKey() {
      return author.newKey(now, pace);
    }

    private Writing write() {
      List<String> posts =
          steps.stream()
              .flatMap(step ->
                  step.says().stream()
                      .filter(Said.Written.class::isInstance)
                      .map(said -> step.uri(((Said.Written) said).rkey())))
              .toList();
      return pen.write(now, posts);
    }

    private void create(String key) {
      write(key, false, write());
    }

    private void edit(String key) {
      write(key, true, author.post(key).map(old -> pen.edit(old, now)).orElseGet(this::write));
    }

    private void write(String key, boolean update, Writing writing) {
      used.add(key);
      author.put(key, writing);
      frame.write(update ? "update" : "create", POSTS + key, writing.record().toArray());
      says.add(new Said.Written(key, rev.value(), update, writing));
    }

    private void delete(String key) {
      used.add(key);
      author.remove(key);
      frame.operation("delete", POSTS + key, null);
      says.add(new Said.Deleted(key, rev.value()));
    }

    private void like() {
      Writing writing = write();
      frame.write(
          "create",
          "app.bsky.feed.like/" + newKey(),
          writing.recordOf("app.bsky.feed.like").toArray());
    }

    /** Something of which nobody can use anything; what its server has then is another matter. */
    private void bad() {
      boolean update = random.nextBoolean();
      String key =
          (update ? author.anyPost(used) : Optional.<String>empty()).orElseGet(this::newKey);
      String action = update ? "update" : "create";
      used.add(key);
      Writing writing = write();
      byte[] record = writing.record().toArray();
      Cid cid = Cid.ofDagCbor(record, 0, record.length);
      int fault = random.nextInt(6);
      switch (fault) {
        case 0 -> frame.operation(action, POSTS + key, cid);
        case 1 -> frame.corrupt(POSTS + key, record, "else".getBytes(StandardCharsets.US_ASCII));
        case 2 ->
            frame.write(action, POSTS + key, writing.recordOf("app.bsky.feed.like").toArray());
        case 3 -> frame.operation(action, POSTS + key, null);
        case 4 -> frame.write("rename", POSTS + key, record);
        default -> {
          frame.operation(action, "app.bsky.feed.post", cid);
          unreadable = true;
          return;
        }
      }
      author.put(key, writing);
      faults.add(fault);
    }
  }
}
