package courtside.service.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Kafka is. Immutable.
 *
 * @param bootstrap {@code host:port}, one or more, separated by commas
 */
public record KafkaAddress(String bootstrap) {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaAddress.class);
  private static final Duration ATTEMPT = Duration.ofSeconds(3);

  /** Properties that every client needs; the caller owns the map. */
  public Map<String, Object> client() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    return properties;
  }

  /**
   * An admin client, once the broker answers. Says that it waits, and goes on waiting.
   *
   * @param closing ends the waiting
   * @throws InterruptedException if the thread was interrupted, or {@code closing} came first
   */
  public Admin await(CountDownLatch closing) throws InterruptedException {
    Admin admin = Admin.create(client());
    try {
      while (!answers(admin)) {
        LOG.atWarn().addKeyValue("kafka", bootstrap).log("kafka does not answer, trying again");
        if (closing.await(1, TimeUnit.SECONDS)) {
          throw new InterruptedException("closed while waiting for kafka");
        }
      }
      return admin;
    } catch (InterruptedException | RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  private static boolean answers(Admin admin) throws InterruptedException {
    try {
      admin
          .describeCluster(new DescribeClusterOptions().timeoutMs((int) ATTEMPT.toMillis()))
          .nodes()
          .get();
      return true;
    } catch (ExecutionException e) {
      LOG.atDebug()
          .addKeyValue("reason", String.valueOf(e.getCause()))
          .log("kafka does not answer");
      return false;
    }
  }
}
