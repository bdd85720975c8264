package courtside.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka node, broker and controller in one (KRaft), on loopback, with its log in a directory
 * that outlives it. Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int NODE_ID = 1;
  private static final String HOST = "127.0.0.1";

  private final KafkaRaftServer server;
  private final int port;
  private final int second;

  private EmbeddedBroker(KafkaRaftServer server, int port, int second) {
    this.server = server;
    this.port = port;
    this.second = second;
  }

  /**
   * A listener beside the first.
   *
   * @param name as in Kafka's names of settings, {@code listener.name.<name>.…}, in upper case
   * @param protocol how it is spoken to
   * @param advertised the port by which clients are told to find it; its own where there is none
   */
  private record Second(String name, SecurityProtocol protocol, OptionalInt advertised) {}

  /**
   * Starts a broker; returns when it serves requests.
   *
   * @param directory its log, made where it does not exist
   * @param port where it listens, 0 for any that is free
   * @throws UncheckedIOException if the directory cannot be written or the port is taken
   */
  public static EmbeddedBroker start(Path directory, int port) {
    return start(directory, port, Map.of());
  }

  /**
   * Starts a broker with settings in the place of its own; returns when it serves requests.
   *
   * @param directory its log, made where it does not exist
   * @param port where it listens, 0 for any that is free
   * @param instead by their names as Kafka has them
   * @throws UncheckedIOException if the directory cannot be written or the port is taken
   */
  public static EmbeddedBroker start(Path directory, int port, Map<String, String> instead) {
    return start(directory, port, Optional.empty(), instead);
  }

  /**
   * Starts a broker that also listens for a proxy, at {@link #behindProxy}: clients that come by it
   * are told to find the broker at the proxy's port. The broker itself does not go by it.
   *
   * @param directory its log, made where it does not exist
   * @param proxyPort where the proxy listens, on loopback
   * @param instead settings by their names as Kafka has them, in the place of its own
   * @throws UncheckedIOException if the directory cannot be written
   */
  public static EmbeddedBroker startBehindProxy(
      Path directory, int proxyPort, Map<String, String> instead) {
    Second proxied = new Second("PROXIED", SecurityProtocol.PLAINTEXT, OptionalInt.of(proxyPort));
    return start(directory, 0, Optional.of(proxied), instead);
  }

  /**
   * Starts a broker that also listens, at {@link #secured}, for clients that speak TLS and say who
   * they are by SASL. Whom it knows, and its own key, are in settings of that listener, {@code
   * listener.name.secured.…}.
   *
   * @param directory its log, made where it does not exist
   * @param instead settings by their names as Kafka has them, in the place of its own
   * @throws UncheckedIOException if the directory cannot be written
   */
  public static EmbeddedBroker startSecured(Path directory, Map<String, String> instead) {
    Second secured = new Second("SECURED", SecurityProtocol.SASL_SSL, OptionalInt.empty());
    return start(directory, 0, Optional.of(secured), instead);
  }

  private static EmbeddedBroker start(
      Path directory, int port, Optional<Second> second, Map<String, String> instead) {
    try {
      Files.createDirectories(directory);
      int brokerPort = port == 0 ? freePort() : port;
      requireFree(brokerPort);
      int controllerPort = freePort(Set.of(brokerPort));
      if (!Files.exists(directory.resolve("meta.properties"))) {
        format(directory);
      }
      Properties properties = properties(directory, brokerPort, controllerPort);
      int secondPort = brokerPort;
      if (second.isPresent()) {
        secondPort = freePort(Set.of(brokerPort, controllerPort));
        listen(properties, second.get(), secondPort);
      }
      properties.putAll(instead);
      KafkaConfig config = KafkaConfig.fromProps(properties, false);
      KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
      server.startup();
      LOG.atInfo().addKeyValue("port", brokerPort).addKeyValue("path", directory).log("broker up");
      return new EmbeddedBroker(server, brokerPort, secondPort);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no broker can run in " + directory + ": " + e.getMessage(), e);
    }
  }

  /** {@code host:port} for clients. */
  public String bootstrap() {
    return HOST + ":" + port;
  }

  /** {@code host:port} for the proxy; where there is none, the same as for clients. */
  public String behindProxy() {
    return HOST + ":" + second;
  }

  /** {@code host:port} for TLS and SASL; where there is none, the same as for clients. */
  public String secured() {
    return HOST + ":" + second;
  }

  /** Stops the broker and waits until it has. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path directory) throws IOException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Formatter formatter = new Formatter();
    formatter
        .setNodeId(NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .addDirectory(directory.toString())
        .setMetadataLogDirectory(directory.toString())
        .setControllerListenerName("CONTROLLER")
        .setIgnoreFormatted(true)
        .setPrintStream(nowhere);
    try {
      formatter.run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the directory could not be formatted", e);
    }
  }

  private static Properties properties(Path directory, int port, int controllerPort) {
    Properties p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", Integer.toString(NODE_ID));
    p.setProperty(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    p.setProperty("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    p.setProperty("log.dirs", directory.toString());
    p.setProperty("auto.create.topics.enable", "false");

    // One node: nothing can be replicated, and the default of 3 makes transactions wait for ever.
    p.setProperty("offsets.topic.replication.factor", "1");
    p.setProperty("transaction.state.log.replication.factor", "1");
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("offsets.topic.num.partitions", "3");
    p.setProperty("transaction.state.log.num.partitions", "3");
    p.setProperty("offsets.topic.segment.bytes", Integer.toString(8 << 20));
    p.setProperty("transaction.state.log.segment.bytes", Integer.toString(8 << 20));
    // A service may be down for weeks and still finds its place.
    p.setProperty("offsets.retention.minutes", Integer.toString(60 * 24 * 60));

    // Retention is what keeps the disk from filling: look often.
    p.setProperty("log.retention.check.interval.ms", "1000");
    // The default lets a broker that has just started grow for half a minute first.
    p.setProperty("log.initial.task.delay.ms", "1000");
    // Two for each partition of topics that do not say so themselves; the default is 10 MB.
    p.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
    // The controller writes 12 MB a day though nothing happens. By default a segment of it lasts
    // for a week, and none goes before the next: more than the least budget reserves.
    p.setProperty("metadata.log.segment.bytes", Integer.toString(8 << 20));
    p.setProperty("metadata.max.retention.bytes", Integer.toString(16 << 20));
    // The default of 128 MB is allocated at start, and this broker's keys are few.
    p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    p.setProperty("message.max.bytes", Integer.toString(6 << 20));
    p.setProperty("replica.fetch.max.bytes", Integer.toString(6 << 20));

    // A killed broker is back, and a dead producer's transaction gone, before sessions of 6 s end.
    p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    p.setProperty("broker.session.timeout.ms", "2000");
    p.setProperty("broker.heartbeat.interval.ms", "500");
    p.setProperty("group.initial.rebalance.delay.ms", "0");
    return p;
  }

  /** One listener more. What the broker has to say to itself goes by the first. */
  private static void listen(Properties p, Second second, int port) {
    String address = "," + second.name() + "://" + HOST + ":";
    p.merge("listeners", address + port, EmbeddedBroker::append);
    p.merge(
        "advertised.listeners", address + second.advertised().orElse(port), EmbeddedBroker::append);
    p.setProperty(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT," + second.name() + ":" + second.protocol());
    p.setProperty("inter.broker.listener.name", "PLAINTEXT");
  }

  private static Object append(Object had, Object more) {
    return had.toString() + more;
  }

  private static int freePort(Set<Integer> taken) throws IOException {
    int port = freePort();
    while (taken.contains(port)) {
      port = freePort();
    }
    return port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Kafka itself would log a stack trace and leave the port unnamed. */
  private static void requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IOException("port " + port + " is not free", e);
    }
  }
}
