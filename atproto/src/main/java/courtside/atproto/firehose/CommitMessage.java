package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A #commit: what changed in one repository. The archive is opened only when a record is asked for.
 * Immutable, over a frame that must not change.
 *
 * <p>An operation whose path, or whose CID, cannot be read spoils itself alone: it is listed in
 * {@link #unreadable} and the others stand. What only verification needs may be absent, or not as
 * it should be, which {@link #flaw} tells.
 *
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, commit</a>
 */
public final class CommitMessage implements Event {
  /** Largest archive, in bytes. */
  public static final int MAX_BLOCKS_BYTES = 2_000_000;

  /** Most operations a commit may list. */
  public static final int MAX_OPERATIONS = 200;

  /** Largest record, in bytes. */
  public static final int MAX_RECORD_BYTES = 1_048_576;

  private final byte[] frame;
  private final long seq;
  private final Did repo;
  private final Tid rev;
  private final String time;
  private final List<RepoOperation> operations;
  private final List<Unreadable> unreadable;
  private final Range blocks;
  private final Optional<Tid> since;
  private final Optional<Cid> commit;
  private final Optional<Cid> prevData;
  private final Optional<MalformedDataException> flaw;
  private @Nullable CarArchive archive;
  private @Nullable MalformedDataException noArchive;

  /**
   * An operation that cannot be used. Immutable.
   *
   * @param index its place in the list
   * @param path what it says as its path, which need not be one; absent where it says none
   */
  public record Unreadable(int index, Optional<String> path, MalformedDataException why) {}

  private CommitMessage(byte[] frame, Builder parts) throws MalformedDataException {
    this.frame = frame;
    this.seq = required(parts.seq, "seq");
    this.repo = Did.parse(required(parts.repo, "repo"));
    this.rev = Tid.parse(required(parts.rev, "rev"));
    this.time = parts.time;
    this.operations = List.copyOf(required(parts.operations, "ops"));
    this.unreadable = List.copyOf(parts.unreadable);
    this.blocks = required(parts.blocks, "blocks");
    this.since = Optional.ofNullable(parts.since);
    this.commit = Optional.ofNullable(parts.commit);
    this.prevData = Optional.ofNullable(parts.prevData);
    this.flaw = Optional.ofNullable(parts.flaw);
  }

  /**
   * Reads a frame of kind {@link FrameKind#COMMIT}.
   *
   * @throws MalformedDataException if it is no commit, or lacks a required field
   */
  public static CommitMessage read(byte[] frame) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    FrameKind kind = FrameHeader.read(reader);
    if (kind != FrameKind.COMMIT) {
      throw new MalformedDataException(Kind.WRONG_TYPE, 0, "expected a commit, found " + kind);
    }
    Builder parts = new Builder(frame);
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      parts.field(keys.next(), reader);
    }
    reader.expectEnd();
    return new CommitMessage(frame, parts);
  }

  @Override
  public FrameKind kind() {
    return FrameKind.COMMIT;
  }

  @Override
  public long seq() {
    return seq;
  }

  /** The account, by the name that this kind of message has for it. */
  public Did repo() {
    return repo;
  }

  @Override
  public Did did() {
    return repo;
  }

  /** The repository's revision after this commit. */
  public Tid rev() {
    return rev;
  }

  @Override
  public String time() {
    return time;
  }

  /** The revision before this commit; absent on a repository's first, and where not said. */
  public Optional<Tid> since() {
    return since;
  }

  /** The CID of the commit's block, which is the archive's root. */
  public Optional<Cid> commit() {
    return commit;
  }

  /**
   * The root of the tree before this commit; absent on a repository's first, and where not said.
   */
  public Optional<Cid> prevData() {
    return prevData;
  }

  /**
   * The first of {@code since}, {@code commit}, {@code prevData} and the operations' {@code prev}
   * that is not what it should be, in the order of the bytes.
   */
  public Optional<MalformedDataException> flaw() {
    return flaw;
  }

  /** How many bytes the archive has. */
  public int blocksLength() {
    return blocks.length();
  }

  /** The readable operations, in the commit's order. */
  public List<RepoOperation> operations() {
    return operations;
  }

  /** The operations that could not be read. */
  public List<Unreadable> unreadable() {
    return unreadable;
  }

  /**
   * Where in the frame the record of a create or update stands: found by the operation's CID,
   * hashed, and checked to be one canonical value.
   *
   * @throws MalformedDataException if the archive or the record cannot be used; the commit's other
   *     operations may be fine
   */
  public Range record(RepoOperation operation) throws MalformedDataException {
    Cid cid =
        operation
            .cid()
            .orElseThrow(() ->
                new MalformedDataException(Kind.MISSING_FIELD, -1, "an operation without cid"));
    if (!cid.isDagCbor()) {
      throw new MalformedDataException(
          Kind.WRONG_TYPE, -1, "expected a record of DAG-CBOR, found raw bytes under " + cid);
    }
    Range block = archive().verifiedBlock(cid);
    if (block.length() > MAX_RECORD_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, block.offset(), "a record of " + block.length() + " bytes");
    }
    DagCborReader.validate(frame, block.offset(), block.end());
    return block;
  }

  /** The frame that ranges refer to. Not a copy: it must not be changed. */
  public byte[] frame() {
    return frame;
  }

  /**
   * The archive: its blocks, of which nothing is checked yet. Opened once, whatever comes of it:
   * two hundred operations may ask.
   *
   * @throws MalformedDataException if it cannot be read
   */
  public CarArchive archive() throws MalformedDataException {
    MalformedDataException failed = noArchive;
    if (failed != null) {
      throw failed;
    }
    CarArchive opened = archive;
    if (opened == null) {
      try {
        opened = CarArchive.read(frame, blocks);
      } catch (MalformedDataException e) {
        noArchive = e;
        throw e;
      }
      archive = opened;
    }
    return opened;
  }

  private static <T> T required(@Nullable T value, String field) throws MalformedDataException {
    if (value == null) {
      throw new MalformedDataException(Kind.MISSING_FIELD, -1, "no " + field + " in a commit");
    }
    return value;
  }

  /** Gathers the fields of the body. */
  private static final class Builder {
    private final byte[] frame;
    private @Nullable Long seq;
    private @Nullable String repo;
    private @Nullable String rev;
    private String time = "";
    private @Nullable List<RepoOperation> operations;
    private final List<Unreadable> unreadable = new ArrayList<>();
    private @Nullable Range blocks;
    private @Nullable Tid since;
    private @Nullable Cid commit;
    private @Nullable Cid prevData;
    private @Nullable MalformedDataException flaw;

    Builder(byte[] frame) {
      this.frame = frame;
    }

    void field(String key, DagCborReader reader) throws MalformedDataException {
      switch (key) {
        case "seq" -> {
          int at = reader.position();
          seq = Body.checkSeq(reader.readInteger(), at);
        }
        case "repo" -> repo = reader.readText();
        case "rev" -> rev = reader.readText();
        case "time" -> time = reader.readIfText().orElse("");
        case "ops" -> operations = readOperations(reader);
        case "blocks" -> blocks = reader.readBytes();
        case "since", "commit", "prevData" -> {
          int start = reader.position();
          try {
            proofField(key, reader);
          } catch (MalformedDataException e) {
            passOver(start, reader, e);
          }
        }
        default -> reader.skip();
      }
    }

    /** Passes over a field that is not what it should be; it must be canonical all the same. */
    private void passOver(int start, DagCborReader reader, MalformedDataException why)
        throws MalformedDataException {
      reader.rewind(start);
      reader.skip();
      flaw = flaw == null ? why : flaw;
    }

    /** What nothing but verification needs: where it is wrong, the operations are still of use. */
    private void proofField(String key, DagCborReader reader) throws MalformedDataException {
      switch (key) {
        case "since" -> since = reader.readNull() ? null : Tid.parse(reader.readText());
        case "commit" -> commit = reader.readLink();
        default -> prevData = reader.readNull() ? null : reader.readLink();
      }
    }

    private List<RepoOperation> readOperations(DagCborReader reader) throws MalformedDataException {
      int at = reader.position();
      int count = reader.readArray();
      if (count > MAX_OPERATIONS) {
        throw new MalformedDataException(Kind.TOO_LARGE, at, count + " operations in a commit");
      }
      List<RepoOperation> readable = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int start = reader.position();
        try {
          readable.add(readOperation(reader));
        } catch (MalformedDataException e) {
          reader.rewind(start);
          reader.skip();
          Optional<String> path = pathOf(new DagCborReader(frame, start, reader.position()));
          unreadable.add(new Unreadable(i, path, e));
        }
      }
      return readable;
    }

    /** The path of an operation in which something else, perhaps before it, cannot be read. */
    private static Optional<String> pathOf(DagCborReader reader) throws MalformedDataException {
      if (reader.peek() != DagCborReader.Type.MAP) {
        return Optional.empty();
      }
      int entries = reader.readMap();
      DagCborReader.Keys keys = reader.keys();
      for (int i = 0; i < entries; i++) {
        if (keys.next().equals("path")) {
          return reader.peek() == DagCborReader.Type.TEXT
              ? Optional.of(reader.readText())
              : Optional.empty();
        }
        reader.skip();
      }
      return Optional.empty();
    }

    private RepoOperation readOperation(DagCborReader reader) throws MalformedDataException {
      @Nullable String action = null;
      @Nullable String path = null;
      Optional<Cid> cid = Optional.empty();
      Optional<Cid> prev = Optional.empty();
      int entries = reader.readMap();
      DagCborReader.Keys keys = reader.keys();
      for (int i = 0; i < entries; i++) {
        switch (keys.next()) {
          case "action" -> action = reader.readText();
          case "path" -> path = reader.readText();
          case "cid" -> cid = readIfLink(reader);
          case "prev" -> prev = readPrevious(reader);
          default -> reader.skip();
        }
      }
      String whole = required(path, "path");
      int slash = whole.indexOf('/');
      if (slash < 0) {
        throw new MalformedDataException(
            Kind.BAD_IDENTIFIER, -1, "expected collection/rkey as the path of an operation");
      }
      return new RepoOperation(
          readAction(required(action, "action")),
          Nsid.parse(whole.substring(0, slash)),
          RecordKey.parse(whole.substring(slash + 1)),
          cid,
          prev);
    }

    private Optional<Cid> readPrevious(DagCborReader reader) throws MalformedDataException {
      int start = reader.position();
      try {
        return readIfLink(reader);
      } catch (MalformedDataException e) {
        passOver(start, reader, e);
        return Optional.empty();
      }
    }

    private static Optional<Cid> readIfLink(DagCborReader reader) throws MalformedDataException {
      return reader.readNull() ? Optional.empty() : Optional.of(reader.readLink());
    }

    private static RepoOperation.Action readAction(String action) {
      return switch (action) {
        case "create" -> RepoOperation.Action.CREATE;
        case "update" -> RepoOperation.Action.UPDATE;
        case "delete" -> RepoOperation.Action.DELETE;
        default -> RepoOperation.Action.UNKNOWN;
      };
    }
  }
}
