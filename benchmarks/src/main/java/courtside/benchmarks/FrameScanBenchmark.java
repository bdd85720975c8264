package courtside.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.firehose.RepoOperation.Action;
import courtside.atproto.record.Post;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a frame costs, in frames a second on one thread: the ingestor's look at it, and extract's.
 * One operation is one frame; the frames of the bundled recording come round and round in their
 * order.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameScanBenchmark {
  private static final ObjectReader TREES = new CBORMapper().readerFor(JsonNode.class);

  private byte[][] frames = {};
  private byte[][] commits = {};
  private int nextFrame;
  private int nextCommit;

  /**
   * Reads the recording.
   *
   * @throws IOException if this build lacks it
   * @throws MalformedDataException never: the recording holds frames alone
   */
  @Setup(Level.Trial)
  public void read() throws IOException, MalformedDataException {
    List<byte[]> all = new ArrayList<>();
    List<byte[]> ofCommits = new ArrayList<>();
    for (var recorded : Recording.bundled().frames()) {
      byte[] frame = recorded.bytes().toArray();
      all.add(frame);
      if (FrameScan.of(frame).kind() == FrameKind.COMMIT) {
        ofCommits.add(frame);
      }
    }
    frames = all.toArray(new byte[0][]);
    commits = ofCommits.toArray(new byte[0][]);
  }

  /** The ingestor: every byte checked to be canonical, kind, number, account and time found. */
  @Benchmark
  public FrameScan scan() throws MalformedDataException {
    return FrameScan.of(frame());
  }

  /**
   * Extract: operations read, and for posts the archive opened, the record hashed, checked and read
   * as a post. Over commits alone.
   */
  @Benchmark
  public void posts(Blackhole sink) throws MalformedDataException {
    CommitMessage commit = CommitMessage.read(commit());
    for (RepoOperation operation : commit.operations()) {
      boolean written = operation.action() == Action.CREATE || operation.action() == Action.UPDATE;
      if (written && operation.collection().value().equals(Post.TYPE)) {
        Range record = commit.record(operation);
        sink.consume(Post.read(record.of(commit.frame())));
      }
    }
    sink.consume(commit);
  }

  /**
   * For comparison: header and body as trees by Jackson, which checks nothing; the archive stays
   * closed.
   */
  @Benchmark
  public void jacksonTrees(Blackhole sink) throws IOException {
    try (MappingIterator<JsonNode> items = TREES.readValues(frame())) {
      while (items.hasNextValue()) {
        sink.consume(items.nextValue());
      }
    }
  }

  private byte[] frame() {
    byte[] frame = frames[nextFrame];
    nextFrame = nextFrame + 1 == frames.length ? 0 : nextFrame + 1;
    return frame;
  }

  private byte[] commit() {
    byte[] frame = commits[nextCommit];
    nextCommit = nextCommit + 1 == commits.length ? 0 : nextCommit + 1;
    return frame;
  }
}
