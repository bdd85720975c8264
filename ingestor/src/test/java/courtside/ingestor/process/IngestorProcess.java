package courtside.ingestor.process;

import courtside.ingestor.Main;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.ServiceJvm;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An ingestor in a process of its own. Thread-safe. */
public final class IngestorProcess extends ServiceJvm {
  private IngestorProcess(ChildJvm jvm, int healthPort) {
    super(jvm, healthPort);
  }

  /**
   * Starts one; returns at once.
   *
   * @param directory its own, the same for the same instance
   * @param relays as in the setting
   * @param start where it begins without a cursor, as in the setting
   */
  public static IngestorProcess start(Path directory, String bootstrap, String relays, String start)
      throws IOException {
    return start(Main.class.getName(), List.of(), directory, bootstrap, relays, start);
  }

  /** Starts one by another main class. */
  public static IngestorProcess start(
      String main,
      List<String> options,
      Path directory,
      String bootstrap,
      String relays,
      String start)
      throws IOException {
    return start(main, options, directory, bootstrap, relays, start, Map.of());
  }

  /**
   * Starts one by another main class.
   *
   * @param more settings, which override
   */
  public static IngestorProcess start(
      String main,
      List<String> options,
      Path directory,
      String bootstrap,
      String relays,
      String start,
      Map<String, String> more)
      throws IOException {
    int healthPort = StablePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", bootstrap);
    environment.put("COURTSIDE_DATA", directory.toString());
    // So much that retention takes nothing.
    environment.put("COURTSIDE_DISK", "20GB");
    environment.put("COURTSIDE_INGESTOR_RELAY", relays);
    environment.put("COURTSIDE_INGESTOR_START", start);
    // Some of the frames are as old as the recording.
    environment.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    environment.put("COURTSIDE_INGESTOR_HEALTH_PORT", Integer.toString(healthPort));
    environment.putAll(more);
    List<String> all = new ArrayList<>(List.of("-Xmx128m", "-Dcourtside.log=INFO"));
    all.addAll(options);
    return new IngestorProcess(
        ChildJvm.start(
            main,
            all,
            List.of(),
            environment,
            directory.resolveSibling(directory.getFileName() + ".out")),
        healthPort);
  }

  /** How often it began to write, and its predecessors under the same directory. */
  public long activations() throws IOException {
    return jvm().linesWith(" Pump active ");
  }
}
