package courtside.atproto.sync;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.CarArchive;
import courtside.atproto.car.VerifiedArchive;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.repo.Commit;
import courtside.atproto.sync.Outcome.Failed;
import courtside.atproto.sync.Outcome.Passed;
import courtside.atproto.sync.Outcome.Unchecked;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies events of a firehose at every {@link Level}. Pure: what is not in the event is in the
 * {@link Circumstances}. Never throws for what an event says.
 *
 * @see <a href="https://atproto.com/specs/sync#firehose">Sync, commit validation</a>
 */
public final class Verifier {
  /** How far ahead of the clock a revision may lie, as with the reference implementation. */
  public static final Duration CLOCK_LEEWAY = Duration.ofMinutes(5);

  private Verifier() {}

  /** Verifies a commit. */
  public static Verification verify(CommitMessage message, Circumstances circumstances) {
    Map<Level, Outcome> outcomes = new EnumMap<>(Level.class);
    VerifiedArchive archive = null;
    Commit commit = null;
    try {
      archive = archive(message);
      commit = commit(archive, message.did(), message.rev(), circumstances);
      outcomes.put(Level.STRUCTURE, new Passed());
    } catch (FailedException e) {
      outcomes.put(Level.STRUCTURE, e.failed);
    }
    if (archive == null || commit == null) {
      Outcome none = new Unchecked("no commit that can be relied on");
      outcomes.put(Level.OPERATIONS, none);
      outcomes.put(Level.INVERSION, none);
    } else {
      Operations operations = new Operations(message, archive, commit);
      outcomes.put(Level.OPERATIONS, operations.verify());
      outcomes.put(Level.INVERSION, operations.invert());
    }
    outcomes.put(Level.CHAIN, chain(message, circumstances));
    return verification(outcomes, commit, circumstances);
  }

  /**
   * Verifies a sync, which lists no operations: {@link Level#OPERATIONS} and {@link
   * Level#INVERSION} stay unchecked. As it may follow on any state, {@link Level#CHAIN} fails only
   * where it is not newer than the known one.
   */
  public static Verification verify(SyncMessage message, Circumstances circumstances) {
    Map<Level, Outcome> outcomes = new EnumMap<>(Level.class);
    Outcome none = new Unchecked("a sync lists no operations");
    outcomes.put(Level.OPERATIONS, none);
    outcomes.put(Level.INVERSION, none);
    Commit commit = null;
    try {
      VerifiedArchive archive = open(message::archive);
      commit = commit(archive, message.did(), message.rev(), circumstances);
      outcomes.put(Level.STRUCTURE, new Passed());
    } catch (FailedException e) {
      outcomes.put(Level.STRUCTURE, e.failed);
    }
    outcomes.put(
        Level.CHAIN,
        circumstances
            .state()
            .map(known -> notReplayed(message.rev(), known))
            .orElseGet(() -> new Unchecked("the state before is not known")));
    return verification(outcomes, commit, circumstances);
  }

  private static Verification verification(
      Map<Level, Outcome> outcomes, @Nullable Commit commit, Circumstances circumstances) {
    outcomes.put(Level.SIGNATURE, signature(commit, circumstances));
    outcomes.put(
        Level.ACCOUNT,
        circumstances
            .active()
            .<Outcome>map(active ->
                active ? new Passed() : new Failed(Reason.INACTIVE, "the account is not active"))
            .orElseGet(() -> new Unchecked("the account's status is not known")));
    return new Verification(
        outcomes,
        Optional.ofNullable(commit).map(found -> new RepoState(found.rev(), found.data())));
  }

  private static VerifiedArchive archive(CommitMessage message) throws FailedException {
    if (message.flaw().isPresent()) {
      throw failed(Reason.BAD_FIELD, message.flaw().get());
    }
    if (message.blocksLength() > CommitMessage.MAX_BLOCKS_BYTES) {
      throw failed(
          Reason.TOO_LARGE,
          "expected at most "
              + CommitMessage.MAX_BLOCKS_BYTES
              + " bytes of blocks, found "
              + message.blocksLength());
    }
    Cid named =
        message.commit().orElseThrow(() -> failed(Reason.BAD_FIELD, "no commit in the message"));
    VerifiedArchive archive = open(message::archive);
    Cid root = archive.roots().getFirst();
    if (!root.equals(named)) {
      throw failed(Reason.WRONG_ROOT, "expected the root " + named + ", found " + root);
    }
    return archive;
  }

