package courtside.benchmarks.serving;

import io.javalin.Javalin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Javalin with one handler that answers the same bytes to everybody: what cannot be done better.
 */
public final class BareServer {
  private BareServer() {}

  /**
   * Listens until it is killed.
   *
   * @param arguments the port, and a file with the answer
   */
  public static void main(String[] arguments) throws IOException {
    byte[] answer = Files.readAllBytes(Path.of(arguments[1]));
    Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.concurrency.useVirtualThreads = true;
              config.routes.get(
                  "/xrpc/app.bsky.feed.getFeedSkeleton",
                  context -> context.contentType("application/json").result(answer));
            })
        .start("127.0.0.1", Integer.parseInt(arguments[0]));
  }
}
