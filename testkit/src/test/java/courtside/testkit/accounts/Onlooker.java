package courtside.testkit.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.IdentityMessage;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.record.Embed;
import courtside.atproto.record.Like;
import courtside.atproto.record.Post;
import courtside.atproto.record.RecordValue;
import courtside.atproto.record.Repost;
import courtside.atproto.record.StrongRef;
import courtside.atproto.sync.Circumstances;
import courtside.atproto.sync.Level;
import courtside.atproto.sync.Outcome;
import courtside.atproto.sync.RepoState;
import courtside.atproto.sync.Verification;
import courtside.atproto.sync.Verifier;
import courtside.atproto.syntax.Datetime;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Somebody who reads a simulated network's frames, verifies every one at every level, and folds
 * what they say. Knows nothing but whose identities they are. Confined to one thread.
 */
public final class Onlooker {
  /** How far a revision may be ahead of the clock: a microsecond for each of one moment. */
  private static final long LEEWAY_MICROS = 1_000_000;

  private static final Set<Level> ALL = EnumSet.allOf(Level.class);

  /** Of an account's first commit, as nothing is known of what it follows on. */
  private static final Set<Level> OF_THE_FIRST =
      EnumSet.of(Level.STRUCTURE, Level.OPERATIONS, Level.SIGNATURE, Level.ACCOUNT);

  private static final Set<Level> OF_A_SYNC =
      EnumSet.of(Level.STRUCTURE, Level.SIGNATURE, Level.CHAIN, Level.ACCOUNT);

  private final Identities identities;
  private final Map<Did, Integer> voices = new HashMap<>();
  private final Map<Did, Integer> generations = new HashMap<>();
  private final Map<Did, VerifyingKey> keys = new HashMap<>();
  private final Map<Did, Boolean> active = new HashMap<>();
  private final Map<Did, RepoState> states = new HashMap<>();
  private final Map<Did, Map<RecordUri, Cid>> records = new HashMap<>();
  private final Map<String, Integer> seen = new TreeMap<>();
  private long lastSeq;

  /** One of a network that has so many voices. */
  public Onlooker(Identities identities, int voices) {
    this.identities = identities;
    for (int voice = 0; voice < voices; voice++) {
      this.voices.put(identities.did(voice), voice);
    }
  }

  /** Whether an account is one of these identities. */
  public boolean knows(Did did) {
    return voices.containsKey(did);
  }

  /** Whether each account that was seen is active. */
  Map<Did, Boolean> active() {
    return active;
  }

  /** The records of an account. */
  Map<RecordUri, Cid> records(Did did) {
    return records.getOrDefault(did, Map.of());
  }

  /** How often something was seen, by words such as {@code update app.bsky.feed.post}. */
  public Map<String, Integer> seen() {
    return seen;
  }

  /** Reads one more frame. */
  public void see(long seq, byte[] bytes, Instant now) throws MalformedDataException {
    Event event = (Event) Frame.read(bytes);
    assertThat(event.seq()).isEqualTo(seq).isGreaterThan(lastSeq);
    lastSeq = seq;
    assertThat(Datetime.momentOf(event.time())).contains(now.truncatedTo(ChronoUnit.MILLIS));
    assertThat(voices).as("frame %d is of a stranger", seq).containsKey(event.did());
    switch (event) {
      case IdentityMessage identity -> see(identity);
      case AccountMessage account -> see(account);
      case SyncMessage sync -> see(sync, now);
      case CommitMessage commit -> see(commit, now);
    }
  }

  private void see(IdentityMessage identity) {
    count("identity");
    Did did = identity.did();
    int generation = generations.merge(did, 0, (before, _) -> before + 1);
    int voice = voices.getOrDefault(did, -1);
    keys.put(did, identities.key(voice, generation).verifyingKey());
    assertThat(identity.handle()).contains(identities.handle(voice).value());
  }

  private void see(AccountMessage account) {
    count("account " + account.status().orElse("active"));
    assertThat(account.active()).isEqualTo(account.status().isEmpty());
    assertThat(generations).as("an #identity comes first").containsKey(account.did());
    active.put(account.did(), account.active());
  }

