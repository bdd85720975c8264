package courtside.atproto.firehose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.repo.Commit;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CommitMessageTest {
  private static final String TIME = "2026-07-04T12:00:00.000Z";
  private static final Bytes RECORD = Bytes.of(DagCborWriter.write(Map.of("a", 1)));
  private static final Cid CID = Cid.ofDagCbor(RECORD.toArray(), 0, RECORD.length());

  @Test
  void itsSequenceNumberIsOneOfTheStream() throws MalformedDataException {
    assertThat(CommitMessage.read(frame(1, CID)).seq()).isEqualTo(1);
    long most = (1L << 53) - 1;
    assertThat(CommitMessage.read(frame(most, CID)).seq()).isEqualTo(most);
    for (long seq : new long[] {0, -1, most + 1, Long.MIN_VALUE}) {
      byte[] frame = frame(seq, CID);
      assertThatThrownBy(() -> CommitMessage.read(frame))
          .as("seq %d", seq)
          .isInstanceOfSatisfying(
              MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
    }
  }

  @Test
  void aRecordIsOfDagCborByItsLinkToo() throws MalformedDataException {
    byte[] link = CID.toBytes();
    link[1] = 0x55;
    CommitMessage good = CommitMessage.read(frame(1, CID));
    assertThat(good.record(good.operations().getFirst()).length()).isEqualTo(RECORD.length());
    CommitMessage raw = CommitMessage.read(frame(1, Cid.read(link, 0, link.length)));
    assertThatThrownBy(() -> raw.record(raw.operations().getFirst()))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.WRONG_TYPE));
  }

  /** A commit that creates one record, under this CID. */
  private static byte[] frame(long seq, Cid cid) {
    SigningKey key = SigningKey.generate(Curve.K256, new Random(1));
    Commit commit =
        Commit.sign(
            new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"),
            Tid.at(Instant.parse(TIME), 0),
            RecordTree.empty().root(),
            key);
    Change created = Change.created(TreeKey.of("app.bsky.feed.post/3aaaaaaaaaaaa"), cid);
    Bytes blocks =
        Bytes.of(CarWriter.write(commit.cid(), Map.of(commit.cid(), commit.block(), cid, RECORD)));
    return FrameWriter.commit(
        seq,
        TIME,
        new SignedCommit(commit, Optional.empty(), Optional.empty(), List.of(created), blocks));
  }
}