  /** Opens an archive. */
  @FunctionalInterface
  private interface Opening {
    CarArchive open() throws MalformedDataException;
  }

  /** Every block hashes to its CID; that one is no canonical value spoils it alone. */
  private static VerifiedArchive open(Opening opening) throws FailedException {
    VerifiedArchive archive;
    try {
      archive = opening.open().verify();
    } catch (MalformedDataException e) {
      throw failed(e.kind() == Kind.TOO_LARGE ? Reason.TOO_LARGE : Reason.BAD_ARCHIVE, e);
    }
    Optional<MalformedDataException> mismatch = archive.firstFailure(Kind.HASH_MISMATCH);
    if (mismatch.isPresent()) {
      throw failed(Reason.HASH_MISMATCH, mismatch.get());
    }
    return archive;
  }

  private static Commit commit(
      VerifiedArchive archive, Did did, Tid rev, Circumstances circumstances)
      throws FailedException {
    Cid root = archive.roots().getFirst();
    if (!root.isDagCbor()) {
      throw failed(
          Reason.BAD_COMMIT, "expected a commit of DAG-CBOR, found a link to raw bytes " + root);
    }
    Commit commit;
    try {
      commit =
          Commit.read(
              archive
                  .find(root)
                  .orElseThrow(() -> failed(Reason.BAD_COMMIT, "no block of the commit " + root))
                  .toArray());
    } catch (MalformedDataException e) {
      throw failed(Reason.BAD_COMMIT, e);
    }
    if (!commit.did().equals(did)) {
      throw failed(
          Reason.WRONG_ACCOUNT,
          "expected a commit of " + Quoted.of(did) + ", found one of " + Quoted.of(commit.did()));
    }
    if (!commit.rev().equals(rev)) {
      throw failed(
          Reason.WRONG_REVISION, "expected a commit at " + rev + ", found one at " + commit.rev());
    }
    if (rev.time().isAfter(circumstances.now().plus(CLOCK_LEEWAY))) {
      throw failed(
          Reason.FUTURE_REVISION,
          "expected a revision before " + circumstances.now() + ", found " + rev.time());
    }
    return commit;
  }

  private static Outcome signature(@Nullable Commit commit, Circumstances circumstances) {
    if (commit == null) {
      return new Unchecked("no commit that can be relied on");
    }
    if (circumstances.key().isEmpty()) {
      return new Unchecked("the account's key is not known");
    }
    return commit.isSignedBy(circumstances.key().get())
        ? new Passed()
        : new Failed(
            Reason.BAD_SIGNATURE,
            "expected a signature of " + circumstances.key().get().didKey() + ", found another");
  }

  private static Outcome chain(CommitMessage message, Circumstances circumstances) {
    if (circumstances.state().isEmpty()) {
      return new Unchecked("the state before is not known");
    }
    RepoState known = circumstances.state().get();
    Outcome newer = notReplayed(message.rev(), known);
    if (!(newer instanceof Passed)) {
      return newer;
    }
    if (message.since().filter(known.rev()::equals).isEmpty()) {
      return new Failed(
          Reason.BROKEN_CHAIN,
          "expected a commit after " + known.rev() + ", found one after " + said(message.since()));
    }
    if (message.prevData().isEmpty()) {
      return new Unchecked("the commit does not say which tree it follows on");
    }
    return message.prevData().get().equals(known.data())
        ? new Passed()
        : new Failed(
            Reason.BROKEN_CHAIN,
            "expected a commit after the tree "
                + known.data()
                + ", found one after "
                + said(message.prevData()));
  }

  private static Outcome notReplayed(Tid rev, RepoState known) {
    return rev.compareTo(known.rev()) > 0
        ? new Passed()
        : new Failed(
            Reason.REPLAYED, "expected a revision after " + known.rev() + ", found " + rev);
  }

  private static String said(Optional<?> value) {
    return value.map(Object::toString).orElse("none");
  }

  private static FailedException failed(Reason reason, MalformedDataException why) {
    return new FailedException(new Failed(reason, String.valueOf(why.getMessage())));
  }

  private static FailedException failed(Reason reason, String detail) {
    return new FailedException(new Failed(reason, detail));
  }

  /** Carries a failure out of the steps of one level. Has no stack trace. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failed failed;

    FailedException(Failed failed) {
      super(failed.detail(), null, false, false);
      this.failed = failed;
    }
  }
}
