package courtside.stack;

import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The stack of {@code docker-compose.yml} with the simulated network, under a name of its own, so
 * that it can stand beside another. Taken down with all that it kept when it is closed. Confined to
 * one thread.
 */
final class Stack implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("courtside.root"));
  private static final List<String> IMAGES =
      List.of(
          "courtside/ingestor", "courtside/processor", "courtside/feed-api", "courtside/command");

  private final int page;
  private final int kafka;
  private final Shell shell;
  private final List<String> compose;
  private final String project;

  private Stack(List<String> program, String project, int actsPerSecond) throws IOException {
    this.page = StablePort.find();
    this.kafka = StablePort.find();
    this.project = project;
    this.shell =
        new Shell(
            ROOT,
            Map.of(
                "COURTSIDE_PORT", Integer.toString(page),
                "COURTSIDE_DEMO_NETWORK", Integer.toString(actsPerSecond),
                "STACK_KAFKA_PORT", Integer.toString(kafka)));
    this.compose = new ArrayList<>(program);
    compose.addAll(
        List.of(
            "--project-name",
            project,
            "--env-file",
            "demo.env",
            "-f",
            "docker-compose.yml",
            "-f",
            "launcher/src/test/stack/outside.yml"));
  }

  /** Why there can be none here; empty where there can. */
  static Optional<String> lacks() throws IOException, InterruptedException {
    if (!answers("docker", "version")) {
      return Optional.of("no Docker engine answers");
    }
    if (program().isEmpty()) {
      return Optional.of("there is neither docker compose nor docker-compose");
    }
    for (String image : IMAGES) {
      if (!answers("docker", "image", "inspect", image)) {
        return Optional.of("there is no image " + image + ": docker compose build makes them");
      }
    }
    return Optional.empty();
  }

  /** Starts it; nothing is waited for but that Docker has started what it could. */
  static Stack up(String project, int actsPerSecond, Map<String, Integer> scale)
      throws IOException, InterruptedException {
    Stack stack = new Stack(program().orElseThrow(), project, actsPerSecond);
    try {
      stack.scale(scale);
      return stack;
    } catch (IOException | InterruptedException | AssertionError e) {
      stack.close();
      throw e;
    }
  }

  private static Optional<List<String>> program() throws IOException, InterruptedException {
    for (List<String> program : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      List<String> version = new ArrayList<>(program);
      version.add("version");
      if (answers(version.toArray(String[]::new))) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private static boolean answers(String... command) throws InterruptedException {
    try {
      return new Shell(ROOT, Map.of()).attempt(List.of(command)).code() == 0;
    } catch (IOException e) {
      // There is no such program.
      return false;
    }
  }

  /** Where Caddy is on this machine. */
  int page() {
    return page;
  }

  /** Where Kafka is for this machine. */
  String bootstrap() {
    return "127.0.0.1:" + kafka;
  }

  /** Has so many of each service, and of the others one. */
  void scale(Map<String, Integer> scale) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("up", "--detach", "--no-build"));
    new TreeMap<>(scale)
        .forEach((service, count) -> {
          arguments.add("--scale");
          arguments.add(service + "=" + count);
        });
    compose(arguments);
  }

  /** The containers of a service, those too that do not run. */
  List<String> containers(String service) throws IOException, InterruptedException {
    return lines(
        docker(
            "ps",
            "--all",
            "--quiet",
            "--filter",
            "label=com.docker.compose.project=" + project,
            "--filter",
            "label=com.docker.compose.service=" + service));
  }

  /** What Docker says of the health of each container of a service. */
  List<String> health(String service) throws IOException, InterruptedException {
    List<String> health = new ArrayList<>();
    for (String container : containers(service)) {
      health.add(docker("inspect", "--format", "{{.State.Health.Status}}", container));
    }
    return health;
  }

  /** What a service says of itself in one word: {@code reading}, {@code standby}, … */
  String state(String container, int healthPort) throws IOException, InterruptedException {
    String answer =
        shell
            .attempt(
                List.of(
                    "docker",
                    "exec",
                    container,
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/"
                        + healthPort
                        + "; printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"))
            .text();
    List<String> body = answer.lines().dropWhile(line -> !line.isBlank()).skip(1).toList();
    return body.isEmpty() ? "silent" : body.getFirst();
  }

  /** Kills a container: it has no time to say anything. */
  void kill(String container) throws IOException, InterruptedException {
    docker("kill", "--signal", "KILL", container);
  }

  /** Starts a container that was killed or stopped. */
  void start(String container) throws IOException, InterruptedException {
    docker("start", container);
  }

  /** Asks a container to stop, and waits until it has. */
  void stop(String container) throws IOException, InterruptedException {
    docker("stop", container);
  }

  /** Copies what a container has there. */
  void copy(String container, String from, Path to) throws IOException, InterruptedException {
    docker("cp", container + ":" + from, to.toString());
  }

  /** The memory that each container takes, in bytes, by its service. */
  Map<String, Long> memory() throws IOException, InterruptedException {
    Map<String, Long> memory = new TreeMap<>();
    for (String line :
        lines(
            docker(
                "ps",
                "--filter",
                "label=com.docker.compose.project=" + project,
                "--format",
                "{{.ID}} {{.Label \"com.docker.compose.service\"}}"))) {
      String[] parts = line.split(" ", 2);
      String used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", parts[0]);
      memory.merge(parts[1], bytes(used.split("/", 2)[0].strip()), Long::sum);
    }
    return memory;
  }

  private static long bytes(String text) {
    String number = text.replaceAll("[A-Za-z]", "");
    double factor =
        switch (text.substring(number.length())) {
          case "B" -> 1;
          case "KiB" -> 1 << 10;
          case "MiB" -> 1 << 20;
          case "GiB" -> 1 << 30;
          default -> throw new AssertionError("expected a size, found " + text);
        };
    return Math.round(Double.parseDouble(number) * factor);
  }

  /** What the services said last, for when something is wrong. */
  String logs() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(compose);
    command.addAll(List.of("logs", "--tail", "40"));
    return shell.attempt(command).text();
  }

  private String docker(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return shell.run(command);
  }

  private void compose(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(compose);
    command.addAll(arguments);
    shell.run(command);
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    compose(List.of("down", "--volumes", "--timeout", "10"));
  }
}
