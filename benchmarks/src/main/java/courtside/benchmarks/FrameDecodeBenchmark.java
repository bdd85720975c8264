package courtside.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarArchive;
import courtside.atproto.car.VerifiedArchive;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.Value;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.firehose.RepoOperation.Action;
import courtside.atproto.record.Post;
import courtside.atproto.syntax.Nsid;
import java.io.IOException;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a commit costs, in frames a second on one thread: read in full and verified, read for its
 * posts, scanned; beside what Jackson makes of the same frames, and what their hashes cost alone.
 * One operation is one frame; the frames come round and round in their order.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameDecodeBenchmark {
  private static final ObjectReader TREES = new CBORMapper().readerFor(JsonNode.class);

  /** The frames. */
  @Param({"NETWORK", "RECORDING"})
  public Corpus corpus = Corpus.RECORDING;

  private byte[][] commits = {};
  private Range[][] blocks = {};
  private int next;
  private MessageDigest sha256;
  private final byte[] hash = new byte[32];

  /** Finds SHA-256. */
  public FrameDecodeBenchmark() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the commits.
   *
   * @throws IOException if they are not there
   * @throws MalformedDataException never: the corpora hold frames alone
   */
  @Setup(Level.Trial)
  public void read() throws IOException, MalformedDataException {
    List<byte[]> frames = new ArrayList<>();
    List<Range[]> ranges = new ArrayList<>();
    for (byte[] frame : corpus.frames()) {
      if (FrameScan.of(frame).kind() == FrameKind.COMMIT) {
        frames.add(frame);
        CarArchive archive = CommitMessage.read(frame).archive();
        Range[] ofFrame = new Range[archive.size()];
        for (int i = 0; i < ofFrame.length; i++) {
          ofFrame[i] = archive.block(i);
        }
        ranges.add(ofFrame);
      }
    }
    commits = frames.toArray(new byte[0][]);
    blocks = ranges.toArray(new Range[0][]);
  }

  /** Every byte checked, every block hashed and indexed, every value of every record read. */
  @Benchmark
  public void full(Blackhole sink) throws MalformedDataException {
    CommitMessage commit = CommitMessage.read(commit());
    VerifiedArchive archive = commit.archive().verify();
    archive.expectWhole();
    for (RepoOperation operation : commit.operations()) {
      if (operation.cid().isPresent()) {
        readAll(archive.value(operation.cid().get()), sink);
      }
    }
    sink.consume(commit);
  }

  private static void readAll(Value value, Blackhole sink) throws MalformedDataException {
    switch (value.type()) {
      case INTEGER -> sink.consume(value.asInteger());
      case BYTES -> sink.consume(value.asBytes());
      case TEXT -> sink.consume(value.asText());
      case LINK -> sink.consume(value.asLink());
      case BOOLEAN -> sink.consume(value.asBoolean());
      case NULL -> sink.consume(value.isNull());
      case ARRAY -> {
        Value.Items items = value.items();
        while (items.next()) {
          readAll(items.value(), sink);
        }
      }
      case MAP -> {
        Value.Entries entries = value.entries();
        while (entries.next()) {
          sink.consume(entries.key());
          readAll(entries.value(), sink);
        }
      }
    }
  }

  /** Jackson: trees of header, body and every block, every block hashed, every record read. */
  @Benchmark
  public void jacksonFull(Blackhole sink) throws IOException, DigestException {
    byte[] frame = commit();
    List<JsonNode> trees = new ArrayList<>(2);
    try (MappingIterator<JsonNode> items = TREES.readValues(frame)) {
      while (items.hasNextValue()) {
        trees.add(items.nextValue());
      }
    }
    JsonNode body = trees.get(1);
    byte[] car = body.path("blocks").binaryValue();
    List<byte[]> cids = new ArrayList<>();
    List<JsonNode> values = new ArrayList<>();
    jacksonArchive(car, true, cids, values, sink);
    for (JsonNode operation : body.path("ops")) {
      byte[] cid = operation.path("cid").binaryValue();
      for (int i = 0; cid != null && i < cids.size(); i++) {
        if (Arrays.equals(cid, 1, cid.length, cids.get(i), 0, Cid.LENGTH)) {
          readAll(values.get(i), sink);
          break;
        }
      }
    }
  }

  /** Jackson: trees of header, body and every block, and no hash. */
  @Benchmark
  public void jacksonTrees(Blackhole sink) throws IOException, DigestException {
    JsonNode body = null;
    try (MappingIterator<JsonNode> items = TREES.readValues(commit())) {
      while (items.hasNextValue()) {
        body = items.nextValue();
        sink.consume(body);
      }
    }
    if (body != null) {
      byte[] car = body.path("blocks").binaryValue();
      jacksonArchive(car, false, new ArrayList<>(), new ArrayList<>(), sink);
    }
  }

  private void jacksonArchive(
      byte[] car, boolean hashed, List<byte[]> cids, List<JsonNode> values, Blackhole sink)
      throws IOException, DigestException {
    int at = 0;
    boolean header = true;
    while (at < car.length) {
      int length = 0;
      int shift = 0;
      while (car[at] < 0) {
        length |= (car[at++] & 0x7f) << shift;
        shift += 7;
      }
      length |= car[at++] << shift;
      if (header) {
        sink.consume(TREES.<JsonNode>readValue(car, at, length));
        header = false;
      } else {
        int start = at + Cid.LENGTH;
        if (hashed) {
          sha256.update(car, start, length - Cid.LENGTH);
          sha256.digest(hash, 0, hash.length);
          if (!Arrays.equals(hash, 0, hash.length, car, start - hash.length, start)) {
            throw new IOException("hash");
          }
        }
        JsonNode value = TREES.readValue(car, start, length - Cid.LENGTH);
        sink.consume(value);
        cids.add(Arrays.copyOfRange(car, at, start));
        values.add(value);
      }
      at += length;
    }
  }

  private static void readAll(JsonNode node, Blackhole sink) throws IOException {
    if (node.isObject()) {
      for (var entry : node.properties()) {
        sink.consume(entry.getKey());
        readAll(entry.getValue(), sink);
      }
    } else if (node.isArray()) {
      for (JsonNode item : node) {
        readAll(item, sink);
      }
    } else if (node.isTextual()) {
      sink.consume(node.textValue());
    } else if (node.isBinary()) {
      sink.consume(node.binaryValue());
    } else if (node.isNumber()) {
      sink.consume(node.longValue());
    } else {
      sink.consume(node.booleanValue());
    }
  }

  /** SHA-256 over the blocks of a frame, and nothing else. */
  @Benchmark
  public void hashes(Blackhole sink) throws DigestException {
    int number = next;
    byte[] frame = commit();
    for (Range block : blocks[number]) {
      sha256.update(frame, block.offset(), block.length());
      sha256.digest(hash, 0, hash.length);
      sink.consume(hash[0]);
    }
  }

  /** Extract: operations read, and for posts the archive opened, the record hashed and read. */
  @Benchmark
  public void posts(Blackhole sink) throws MalformedDataException {
    CommitMessage commit = CommitMessage.read(commit());
    for (RepoOperation operation : commit.operations()) {
      boolean written = operation.action() == Action.CREATE || operation.action() == Action.UPDATE;
      if (written && operation.collection().equals(Nsid.POST)) {
        Range record = commit.record(operation);
        sink.consume(Post.read(record.of(commit.frame())));
      }
    }
    sink.consume(commit);
  }

  /** The ingestor: every byte outside the archive checked; kind, number, account, time found. */
  @Benchmark
  public FrameScan scan() throws MalformedDataException {
    return FrameScan.of(commit());
  }

  private byte[] commit() {
    byte[] frame = commits[next];
    next = next + 1 == commits.length ? 0 : next + 1;
    return frame;
  }
}
