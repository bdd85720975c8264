package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.RecordedCommits;
import courtside.atproto.RecordedCommits.RecordedCommit;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Inversion.Inverted;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Commits of real servers, inverted from what they carry alone. */
final class RecordedInversionTest {
  @Test
  void ofTheNetworkGivesThePreviousRoots() throws IOException, MalformedDataException {
    List<RecordedCommit> commits = RecordedCommits.ofTheNetwork();
    assertThat(commits).hasSize(148);
    for (RecordedCommit commit : commits) {
      assertThat(Inversion.of(commit.archive(), data(commit.block()), commit.changes()))
          .as("seq %d", commit.seq())
          .isEqualTo(new Inverted(commit.prevData().orElseThrow()));
    }
  }

  /** The whole history of its accounts: the changes alone make every tree that they signed. */
  @Test
  void ofAServerGivesThePreviousRoots() throws IOException, MalformedDataException {
    List<RecordedCommit> commits = RecordedCommits.ofAServer();
    assertThat(commits).hasSize(6691);
    Map<String, RecordTree> trees = new HashMap<>();
    for (RecordedCommit commit : commits) {
      Cid data = data(commit.block());
      RecordTree before = trees.getOrDefault(commit.repo(), RecordTree.empty());
      assertThat(commit.prevData().orElse(before.root()))
          .as("seq %d", commit.seq())
          .isEqualTo(before.root());
      assertThat(Inversion.of(commit.archive(), data, commit.changes()))
          .as("seq %d", commit.seq())
          .isEqualTo(new Inverted(before.root()));

      RecordTree after = before;
      for (Change change : commit.changes()) {
        after =
            change.now().isPresent()
                ? after.with(change.key(), change.now().get())
                : after.without(change.key());
      }
      assertThat(after.root()).as("seq %d", commit.seq()).isEqualTo(data);
      trees.put(commit.repo(), after);

      Set<Cid> ours = new HashSet<>(CoveringProof.of(before, after, commit.changes()).keySet());
      ours.add(commit.cid());
      commit.changes().forEach(change -> change.now().ifPresent(ours::add));
      // What this server carries is just the same.
      for (Cid block : ours) {
        assertThat(commit.archive().find(block)).as("seq %d", commit.seq()).isPresent();
      }
      assertThat(commit.archive().size()).as("seq %d", commit.seq()).isEqualTo(ours.size());
    }
  }

  private static Cid data(Bytes commit) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(commit.toArray());
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals("data")) {
        return reader.readLink();
      }
      reader.skip();
    }
    throw new AssertionError("no data");
  }
}
