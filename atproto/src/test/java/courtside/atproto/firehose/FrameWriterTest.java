package courtside.atproto.firehose;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.RecordedCommits;
import courtside.atproto.RecordedCommits.RecordedCommit;
import courtside.atproto.SharedFiles;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.repo.Commit;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameWriterTest {
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final String TIME = "2026-07-04T12:00:00.000Z";

  @Test
  void writesCommitsAsTheNetworkDoes() throws IOException, MalformedDataException {
    List<RecordedCommit> recorded = RecordedCommits.ofTheNetwork();
    assertThat(recorded).hasSize(148);
    assertWritten(recorded);
  }

  @Test
  void writesCommitsAsAServerDoes() throws IOException, MalformedDataException {
    List<RecordedCommit> recorded = RecordedCommits.ofAServer();
    assertThat(recorded).hasSize(6691);
    assertWritten(recorded);
  }

  private static void assertWritten(List<RecordedCommit> recorded) throws MalformedDataException {
    for (RecordedCommit one : recorded) {
      SignedCommit commit =
          new SignedCommit(
              Commit.read(one.block().toArray()),
              one.since().map(Tid::new),
              one.prevData(),
              one.changes(),
              one.blocks());
      assertThat(Bytes.of(FrameWriter.commit(one.seq(), one.time(), commit)))
          .as("seq %d", one.seq())
          .isEqualTo(one.frame());
    }
  }

  @Test
  void aSyncHoldsTheCommitAlone() throws MalformedDataException {
    Repository repository = new Repository(DID, SigningKey.generate(Curve.P256, new Random(1)));
    Commit commit = repository.commit(List.of(), Tid.at(Instant.EPOCH, 0)).commit();
    byte[] frame = FrameWriter.sync(17, TIME, commit);
    assertThat(FrameScan.of(frame)).isEqualTo(scan(FrameKind.SYNC, 17));
    CarArchive archive = CarArchive.read(frame, blocks(frame));
    assertThat(archive.roots()).containsExactly(commit.cid());
    assertThat(archive.size()).isEqualTo(1);
    assertThat(archive.find(commit.cid())).hasValue(commit.block());
  }

  private static Range blocks(byte[] frame) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    reader.skip();
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals("blocks")) {
        return reader.readBytes();
      }
      reader.skip();
    }
    throw new AssertionError("no blocks");
  }

  @Test
  void whatIsWrittenOfAccountsReadsBackTheSame() throws MalformedDataException {
    byte[] active = FrameWriter.account(18, TIME, DID, true, Optional.empty());
    assertThat(FrameScan.of(active)).isEqualTo(scan(FrameKind.ACCOUNT, 18));
    assertThat(AccountMessage.read(active))
        .isEqualTo(new AccountMessage(18, DID, TIME, true, Optional.empty()));
    byte[] gone = FrameWriter.account(19, TIME, DID, false, Optional.of("deleted"));
    assertThat(AccountMessage.read(gone))
        .isEqualTo(new AccountMessage(19, DID, TIME, false, Optional.of("deleted")));
    for (Optional<String> handle :
        List.of(Optional.<String>empty(), Optional.of("handle.invalid"))) {
      assertThat(FrameScan.of(FrameWriter.identity(20, TIME, DID, handle)))
          .isEqualTo(scan(FrameKind.IDENTITY, 20));
    }
  }

  @Test
  void writesInfosAndErrorsAsServersDo() throws IOException {
    assertThat(FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")))
        .isEqualTo(first("recordings/special/future-cursor.frames"));
    assertThat(FrameWriter.error("ConsumerTooSlow", Optional.of("Stream consumer too slow")))
        .isEqualTo(first("recordings/special/too-slow.frames"));
    assertThat(
            FrameWriter.info(
                "OutdatedCursor",
                Optional.of("Requested cursor exceeded limit. Possibly missing events")))
        .isEqualTo(first("recordings/special/outdated-cursor.frames"));
    assertThat(FrameWriter.error("ConsumerTooSlow", Optional.empty()))
        .isEqualTo(
            SharedFiles.bytes(
                "vectors/derived/synthetic-frames/error-ConsumerTooSlow-nomessage.bin"));
  }

  /** The first of some frames, each after its length in four bytes. */
  private static byte[] first(String name) throws IOException {
    byte[] frames = SharedFiles.bytes(name);
    return Arrays.copyOfRange(frames, 4, 4 + (frames[3] & 0xff));
  }

  private static FrameScan scan(FrameKind kind, long seq) {
    return new FrameScan(
        kind,
        OptionalLong.of(seq),
        Optional.of(DID),
        Optional.of(TIME),
        Optional.empty(),
        Optional.empty());
  }
}
