package courtside.service.kafka;

import courtside.service.settings.Settings;
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
 * Where Kafka is, and how it is spoken to. Immutable.
 *
 * @param bootstrap {@code host:port}, one or more, separated by commas
 * @param security what every client of it shows and asks for
 */
public record KafkaAddress(String bootstrap, ClientSecurity security) {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaAddress.class);
  private static final Duration ATTEMPT = Duration.ofSeconds(3);
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})");
  private static final int MAX_PORT = 65_535;
  private static final int DEEPEST = 16;

  /** Where it is unless it is said. */
  public static final String DEFAULT = "127.0.0.1:9092";

  /** What a text must be to be an address, as the end of "must be …". */
  public static final String EXPECTED = "host:port, or several separated by commas";

  /** One that asks for nothing. */
  public KafkaAddress(String bootstrap) {
    this(bootstrap, ClientSecurity.NONE);
  }

  /**
   * Reads {@code COURTSIDE_KAFKA}, 127.0.0.1:9092, and the file that {@code
   * COURTSIDE_KAFKA_PROPERTIES} names, none.
   */
  public static KafkaAddress read(Settings settings) {
    KafkaAddress address = settings.read("KAFKA", DEFAULT, EXPECTED, KafkaAddress::parse);
    return settings
        .optionalText("KAFKA_PROPERTIES")
        .map(file ->
            ClientSecurity.read(
                file, problem -> settings.check(false, "COURTSIDE_KAFKA_PROPERTIES " + problem)))
        .map(address::with)
        .orElse(address);
  }

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

  /** The same place, spoken to in another way. */
  public KafkaAddress with(ClientSecurity other) {
    return new KafkaAddress(bootstrap, other);
  }

  /** Properties that every client needs; the caller owns the map. */
  public Map<String, Object> client() {
    Map<String, Object> properties = new HashMap<>(security.properties());
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
      try {
        return connect();
      } catch (KafkaException e) {
        LOG.atWarn()
            .addKeyValue("kafka", bootstrap)
            .addKeyValue("reason", reason(e))
            .log("kafka does not answer, trying again");
      }
      if (closing.await(1, TimeUnit.SECONDS)) {
        throw new InterruptedException("closed while waiting for kafka");
      }
    }
  }

  private Admin connect() throws InterruptedException {
    // Fails where no address is known for the host, as long as its container is not there.
    Admin admin = Admin.create(client());
    try {
      admin
          .describeCluster(new DescribeClusterOptions().timeoutMs((int) ATTEMPT.toMillis()))
          .nodes()
          .get();
      return admin;
    } catch (ExecutionException e) {
      admin.close(Duration.ZERO);
      throw new KafkaException(e.getCause());
    } catch (InterruptedException | RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  /** What it comes from: a file that is not there, a certificate, a password that is refused. */
  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    for (int depth = 0; deepest.getCause() != null && depth < DEEPEST; depth++) {
      deepest = deepest.getCause();
    }
    return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
  }
}
