package courtside.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** Ports that something can listen on again after it was away for a while. */
public final class StablePort {
  /**
   * Below those that the kernel gives to sockets of its own choice (from 32,768 on Linux): one of
   * them would be taken meanwhile, if only by a client that calls it and is connected to itself.
   */
  private static final int FIRST = 20_000;

  private static final int BEYOND = 32_000;
  private static final int ATTEMPTS = 1_000;

  private StablePort() {}

  /** One of the loopback interface that nobody listens on. */
  public static int find() throws IOException {
    RandomGenerator random = RandomGenerator.getDefault();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = random.nextInt(FIRST, BEYOND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException("expected a free port from " + FIRST + " to " + BEYOND + ", found none");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      // Taken: that is the answer.
      return false;
    }
  }
}
