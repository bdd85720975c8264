package courtside.processor.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/** How large partitions are, as brokers say: their records, without indexes. */
public final class LogSizes {
  private static final int TIMEOUT_MS = 5_000;

  private LogSizes() {}

  /**
   * The bytes of one copy of each partition: of its largest replica, wherever that is.
   *
   * @param wanted of which partitions
   * @throws ExecutionException if a broker does not say, as where its operator does not allow this
   *     question
   */
  public static Map<TopicPartition, Long> ask(Admin admin, Predicate<TopicPartition> wanted)
      throws InterruptedException, ExecutionException {
    List<Integer> brokers =
        admin
            .describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MS))
            .nodes()
            .get()
            .stream()
            .map(Node::id)
            .toList();
    Map<TopicPartition, Long> sizes = new HashMap<>();
    for (Map<String, LogDirDescription> directories :
        admin
            .describeLogDirs(brokers, new DescribeLogDirsOptions().timeoutMs(TIMEOUT_MS))
            .allDescriptions()
            .get()
            .values()) {
      directories
          .values()
          .forEach(directory ->
              directory
                  .replicaInfos()
                  .forEach((partition, replica) -> {
                    if (wanted.test(partition)) {
                      sizes.merge(partition, replica.size(), Math::max);
                    }
                  }));
    }
    return sizes;
  }
}
