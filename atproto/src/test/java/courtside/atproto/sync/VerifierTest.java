package courtside.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarArchive;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.firehose.SyncMessage;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.repo.Commit;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One good commit, and what is made of it by changing one thing. */
@TestInstance(Lifecycle.PER_CLASS)
final class VerifierTest {
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Instant NOW = Instant.parse("2026-11-25T18:00:00Z");
  private static final String TIME = "2026-11-25T18:00:00.000Z";
  private static final RecordKey CREATED = new RecordKey("3aaaaaaaaaaaa");
  private static final RecordKey UPDATED = new RecordKey("3bbbbbbbbbbbb");
  private static final RecordKey DELETED = new RecordKey("3cccccccccccc");
  private static final Nsid LIKE = new Nsid("app.bsky.feed.like");
  private static final byte[] FLOAT = {(byte) 0xfa, 0x3f, (byte) 0x80, 0, 0};

  private final SigningKey key = SigningKey.generate(Curve.K256, new Random(1));
  private final SigningKey otherKey = SigningKey.generate(Curve.P256, new Random(2));
  private final Set<Reason> seen = EnumSet.noneOf(Reason.class);

  private SignedCommit before = commit(new Repository(DID, key), List.of(), 0);
  private SignedCommit good = before;

  @BeforeAll
  void makeACommit() {
    Repository repository = new Repository(DID, key);
    List<Write> earlier = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      earlier.add(new Write.Create(LIKE, new RecordKey("3like" + i), record("like " + i)));
    }
    earlier.add(new Write.Create(Nsid.POST, UPDATED, record("before")));
    earlier.add(new Write.Create(Nsid.POST, DELETED, record("gone")));
    before = commit(repository, earlier, 1);
    good =
        commit(
            repository,
            List.of(
                new Write.Create(Nsid.POST, CREATED, record("new")),
                new Write.Update(Nsid.POST, UPDATED, record("after")),
                new Write.Delete(Nsid.POST, DELETED)),
            2);
  }

  @AfterAll
  void everyReasonWasSeen() {
    assertThat(seen).containsExactlyInAnyOrder(Reason.values());
  }

  @Test
  void aGoodCommitPassesEveryLevel() throws MalformedDataException {
    Verification verification = Verifier.verify(message(body -> {}), all());
    for (Level level : Level.values()) {
      assertThat(verification.of(level)).as("%s", level).isInstanceOf(Outcome.Passed.class);
    }
    assertThat(verification.failed()).isEmpty();
    assertThat(verification.state())
        .hasValue(new RepoState(good.commit().rev(), good.commit().data()));
  }

  @Test
  void whatIsNotKnownIsNotChecked() throws MalformedDataException {
    Verification verification = Verifier.verify(message(body -> {}), Circumstances.at(NOW));
    for (Level level : List.of(Level.SIGNATURE, Level.CHAIN, Level.ACCOUNT)) {
      assertThat(verification.of(level)).as("%s", level).isInstanceOf(Outcome.Unchecked.class);
    }
    verification = Verifier.verify(message(body -> body.remove("prevData")), all());
    assertThat(verification.of(Level.INVERSION)).isInstanceOf(Outcome.Unchecked.class);
    assertThat(verification.of(Level.CHAIN)).isInstanceOf(Outcome.Unchecked.class);
    assertThat(verification.failed()).isEmpty();
  }

  @Test
  void structure() throws MalformedDataException {
    assertFails(Level.STRUCTURE, Reason.BAD_FIELD, body -> body.remove("commit"));
    assertFails(Level.STRUCTURE, Reason.BAD_FIELD, body -> body.put("since", 5L));
    assertFails(Level.STRUCTURE, Reason.BAD_FIELD, body -> body.put("prevData", "text"));
    assertFails(
        Level.STRUCTURE, Reason.BAD_FIELD, body -> operation(body, UPDATED).put("prev", "text"));
    assertFails(
        Level.STRUCTURE,
        Reason.TOO_LARGE,
        body -> body.put("blocks", Bytes.of(new byte[CommitMessage.MAX_BLOCKS_BYTES + 1])));
    assertFails(
        Level.STRUCTURE, Reason.BAD_ARCHIVE, body -> body.put("blocks", Bytes.of(new byte[9])));
    assertFails(
        Level.STRUCTURE, Reason.WRONG_ROOT, body -> body.put("commit", cid(record("other"))));
    assertFails(
        Level.STRUCTURE,
        Reason.HASH_MISMATCH,
        body -> {
          byte[] car = blocks(body).toArray();
          car[car.length - 1] ^= 1;
          body.put("blocks", Bytes.of(car));
        });
    assertFails(Level.STRUCTURE, Reason.BAD_COMMIT, without(good.commit().cid()));
    assertFails(
        Level.STRUCTURE,
        Reason.WRONG_ACCOUNT,
        body -> body.put("repo", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"));
    assertFails(Level.STRUCTURE, Reason.WRONG_REVISION, body -> body.put("rev", rev(3).value()));
  }

  @Test
  void aRevisionMayBeFiveMinutesAhead() throws MalformedDataException {
    Instant revision = good.commit().rev().time();
    CommitMessage message = message(body -> {});
    Verification ahead =
        Verifier.verify(message, Circumstances.at(revision.minus(Duration.ofMinutes(5))));
    assertThat(ahead.passed(Level.STRUCTURE)).isTrue();
    Verification further =
        Verifier.verify(
            message, Circumstances.at(revision.minus(Duration.ofMinutes(5)).minusMillis(1)));
    assertFailed(further, Level.STRUCTURE, Reason.FUTURE_REVISION);
  }

  @Test
  void operations() throws MalformedDataException {
    Level level = Level.OPERATIONS;
    assertFails(
        level, Reason.BAD_OPERATION, body -> operation(body, CREATED).put("action", "tick"));
    assertFails(level, Reason.BAD_OPERATION, body -> operation(body, CREATED).put("path", "nsid"));
    assertFails(level, Reason.BAD_OPERATION, body -> operation(body, CREATED).put("cid", null));
    assertFails(
        level,
        Reason.BAD_OPERATION,
        body -> operation(body, CREATED).put("prev", cid(record("new"))));
    assertFails(
        level,
        Reason.BAD_OPERATION,
        body -> operation(body, DELETED).put("cid", cid(record("new"))));
    assertFails(
        level, Reason.DUPLICATE_PATH, body -> operation(body, CREATED).put("path", path(UPDATED)));
    assertFails(
        level,
        Reason.WRONG_VALUE,
        body -> operation(body, CREATED).put("cid", cid(record("after"))));
    assertFails(
        level,
        Reason.WRONG_VALUE,
        body -> {
          operations(body).remove(operation(body, UPDATED));
          operation(body, DELETED).put("path", path(UPDATED));
        });
    assertFails(
        level,
        Reason.PARTIAL_TREE,
        body -> operation(body, DELETED).put("path", "app.bsky.feed.like/3like7"));
    assertFails(level, Reason.BAD_RECORD, without(cid(record("new"))));
    assertFails(level, Reason.PARTIAL_TREE, without(good.commit().data()));
  }

  @Test
  void aRecordThatIsNoDagCborSpoilsTheOperationsAndNoBlockElse() throws MalformedDataException {
    Repository repository = new Repository(DID, key);
    SignedCommit odd =
        commit(repository, List.of(new Write.Create(Nsid.POST, CREATED, Bytes.of(FLOAT))), 1);
    Verification verification =
        Verifier.verify(
            CommitMessage.read(FrameWriter.commit(1, TIME, odd)), Circumstances.at(NOW));
    assertThat(verification.passed(Level.STRUCTURE)).isTrue();
    assertFailed(verification, Level.OPERATIONS, Reason.BAD_RECORD);
  }

  @Test
  void aRecordBeyondTheLimitSpoilsTheOperations() throws MalformedDataException {
    // Given a tree of two records, of which one is as large as it may be
    Map<RecordKey, Bytes> records =
        Map.of(
            CREATED, Bytes.of(DagCborWriter.write("x".repeat(CommitMessage.MAX_RECORD_BYTES - 5))),
            UPDATED, Bytes.of(DagCborWriter.write("x".repeat(CommitMessage.MAX_RECORD_BYTES - 4))));
    for (Map.Entry<RecordKey, Bytes> record : records.entrySet()) {
      TreeKey path = TreeKey.of(Nsid.POST, record.getKey());
      Cid content = cid(record.getValue());
      RecordTree tree = RecordTree.empty().with(path, content);
      Commit commit = Commit.sign(DID, rev(2), tree.root(), key);
      Map<Cid, Bytes> blocks = new LinkedHashMap<>(tree.blocks());
      blocks.put(commit.cid(), commit.block());
      blocks.put(content, record.getValue());
      SignedCommit signed =
          new SignedCommit(
              commit,
              Optional.empty(),
              Optional.empty(),
              List.of(Change.created(path, content)),
              Bytes.of(CarWriter.write(commit.cid(), blocks)));
      // When
      Verification verification =
          Verifier.verify(
              CommitMessage.read(FrameWriter.commit(1, TIME, signed)), Circumstances.at(NOW));
      // Then
      assertThat(verification.passed(Level.STRUCTURE)).isTrue();
      if (record.getValue().length() > CommitMessage.MAX_RECORD_BYTES) {
        assertFailed(verification, Level.OPERATIONS, Reason.TOO_LARGE);
      } else {
        assertThat(verification.passed(Level.OPERATIONS)).isTrue();
      }
    }
  }

  @Test
  void aCommitUnderALinkToRawBytes() throws MalformedDataException {
    byte[] link = good.commit().cid().toBytes();
    link[1] = 0x55;
    Cid raw = Cid.read(link, 0, link.length);
    Bytes car = Bytes.of(CarWriter.write(raw, Map.of(raw, good.commit().block())));
    assertFails(
        Level.STRUCTURE,
        Reason.BAD_COMMIT,
        body -> {
          body.put("commit", raw);
          body.put("blocks", car);
        });
  }

  @Test
  void aRootThatIsNoTree() throws MalformedDataException {
    Bytes block = record("no node");
    Commit commit = Commit.sign(DID, rev(2), cid(block), key);
    Verification verification =
        Verifier.verify(
            message(body -> {
              Map<Cid, Bytes> blocks = new LinkedHashMap<>();
              blocks.put(commit.cid(), commit.block());
              blocks.put(cid(block), block);
              body.put("commit", commit.cid());
              body.put("blocks", Bytes.of(CarWriter.write(commit.cid(), blocks)));
            }),
            all());
    assertThat(verification.passed(Level.STRUCTURE)).isTrue();
    assertFailed(verification, Level.OPERATIONS, Reason.BAD_TREE);
    assertFailed(verification, Level.INVERSION, Reason.BAD_TREE);
  }

  @Test
  void signature() throws MalformedDataException {
    Verification verification =
        Verifier.verify(message(body -> {}), all().withKey(otherKey.verifyingKey()));
    assertFailed(verification, Level.SIGNATURE, Reason.BAD_SIGNATURE);
    assertThat(verification.failed()).hasValue(Level.SIGNATURE);
  }

  @Test
  void inversion() throws MalformedDataException {
    Level level = Level.INVERSION;
    // Left out: the tree shows what the list does not.
    assertFails(level, Reason.WRONG_PREVIOUS_DATA, body -> operations(body).removeFirst());
    assertFails(
        level, Reason.WRONG_PREVIOUS_DATA, body -> body.put("prevData", cid(record("other"))));
    assertFails(level, Reason.MISSING_PREVIOUS, body -> operation(body, UPDATED).remove("prev"));
    assertFails(level, Reason.MISSING_PREVIOUS, body -> operation(body, DELETED).remove("prev"));
    assertFails(
        level,
        Reason.WRONG_PREVIOUS_DATA,
        body -> operation(body, DELETED).put("prev", cid(record("other"))));
  }

  @Test
  void chain() throws MalformedDataException {
    Level level = Level.CHAIN;
    CommitMessage message = message(body -> {});
    RepoState known = new RepoState(before.commit().rev(), before.commit().data());
    RepoState same = new RepoState(good.commit().rev(), good.commit().data());
    assertFailed(Verifier.verify(message, all().withState(same)), level, Reason.REPLAYED);
    assertFailed(
        Verifier.verify(message, all().withState(new RepoState(rev(0), known.data()))),
        level,
        Reason.BROKEN_CHAIN);
    assertFailed(
        Verifier.verify(message, all().withState(new RepoState(known.rev(), same.data()))),
        level,
        Reason.BROKEN_CHAIN);
    assertFails(level, Reason.BROKEN_CHAIN, body -> body.put("since", null));
  }

  @Test
  void account() throws MalformedDataException {
    assertFailed(
        Verifier.verify(message(body -> {}), all().withActive(false)),
        Level.ACCOUNT,
        Reason.INACTIVE);
  }

  @Test
  void aSyncSaysWhereARepositoryIs() throws MalformedDataException {
    SyncMessage sync = SyncMessage.read(FrameWriter.sync(9, TIME, good.commit()));
    Verification verification = Verifier.verify(sync, all());
    for (Level level : List.of(Level.STRUCTURE, Level.SIGNATURE, Level.CHAIN, Level.ACCOUNT)) {
      assertThat(verification.of(level)).as("%s", level).isInstanceOf(Outcome.Passed.class);
    }
    assertThat(verification.of(Level.INVERSION)).isInstanceOf(Outcome.Unchecked.class);
    assertThat(verification.state())
        .hasValue(new RepoState(good.commit().rev(), good.commit().data()));
    assertFailed(
        Verifier.verify(sync, all().withState(verification.state().orElseThrow())),
        Level.CHAIN,
        Reason.REPLAYED);
    assertFailed(
        Verifier.verify(sync, all().withKey(otherKey.verifyingKey())),
        Level.SIGNATURE,
        Reason.BAD_SIGNATURE);
  }

  /** Everything there is to know, all of it in favour of the good commit. */
  private Circumstances all() {
    return Circumstances.at(NOW)
        .withKey(key.verifyingKey())
        .withState(new RepoState(before.commit().rev(), before.commit().data()))
        .withActive(true);
  }

  private void assertFails(Level level, Reason reason, Consumer<Map<String, @Nullable Object>> edit)
      throws MalformedDataException {
    assertFailed(Verifier.verify(message(edit), all()), level, reason);
  }

  private void assertFailed(Verification verification, Level level, Reason reason) {
    assertThat(verification.of(level))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.reason()).as(failed.detail()).isEqualTo(reason);
              assertThat(failed.detail()).isNotBlank().hasSizeLessThan(400);
            });
    seen.add(reason);
  }

  /** The good commit's frame with its body edited. */
  @SuppressWarnings("unchecked")
  private CommitMessage message(Consumer<Map<String, @Nullable Object>> edit)
      throws MalformedDataException {
    byte[] frame = FrameWriter.commit(7, TIME, good);
    DagCborReader reader = new DagCborReader(frame);
    reader.skip();
    int start = reader.position();
    Map<String, @Nullable Object> body =
        (Map<String, @Nullable Object>) DagCborIndex.of(frame, start, frame.length).toObject();
    if (body == null) {
      throw new AssertionError("no body");
    }
    edit.accept(body);
    byte[] edited = DagCborWriter.write(body);
    byte[] whole = new byte[start + edited.length];
    System.arraycopy(frame, 0, whole, 0, start);
    System.arraycopy(edited, 0, whole, start, edited.length);
    return CommitMessage.read(whole);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> operations(
      Map<String, @Nullable Object> body) {
    List<Map<String, @Nullable Object>> operations =
        (List<Map<String, @Nullable Object>>) body.get("ops");
    if (operations == null) {
      throw new AssertionError("no operations");
    }
    return operations;
  }

  private static Map<String, @Nullable Object> operation(
      Map<String, @Nullable Object> body, RecordKey rkey) {
    return operations(body).stream()
        .filter(operation -> path(rkey).equals(operation.get("path")))
        .findFirst()
        .orElseThrow();
  }

  private static Bytes blocks(Map<String, @Nullable Object> body) {
    return (Bytes) Objects.requireNonNull(body.get("blocks"));
  }

  private static String path(RecordKey rkey) {
    return Nsid.POST + "/" + rkey;
  }

  /** The archive without one block. */
  private static Consumer<Map<String, @Nullable Object>> without(Cid left) {
    return (Map<String, @Nullable Object> body) ->
        body.put("blocks", without(left, blocks(body).toArray()));
  }

  private static Bytes without(Cid left, byte[] car) {
    try {
      CarArchive archive = CarArchive.read(car, new Range(0, car.length));
      Map<Cid, Bytes> kept = new LinkedHashMap<>();
      for (int i = 0; i < archive.size(); i++) {
        if (!archive.cid(i).equals(left)) {
          kept.put(archive.cid(i), archive.block(i).of(car));
        }
      }
      assertThat(kept).hasSize(archive.size() - 1);
      return Bytes.of(CarWriter.write(archive.roots().getFirst(), kept));
    } catch (MalformedDataException e) {
      throw new AssertionError("an archive of our own", e);
    }
  }

  private static SignedCommit commit(Repository repository, List<Write> writes, int rev) {
    return repository.commit(writes, rev(rev));
  }

  private static Tid rev(int number) {
    return Tid.at(NOW.minusSeconds(60).plusMillis(number), 0);
  }

  private static Bytes record(String text) {
    return Bytes.of(DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", text)));
  }

  private static Cid cid(Bytes block) {
    return Cid.ofDagCbor(block.toArray(), 0, block.length());
  }
}
