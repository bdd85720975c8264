package courtside.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.Inversion;
import courtside.atproto.mst.Inversion.Inverted;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RepositoryTest {
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Instant START = Instant.parse("2026-07-04T12:00:00Z");
  private static final String TIME = "2026-07-04T12:00:00.000Z";
  private static final List<Nsid> COLLECTIONS =
      List.of(Nsid.POST, new Nsid("app.bsky.feed.like"), new Nsid("app.bsky.graph.follow"));

  private final SigningKey key = SigningKey.generate(Curve.K256, new Random(1));
  private final Repository repository = new Repository(DID, key);

  /** Histories as long as an account's, and each of their commits as a receiver sees it. */
  @Test
  void everyCommitCanBeCheckedFromItsFrameAlone() throws MalformedDataException {
    for (long seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      SigningKey signing =
          SigningKey.generate(seed % 2 == 0 ? Curve.K256 : Curve.P256, new Random(seed));
      Repository account = new Repository(DID, signing);
      Map<TreeKey, Bytes> records = new HashMap<>();
      for (int i = 0; i < 80; i++) {
        String place = "seed " + seed + ", commit " + i;
        if (i == 40) {
          signing = SigningKey.generate(Curve.K256, new Random(seed + 1000));
          account.rotateKey(signing);
        }
        Optional<Commit> before = account.head();
        Cid treeBefore = account.tree().root();
        List<Write> writes = draw(random, records, i == 60 ? 200 : random.nextInt(5));
        SignedCommit signed = account.commit(writes, rev(i));

        byte[] frame = FrameWriter.commit(i + 1L, TIME, signed);
        assertReadsBack(frame, signed, records, place);
        assertThat(signed.commit().isSignedBy(signing.verifyingKey())).as(place).isTrue();
        assertThat(signed.since()).as(place).isEqualTo(before.map(Commit::rev));
        assertThat(signed.prevData()).as(place).isEqualTo(before.map(Commit::data));

        CarArchive slice = archive(signed.blocks());
        assertThat(slice.roots()).as(place).containsExactly(signed.commit().cid());
        assertThat(slice.find(signed.commit().cid())).hasValue(signed.commit().block());
        assertThat(Inversion.of(slice, signed.commit().data(), signed.changes()))
            .as(place)
            .isEqualTo(new Inverted(treeBefore));
        assertThat(account.head()).hasValue(signed.commit());
      }
      assertHolds(account, records);
    }
  }

  private static void assertReadsBack(
      byte[] frame, SignedCommit signed, Map<TreeKey, Bytes> records, String place)
      throws MalformedDataException {
    FrameScan scan = FrameScan.of(frame);
    assertThat(scan.kind()).as(place).isEqualTo(FrameKind.COMMIT);
    assertThat(scan.repo()).as(place).hasValue(DID);
    assertThat(scan.time()).as(place).hasValue(TIME);
    CommitMessage message = CommitMessage.read(frame);
    assertThat(scan.seq()).as(place).hasValue(message.seq());
    assertThat(message.repo()).as(place).isEqualTo(DID);
    assertThat(message.rev()).as(place).isEqualTo(signed.commit().rev());
    assertThat(message.unreadable()).as(place).isEmpty();
    assertThat(message.operations()).as(place).hasSize(signed.changes().size());
    for (int i = 0; i < signed.changes().size(); i++) {
      RepoOperation operation = message.operations().get(i);
      Change change = signed.changes().get(i);
      TreeKey path = TreeKey.of(operation.collection(), operation.rkey());
      assertThat(path).as(place).isEqualTo(change.key());
      assertThat(operation.cid()).as(place).isEqualTo(change.now());
      if (operation.action() == RepoOperation.Action.DELETE) {
        assertThat(records).as(place).doesNotContainKey(path);
      } else {
        assertThat(operation.action())
            .as(place)
            .isEqualTo(
                change.before().isPresent()
                    ? RepoOperation.Action.UPDATE
                    : RepoOperation.Action.CREATE);
        Bytes record = message.record(operation).of(message.frame());
        assertThat(record).as(place).isEqualTo(records.get(path));
      }
    }
  }

  private static void assertHolds(Repository account, Map<TreeKey, Bytes> records)
      throws MalformedDataException {
    CarArchive all = archive(Bytes.of(account.export()));
    Commit head = Commit.read(all.find(all.roots().getFirst()).orElseThrow().toArray());
    assertThat(account.head()).hasValue(head);
    Map<TreeKey, Bytes> found = new TreeMap<>();
    for (Map.Entry<TreeKey, Cid> record : RecordTree.load(all, head.data()).records().entrySet()) {
      found.put(record.getKey(), all.find(record.getValue()).orElseThrow());
    }
    assertThat(found).isEqualTo(new TreeMap<>(records));
    for (Map.Entry<TreeKey, Bytes> record : records.entrySet()) {
      assertThat(account.record(record.getKey())).hasValue(record.getValue());
    }
  }

  /** Writes of different records, which are made in the map too. */
  private static List<Write> draw(Random random, Map<TreeKey, Bytes> records, int count) {
    List<Write> writes = new ArrayList<>();
    List<TreeKey> there = new ArrayList<>(new TreeMap<>(records).keySet());
    Set<TreeKey> written = new HashSet<>();
    while (writes.size() < count) {
      // Few different ones, so that two records now and then are one block.
      Bytes content = Bytes.of(DagCborWriter.write(Map.of("text", "no. " + random.nextInt(300))));
      if (!there.isEmpty() && random.nextInt(3) == 0) {
        TreeKey path = there.remove(random.nextInt(there.size()));
        Nsid collection = new Nsid(path.value().substring(0, path.value().indexOf('/')));
        RecordKey rkey = new RecordKey(path.value().substring(path.value().indexOf('/') + 1));
        written.add(path);
        if (random.nextBoolean()) {
          writes.add(new Write.Delete(collection, rkey));
          records.remove(path);
        } else {
          writes.add(new Write.Update(collection, rkey, content));
          records.put(path, content);
        }
      } else {
        Nsid collection = COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
        RecordKey rkey =
            new RecordKey(Tid.at(START.plusMillis(random.nextInt(1_000_000)), 0).value());
        Write create = new Write.Create(collection, rkey, content);
        if (!records.containsKey(create.key()) && written.add(create.key())) {
          writes.add(create);
          records.put(create.key(), content);
        }
      }
    }
    return writes;
  }

  @Test
  void theFirstCommitHasNothingBeforeIt() throws MalformedDataException {
    SignedCommit first = repository.commit(List.of(), rev(0));
    assertThat(first.since()).isEmpty();
    assertThat(first.prevData()).isEmpty();
    assertThat(first.changes()).isEmpty();
    CarArchive slice = archive(first.blocks());
    assertThat(slice.find(RecordTree.empty().root())).isPresent();
    assertThat(slice.size()).isEqualTo(2);
  }

  @Test
  void anEmptyCommitMayFollow() throws MalformedDataException {
    repository.commit(List.of(create("a", 1)), rev(0));
    SigningKey next = SigningKey.generate(Curve.P256, new Random(2));
    repository.rotateKey(next);
    Commit first = repository.head().orElseThrow();
    SignedCommit second = repository.commit(List.of(), rev(1));
    assertThat(second.commit().data()).isEqualTo(first.data());
    assertThat(second.prevData()).hasValue(first.data());
    assertThat(second.since()).hasValue(first.rev());
    assertThat(second.commit().isSignedBy(next.verifyingKey())).isTrue();
    assertThat(second.commit().isSignedBy(key.verifyingKey())).isFalse();
    assertThat(first.isSignedBy(key.verifyingKey())).isTrue();
  }

  @Test
  void refusesWritesThatDoNotFitWhatIsThere() {
    repository.commit(List.of(create("a", 1)), rev(0));
    assertRefused(List.of(create("a", 2)), "created, but there: app.bsky.feed.post/a");
    assertRefused(List.of(update("b", 2)), "not there: app.bsky.feed.post/b");
    assertRefused(List.of(delete("b")), "not there: app.bsky.feed.post/b");
    assertRefused(List.of(create("c", 1), delete("c")), "two writes of app.bsky.feed.post/c");
    assertRefused(List.of(update("a", 2), update("a", 3)), "two writes of");
    // What came before the bad one is not done either.
    assertRefused(List.of(create("c", 1), create("a", 2)), "created, but there");
    assertRefused(List.of(delete("a"), delete("b")), "not there");
  }

  @Test
  void refusesWhatIsLargerThanTheProtocolAllows() {
    repository.commit(List.of(create("a", 1)), rev(0));
    List<Write> many = new ArrayList<>();
    for (int i = 0; i <= Repository.MAX_WRITES; i++) {
      many.add(create("many" + i, i));
    }
    assertRefused(many, "expected at most 200 writes, found 201");
    assertRefused(List.of(sized("b", 0)), "a record without content");
    assertRefused(
        List.of(sized("b", Repository.MAX_RECORD_BYTES + 1)), "expected at most 1000000 bytes");
    assertRefused(
        List.of(sized("b", 1_000_000), sized("c", 999_999)), "expected at most 2000000 bytes of");
    // As large as all of it may be.
    SignedCommit most = repository.commit(many.subList(0, 200), rev(1));
    assertThat(most.changes()).hasSize(200);
    int rest =
        2_000_000 - repository.commit(List.of(sized("b", 1_000_000)), rev(2)).blocks().length();
    SignedCommit large =
        repository.commit(List.of(sized("c", 1_000_000), sized("d", rest - 1000)), rev(3));
    assertThat(large.blocks().length()).isBetween(1_990_000, 2_000_000);
  }

  @Test
  void refusesARevisionThatIsNotHigher() {
    repository.commit(List.of(), rev(5));
    for (int earlier : new int[] {0, 5}) {
      assertThatThrownBy(() -> repository.commit(List.of(), rev(earlier)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("expected a revision after " + rev(5) + ", found " + rev(earlier));
    }
  }

  @Test
  void hasNothingToExportBeforeItsFirstCommit() {
    assertThatThrownBy(repository::export).isInstanceOf(IllegalStateException.class);
  }

  private void assertRefused(List<Write> writes, String message) {
    Optional<Commit> head = repository.head();
    Cid root = repository.tree().root();
    byte[] all = repository.export();
    assertThatThrownBy(() -> repository.commit(writes, rev(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(repository.head()).isEqualTo(head);
    assertThat(repository.tree().root()).isEqualTo(root);
    assertThat(repository.export()).isEqualTo(all);
  }

  private static Write create(String rkey, int content) {
    return new Write.Create(Nsid.POST, new RecordKey(rkey), content(content));
  }

  private static Write update(String rkey, int content) {
    return new Write.Update(Nsid.POST, new RecordKey(rkey), content(content));
  }

  private static Write delete(String rkey) {
    return new Write.Delete(Nsid.POST, new RecordKey(rkey));
  }

  private static Write sized(String rkey, int bytes) {
    byte[] content = new byte[bytes];
    // Different ones: the same content would be one block.
    new Random(rkey.hashCode()).nextBytes(content);
    return new Write.Create(Nsid.POST, new RecordKey(rkey), Bytes.of(content));
  }

  private static Bytes content(int content) {
    return Bytes.of(DagCborWriter.write(Map.of("text", "no. " + content)));
  }

  private static Tid rev(int number) {
    return Tid.at(START.plusSeconds(number), 7);
  }

  private static CarArchive archive(Bytes car) throws MalformedDataException {
    return CarArchive.read(car.toArray(), new Range(0, car.length()));
  }
}
