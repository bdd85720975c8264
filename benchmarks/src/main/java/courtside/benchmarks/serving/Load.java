package courtside.benchmarks.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Asks a server on this machine, over connections that stay. Confined to one thread. */
final class Load {
  private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

  private final int port;
  private final List<byte[]> requests;
  private final int connections;
  private int next;

  /**
   * Asks so.
   *
   * @param requests what is asked, in turn
   */
  Load(int port, List<byte[]> requests, int connections) {
    this.port = port;
    this.requests = List.copyOf(requests);
    this.connections = connections;
  }

  /**
   * What came of it.
   *
   * @param perSecond answers a second
   * @param latency from when each request was due to its answer, in nanoseconds
   */
  record Result(double perSecond, Histogram latency) {
    double millis(double percentile) {
      return latency.getValueAtPercentile(percentile) / 1e6;
    }
  }

  /** As fast as it is answered: each connection asks again as soon as it has its answer. */
  Result atMost(Duration time) throws IOException {
    return run(time, 0);
  }

  /** At that rate, whether or not answers come: what waits for a free connection waits longer. */
  Result at(double perSecond, Duration time) throws IOException {
    return run(time, perSecond);
  }

  private Result run(Duration time, double perSecond) throws IOException {
    Histogram latency = new Histogram(MOST_NANOS, 3);
    try (Selector selector = Selector.open()) {
      List<Client> clients = new ArrayList<>();
      for (int n = 0; n < connections; n++) {
        clients.add(new Client(port, selector));
      }
      ArrayDeque<Client> free = new ArrayDeque<>(clients);
      long begun = System.nanoTime();
      long end = begun + time.toNanos();
      long now = begun;
      long sent = 0;
      while (now - end < 0 || free.size() < connections) {
        while (!free.isEmpty() && now - end < 0) {
          long due = perSecond == 0 ? now : begun + (long) (sent / perSecond * 1e9);
          if (due - now > 0) {
            break;
          }
          free.remove().ask(requests.get(next++ % requests.size()), due);
          sent++;
        }
        selector.select(selected -> answered(selected, latency, free), perSecond == 0 ? 100 : 1);
        now = System.nanoTime();
      }
      for (Client client : clients) {
        client.close();
      }
      return new Result(latency.getTotalCount() / ((now - begun) / 1e9), latency);
    }
  }

  private static void answered(SelectionKey selected, Histogram latency, ArrayDeque<Client> free) {
    Client client = (Client) selected.attachment();
    try {
      if (client.read()) {
        latency.recordValue(System.nanoTime() - client.askedNanos());
        free.add(client);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
