package courtside.processor.feed;

import courtside.eventlog.topic.Topics;
import courtside.processor.incident.LossNode;
import courtside.processor.letter.LetterBox;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.PartitionEnds;
import courtside.processor.streams.ReadPositions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Posts to the feeds of one set: {@code posts} to {@code feed.items} and, each second, {@code
 * feed.status}; what cannot be used to {@code firehose.dead-letters}.
 */
public final class FeedTopology {
  /** Statuses that a partition writes each second: the versions of a larger set take turns. */
  public static final int STATUSES_EACH_SECOND = 1_000;

  static final String ITEMS = "items";
  static final String STATUS = "status";
  static final String LETTERS = "dead-letters";
  static final String STORE = "entries";

  private static final String APPLICATION_PREFIX = "courtside-feeds-";
  private static final String POSTS = "posts";
  private static final String FOLD = "fold";

  private static final Map<String, String> CHANGELOG =
      Map.of(
          // Longer than state may lie about unused: see state.cleanup.dir.max.age.ms.
          TopicConfig.DELETE_RETENTION_MS_CONFIG,
          Long.toString(Duration.ofDays(7).toMillis()),
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(4 << 20));

  private FeedTopology() {}

  /** The id of the application of a set. */
  public static String application(String set) {
    return APPLICATION_PREFIX + set;
  }

  /**
   * Builds it.
   *
   * @param rules what the set's feeds want, which may change while this runs
   * @param positions how far the application that runs this has read
   * @param tallies told what its tasks have read and matched
   * @param letters of all sets of the process
   */
  public static Topology build(
      StreamsConfig config,
      FeedRules rules,
      Memory memory,
      ReadPositions positions,
      PartitionEnds ends,
      LetterBox letters,
      Counts counts,
      Tallies tallies) {
    Topology topology = new Topology(new TopologyConfig(config));
    topology.addSource(
        AutoOffsetReset.earliest(),
        POSTS,
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        Topics.POSTS.name());
    topology.addProcessor(
        FOLD,
        new ProcessorSupplier<byte[], byte[], byte[], byte[]>() {
          @Override
          public Processor<byte[], byte[], byte[], byte[]> get() {
            return new FoldProcessor(rules, memory, positions, ends, letters, counts, tallies);
          }

          @Override
          public Set<StoreBuilder<?>> stores() {
            return Set.of(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingEnabled(CHANGELOG)
                    .withCachingDisabled());
          }
        },
        POSTS);
    sink(topology, ITEMS, Topics.FEED_ITEMS.name());
    sink(topology, STATUS, Topics.FEED_STATUS.name());
    sink(topology, LETTERS, Topics.DEAD_LETTERS.name());
    String changelog =
        config.getString(StreamsConfig.APPLICATION_ID_CONFIG) + "-" + STORE + "-changelog";
    LossNode.add(topology, config, POSTS, Topics.POSTS, changelog, positions);
    return topology;
  }

  private static void sink(Topology topology, String name, String topic) {
    topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), FOLD);
  }
}
