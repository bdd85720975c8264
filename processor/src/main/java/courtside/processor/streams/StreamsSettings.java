package courtside.processor.streams;

import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How every application of this process runs. Immutable.
 *
 * @param instance the identity of this process in every group, the same over restarts
 * @param state the directory of all stores; each application has one in it, named as itself
 * @param commitInterval how often a transaction is committed
 * @param leaveOnStop whether a clean stop hands the tasks on at once; otherwise they wait for this
 *     instance to come back
 */
public record StreamsSettings(
    KafkaAddress kafka,
    String instance,
    Path state,
    Duration commitInterval,
    boolean leaveOnStop,
    RocksMemory memory) {
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final Duration TRANSACTION = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(20);

  /** By its name: the constant is marked as deprecated. */
  private static final String HANDLE_GLOBAL = "processing.exception.handler.global.enabled";

  private static final int MAX_REQUEST_BYTES = 6 << 20;

  /** What a thread may have written that the broker has not taken: several requests. */
  private static final int UNSENT_BYTES = 16 << 20;

  /**
   * The configuration of one application whose state is nowhere but where it works.
   *
   * @param input what it reads
   */
  public StreamsConfig application(String id, int threads, Input input) {
    return application(id, threads, input, 0);
  }

  /**
   * The configuration of one application.
   *
   * @param input what it reads
   * @param standbyReplicas on how many other instances the state of each task is kept as well
   */
  public StreamsConfig application(String id, int threads, Input input, int standbyReplicas) {
    Map<String, Object> p = new HashMap<>(kafka.client());
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
    p.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    p.put(
        StreamsConfig.STATE_CLEANUP_DIR_MAX_AGE_MS_CONFIG,
        // Less than a changelog keeps tombstones: older state would bring the dead back.
        Duration.ofDays(6).toMillis());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    p.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, Duration.ofSeconds(60).toMillis());
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    // Without it Streams warns; the second is for the configuration that its assignor makes of the
    // consumer's.
    p.put(HANDLE_GLOBAL, true);
    p.put(main(HANDLE_GLOBAL), true);
    p.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    // The broker's default is its operator's decision.
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);

    p.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.name());
    p.put(main(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instance);
    p.put(main(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int) SESSION.toMillis());

    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        (int) TRANSACTION.toMillis());
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), (long) UNSENT_BYTES);
    input.addTo(p);
    memory.addTo(p);
    return new StreamsConfig(p);
  }

  /** How an application is closed. */
  public CloseOptions closing() {
    return closing(
        leaveOnStop
            ? GroupMembershipOperation.LEAVE_GROUP
            : GroupMembershipOperation.REMAIN_IN_GROUP);
  }

  /** How an application is closed that never comes back. */
  public CloseOptions leaving() {
    return closing(GroupMembershipOperation.LEAVE_GROUP);
  }

  private static CloseOptions closing(GroupMembershipOperation operation) {
    return CloseOptions.groupMembershipOperation(operation).withTimeout(CLOSE);
  }

  private static String main(String name) {
    return StreamsConfig.mainConsumerPrefix(name);
  }
}
