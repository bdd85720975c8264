package courtside.service.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.Node;

/** Where brokers keep their logs, as they say. */
public final class LogDirectories {
  private static final int TIMEOUT_MS = 5_000;

  private LogDirectories() {}

  /**
   * Asks every broker.
   *
   * @throws ExecutionException if one does not answer, or its operator does not allow the question
   */
  public static List<LogDirDescription> ask(Admin admin)
      throws InterruptedException, ExecutionException {
    List<Integer> brokers =
        admin
            .describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MS))
            .nodes()
            .get()
            .stream()
            .map(Node::id)
            .toList();
    return admin
        .describeLogDirs(brokers, new DescribeLogDirsOptions().timeoutMs(TIMEOUT_MS))
        .allDescriptions()
        .get()
        .values()
        .stream()
        .map(Map::values)
        .flatMap(Collection::stream)
        .toList();
  }
}
