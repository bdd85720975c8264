package courtside.atproto;

import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The #commit messages of recordings, with all that they say. */
public final class RecordedCommits {
  private RecordedCommits() {}

  /**
   * One of them.
   *
   * @param frame the whole message
   * @param blocks the archive's bytes
   * @param block the commit object
   */
  public record RecordedCommit(
      Bytes frame,
      long seq,
      String time,
      String repo,
      String rev,
      Optional<String> since,
      Cid cid,
      Optional<Cid> prevData,
      List<Change> changes,
      CarArchive archive,
      Bytes blocks,
      Bytes block) {}

  /** 148 of the whole network. */
  public static List<RecordedCommit> ofTheNetwork() throws IOException, MalformedDataException {
    return read("vectors/derived/jetstream-frames.bin.gz", ByteOrder.LITTLE_ENDIAN);
  }

  /** 6,691 of a server, each account from its first one on. */
  public static List<RecordedCommit> ofAServer() throws IOException, MalformedDataException {
    return read("recordings/pds.frames.gz", ByteOrder.BIG_ENDIAN);
  }

  private static List<RecordedCommit> read(String name, ByteOrder order)
      throws IOException, MalformedDataException {
    ByteBuffer in = ByteBuffer.wrap(SharedFiles.bytes(name)).order(order);
    List<RecordedCommit> commits = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] frame = new byte[in.getInt()];
      in.get(frame);
      DagCborReader reader = new DagCborReader(frame);
      if (type(reader).equals("#commit")) {
        commits.add(commit(frame, reader));
      }
    }
    return commits;
  }

  private static String type(DagCborReader reader) throws MalformedDataException {
    String type = "";
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals("t")) {
        type = reader.readText();
      } else {
        reader.skip();
      }
    }
    return type;
  }

  private static RecordedCommit commit(byte[] frame, DagCborReader reader)
      throws MalformedDataException {
    long seq = 0;
    String repo = "";
    String rev = "";
    String time = "";
    Optional<String> since = Optional.empty();
    @Nullable Cid cid = null;
    Optional<Cid> prevData = Optional.empty();
    List<Change> changes = new ArrayList<>();
    Range blocks = new Range(0, 0);
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      switch (keys.next()) {
        case "seq" -> seq = reader.readInteger();
        case "repo" -> repo = reader.readText();
        case "rev" -> rev = reader.readText();
        case "time" -> time = reader.readText();
        case "since" -> since = reader.readIfText();
        case "commit" -> cid = reader.readLink();
        case "prevData" -> prevData = link(reader);
        case "blocks" -> blocks = reader.readBytes();
        case "ops" -> {
          int count = reader.readArray();
          for (int op = 0; op < count; op++) {
            changes.add(change(reader));
          }
        }
        default -> reader.skip();
      }
    }
    if (cid == null) {
      throw new AssertionError("no commit in seq " + seq);
    }
    CarArchive archive = CarArchive.read(frame, blocks);
    Bytes block = archive.find(cid).orElseThrow();
    return new RecordedCommit(
        Bytes.of(frame),
        seq,
        time,
        repo,
        rev,
        since,
        cid,
        prevData,
        changes,
        archive,
        blocks.of(frame),
        block);
  }

  private static Change change(DagCborReader reader) throws MalformedDataException {
    String path = "";
    Optional<Cid> now = Optional.empty();
    Optional<Cid> before = Optional.empty();
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      switch (keys.next()) {
        case "path" -> path = reader.readText();
        case "cid" -> now = link(reader);
        case "prev" -> before = link(reader);
        default -> reader.skip();
      }
    }
    return new Change(TreeKey.of(path), before, now);
  }

  private static Optional<Cid> link(DagCborReader reader) throws MalformedDataException {
    return reader.readNull() ? Optional.empty() : Optional.of(reader.readLink());
  }
}
