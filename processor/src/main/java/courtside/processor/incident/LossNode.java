package courtside.processor.incident;

import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.processor.streams.ReadPositions;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * The part of a topology that says what its application has lost: from its source to {@code
 * firehose.incidents}, under the application's id.
 */
public final class LossNode {
  static final String INCIDENTS = "incidents";
  private static final String LOSSES = "losses";

  private LossNode() {}

  /**
   * Adds it.
   *
   * @param source the name of the node that reads {@code input}
   * @param traces a topic with the input's partitions, to which whatever comes of a partition is
   *     written in the same one: what is committed there tells that the partition was read before
   * @param positions of the application that runs this
   */
  public static void add(
      Topology topology,
      StreamsConfig config,
      String source,
      Topic input,
      String traces,
      ReadPositions positions) {
    positions.overtaking().leavesTracesIn(traces);
    String application = config.getString(StreamsConfig.APPLICATION_ID_CONFIG);
    topology.addProcessor(
        LOSSES, () -> new LossProcessor(application, input, positions.overtaking()), source);
    topology.addSink(
        INCIDENTS,
        Topics.INCIDENTS.name(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        LOSSES);
  }
}
