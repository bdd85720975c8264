package courtside.service.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
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
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})");
  private static final int MAX_PORT = 65_535;

  /** What a text must be to be an address, as the end of "must be …". */
  public static final String EXPECTED = "host:port, or several separated by commas";

  /** Reads {@code host:port}, or several of them. */
  public static Optional<KafkaAddress> parse(String text) {
    for (String part : text.split(",", -1)) {
      Matcher matcher = HOST_AND_PORT.matcher(part.strip());
      if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
        return Optional.empty();
      }
    }
    return Optional.of(new KafkaAddress(text));
  }

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
    while (true) {
      Optional<Admin> admin = tryConnect();
      if (admin.isPresent()) {
        return admin.get();
      }
      LOG.atWarn().addKeyValue("kafka", bootstrap).log("kafka does not answer, trying again");
      if (closing.await(1, TimeUnit.SECONDS)) {
        throw new InterruptedException("closed while waiting for kafka");
      }
    }
  }

  private Optional<Admin> tryConnect() throws InterruptedException {
    Admin admin;
    try {
      admin = Admin.create(client());
    } catch (KafkaException e) {
      // No address is known for the host, as long as its container is not there.
      LOG.atDebug().addKeyValue("reason", String.valueOf(e.getCause())).log("kafka is not found");
      return Optional.empty();
    }
    try {
      if (answers(admin)) {
        return Optional.of(admin);
      }
    } catch (InterruptedException | RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
    admin.close(Duration.ZERO);
    return Optional.empty();
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
