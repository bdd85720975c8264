package courtside.pipeline;

import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.ServiceJvm;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A broker and the three services, each a process of its own as where it matters: with both
 * compilers, and the settings that they have by themselves. Confined to one thread.
 */
final class Processes implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Path directory;
  private final BrokerProcess broker;
  private final int feedApiPort;

  private Processes(Path directory) throws IOException {
    this.directory = directory;
    this.feedApiPort = StablePort.find();
    this.broker = BrokerProcess.start(directory.resolve("kafka"));
    parts.push(broker);
  }

  /**
   * Starts all of them.
   *
   * @param directory where they have what they keep, and what they say
   * @return when frames can be processed and feeds served; the relay may still have to be dialled
   */
  static Processes start(Path directory, URI relay) throws Exception {
    Processes processes = new Processes(directory);
    try {
      ServiceJvm processor = processes.service("processor", Map.of("FEEDS", "none"));
      ServiceJvm feedApi =
          processes.service("feed-api", Map.of("PORT", Integer.toString(processes.feedApiPort)));
      processor.awaitState("processing");
      feedApi.awaitState("serving");
      ServiceJvm _ = processes.service("ingestor", Map.of("RELAY", "even=" + relay));
    } catch (Exception | AssertionError e) {
      processes.close();
      throw e;
    }
    return processes;
  }

  private ServiceJvm service(String name, Map<String, String> own) throws IOException {
    String prefix = "COURTSIDE_" + name.replace('-', '_').toUpperCase(Locale.ROOT) + "_";
    int healthPort = StablePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", broker.bootstrap());
    environment.put("COURTSIDE_DATA", directory.resolve("data").toString());
    environment.put("COURTSIDE_DISK", "2GB");
    environment.put(prefix + "HEALTH_PORT", Integer.toString(healthPort));
    own.forEach((setting, value) -> environment.put(prefix + setting, value));
    ChildJvm jvm =
        ChildJvm.start(
            "courtside." + name.replace("-", "") + ".Main",
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=4"),
            List.of(),
            environment,
            directory.resolve(name + ".out"));
    ServiceJvm service = new Started(jvm, healthPort);
    parts.push(service);
    return service;
  }

  private static final class Started extends ServiceJvm {
    Started(ChildJvm jvm, int healthPort) {
      super(jvm, healthPort);
    }
  }

  /** Where the broker is, {@code host:port}. */
  String bootstrap() {
    return broker.bootstrap();
  }

  /** Where feeds are served. */
  int feedApiPort() {
    return feedApiPort;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : parts) {
      part.close();
    }
  }
}
