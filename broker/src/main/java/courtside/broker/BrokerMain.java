package courtside.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A broker as a process of its own: directory and port are the first arguments, and each other one
 * is a setting, {@code name=value}, in the place of its own. Runs until killed.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, String> instead = new HashMap<>();
    for (String setting : List.of(args).subList(2, args.length)) {
      int equals = setting.indexOf('=');
      instead.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    try (EmbeddedBroker _ =
        EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]), instead)) {
      new CountDownLatch(1).await();
    }
  }
}