  private void see(SyncMessage sync, Instant now) {
    count("sync");
    Verification verification = Verifier.verify(sync, circumstances(sync, now));
    assertPassed(sync, verification, OF_A_SYNC);
    RepoState state = verification.state().orElseThrow();
    RepoState before = states.put(sync.did(), state);
    // Nothing is to be fetched: it says what is known.
    assertThat(before).isNotNull().extracting(RepoState::data).isEqualTo(state.data());
  }

  private void see(CommitMessage commit, Instant now) throws MalformedDataException {
    boolean first = !states.containsKey(commit.did());
    Verification verification = Verifier.verify(commit, circumstances(commit, now));
    assertPassed(commit, verification, first ? OF_THE_FIRST : ALL);
    assertThat(commit.prevData().isEmpty()).isEqualTo(first);
    assertThat(commit.since().isEmpty()).isEqualTo(first);
    assertThat(commit.rev().time()).isBefore(now.plus(LEEWAY_MICROS, ChronoUnit.MICROS));
    states.put(commit.did(), verification.state().orElseThrow());

    count("commit of " + Math.min(commit.operations().size(), 3));
    Map<RecordUri, Cid> fold = records.computeIfAbsent(commit.did(), _ -> new HashMap<>());
    for (RepoOperation operation : commit.operations()) {
      count(operation.action() + " " + operation.collection());
      RecordUri uri = new RecordUri(commit.did(), operation.collection(), operation.rkey());
      Cid before =
          operation.cid().isPresent() ? fold.put(uri, operation.cid().get()) : fold.remove(uri);
      assertThat(Optional.ofNullable(before)).isEqualTo(operation.prev());
      if (operation.cid().isPresent()) {
        Range range = commit.record(operation);
        see(operation, RecordValue.read(operation.collection(), range.of(commit.frame())));
      }
    }
  }

  private void see(RepoOperation operation, RecordValue record) throws MalformedDataException {
    // An edit keeps what the post answered or showed, whatever became of that.
    boolean created = operation.action() == RepoOperation.Action.CREATE;
    switch (record) {
      case Post post -> {
        assertThat(post.brokenLimits()).isEmpty();
        if (post.reply().isPresent()) {
          count("reply");
          assertThat(post.reply().get().root()).isPresent();
          assertNames(post.reply().get().parent(), created);
        }
        if (post.embed().orElse(null) instanceof Embed.EmbeddedRecord quoted) {
          count("quote");
          assertNames(quoted.record(), created);
        }
      }
      case Like like -> assertNames(like.subject(), true);
      case Repost repost -> assertNames(repost.subject(), true);
      default -> {
        // It concerns no post.
      }
    }
  }

  private void assertNames(Optional<StrongRef> reference, boolean standing)
      throws MalformedDataException {
    StrongRef ref = reference.orElseThrow();
    assertThat(ref.isOf(Post.TYPE)).isTrue();
    Cid cid = ref.parsedCid().orElseThrow();
    if (standing) {
      RecordUri uri = RecordUri.parse(ref.uri());
      assertThat(records(uri.repo())).containsEntry(uri, cid);
      assertThat(active).containsEntry(uri.repo(), true);
    }
  }

  private Circumstances circumstances(Event event, Instant now) {
    VerifyingKey key = keys.get(event.did());
    RepoState state = states.get(event.did());
    Circumstances known =
        Circumstances.at(now)
            .withKey(Optional.ofNullable(key).orElseThrow())
            .withActive(active.getOrDefault(event.did(), false));
    return state == null ? known : known.withState(state);
  }

  private static void assertPassed(Event event, Verification verification, Set<Level> levels) {
    for (Level level : levels) {
      assertThat(verification.of(level))
          .as("%s of frame %d, %s", level, event.seq(), event.did())
          .isEqualTo(new Outcome.Passed());
    }
  }

  private void count(String what) {
    var _ = seen.merge(what, 1, Integer::sum);
  }
}
