package courtside.processor.extract;

import courtside.eventlog.topic.Topics;
import courtside.processor.incident.LossNode;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.ReadPositions;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Frames to posts: {@code firehose.frames} to {@code posts}, key and partition those of the account
 * in both, timestamp the time seen; what cannot be used to {@code firehose.dead-letters}.
 */
public final class ExtractTopology {
  /** The application's id. */
  public static final String APPLICATION = "courtside-extract";

  static final String POSTS = "posts";
  static final String LETTERS = "dead-letters";
  private static final String FRAMES = "frames";
  private static final String EXTRACT = "extract";

  private ExtractTopology() {}

  /**
   * Builds it.
   *
   * @param futureAllowed how far a revision may lie ahead of the time seen
   * @param positions told how far the application that runs this has processed
   * @param letters of this stage
   */
  public static Topology build(
      StreamsConfig config,
      Duration futureAllowed,
      ReadPositions positions,
      LetterBox letters,
      Counts counts) {
    Extraction extraction = new Extraction(futureAllowed);
    Topology topology = new Topology(new TopologyConfig(config));
    topology.addSource(
        AutoOffsetReset.earliest(),
        FRAMES,
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        Topics.FRAMES.name());
    topology.addProcessor(EXTRACT, supplier(extraction, positions, letters, counts), FRAMES);
    topology.addSink(
        POSTS, Topics.POSTS.name(), new ByteArraySerializer(), new ByteArraySerializer(), EXTRACT);
    topology.addSink(
        LETTERS,
        Topics.DEAD_LETTERS.name(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        EXTRACT);
    LossNode.add(topology, config, FRAMES, Topics.FRAMES, Topics.POSTS.name(), positions);
    return topology;
  }

  private static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(
      Extraction extraction, ReadPositions positions, LetterBox letters, Counts counts) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<byte[], byte[], byte[], byte[]> get() {
        return new ExtractProcessor(extraction, positions, letters, counts);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(new ProcessIdStore.Builder());
      }
    };
  }
}
