package courtside.processor.extract;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.RepoOperation;
import java.util.HashMap;
import java.util.Map;

/**
 * The records of one commit's posts. Each is hashed, checked and copied once, however many
 * operations name it, and all that are taken are bounded together. Confined to one thread.
 */
final class PostRecords {
  private final CommitMessage commit;
  private final Check check;
  private final Map<Cid, Found> found = new HashMap<>();
  private int left;

  /**
   * Takes none yet.
   *
   * @param check of each record
   * @param mostBytes of all records that are taken, one that is taken twice counting twice
   */
  PostRecords(CommitMessage commit, Check check, int mostBytes) {
    this.commit = commit;
    this.check = check;
    this.left = mostBytes;
  }

  /** Looks whether a record is a post. */
  @FunctionalInterface
  interface Check {
    /**
     * Looks at one.
     *
     * @param record where it stands, one canonical DAG-CBOR value
     * @throws MalformedDataException if it is none
     */
    void check(byte[] frame, Range record) throws MalformedDataException;
  }

  private sealed interface Found {
    record Usable(Bytes bytes) implements Found {}

    record Unusable(MalformedDataException why) implements Found {}
  }

  /**
   * The record's bytes, if it is a post by its own type; whatever else it holds stands.
   *
   * @throws MalformedDataException if it cannot be used, or would be too much for one frame
   */
  Bytes take(RepoOperation operation) throws MalformedDataException {
    Bytes record =
        switch (find(operation)) {
          case Found.Usable usable -> usable.bytes();
          case Found.Unusable unusable -> throw unusable.why();
        };
    if (record.length() > left) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          -1,
          "expected at most "
              + left
              + " more bytes of posts in one frame, found "
              + record.length());
    }
    left -= record.length();
    return record;
  }

  private Found find(RepoOperation operation) {
    // Without a CID there is nothing to remember it by, and nothing is read.
    return operation
        .cid()
        .map(cid -> found.computeIfAbsent(cid, _ -> read(operation)))
        .orElseGet(() -> read(operation));
  }

  private Found read(RepoOperation operation) {
    try {
      Range record = commit.record(operation);
      check.check(commit.frame(), record);
      return new Found.Usable(record.of(commit.frame()));
    } catch (MalformedDataException e) {
      return new Found.Unusable(e);
    }
  }
}
