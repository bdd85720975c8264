package courtside.processor.log;

import courtside.service.kafka.LogDirectories;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.TopicPartition;

/** How large partitions are, as brokers say: their records, without indexes. */
public final class LogSizes {
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
    Map<TopicPartition, Long> sizes = new HashMap<>();
    for (LogDirDescription directory : LogDirectories.ask(admin)) {
      directory
          .replicaInfos()
          .forEach((partition, replica) -> {
            if (wanted.test(partition)) {
              sizes.merge(partition, replica.size(), Math::max);
            }
          });
    }
    return sizes;
  }
}
