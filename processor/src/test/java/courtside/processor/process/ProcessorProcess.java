package courtside.processor.process;

import courtside.processor.Main;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.ServiceJvm;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A processor in a process of its own. Several may share a directory, as replicas share a volume:
 * each takes the first free slot of it. Thread-safe.
 */
public final class ProcessorProcess extends ServiceJvm {
  private ProcessorProcess(ChildJvm jvm, int healthPort) {
    super(jvm, healthPort);
  }

  /**
   * Starts one; returns at once.
   *
   * @param data where slots are, one processor's or several processors'
   * @param output where it writes to, appending
   * @param settings which override those that all of them have
   */
  public static ProcessorProcess start(
      Path data, Path output, String bootstrap, Map<String, String> settings) throws IOException {
    return start(Main.class.getName(), List.of(), data, output, bootstrap, settings);
  }

  /**
   * Starts one by another main class.
   *
   * @param options of the JVM, which override
   */
  public static ProcessorProcess start(
      String main,
      List<String> options,
      Path data,
      Path output,
      String bootstrap,
      Map<String, String> settings)
      throws IOException {
    int healthPort = StablePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", bootstrap);
    environment.put("COURTSIDE_DATA", data.toString());
    // So much that retention takes nothing.
    environment.put("COURTSIDE_DISK", "20GB");
    environment.put("COURTSIDE_PROCESSOR_FEEDS", "none");
    environment.put("COURTSIDE_PROCESSOR_STORE_MEMORY", "32MB");
    environment.put("COURTSIDE_PROCESSOR_HEALTH_PORT", Integer.toString(healthPort));
    environment.putAll(settings);
    List<String> all = new ArrayList<>(List.of("-Xmx256m", "-Dcourtside.log=INFO"));
    all.addAll(options);
    return new ProcessorProcess(
        ChildJvm.start(main, all, List.of(), environment, output), healthPort);
  }
}
