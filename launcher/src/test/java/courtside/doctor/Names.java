package courtside.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Names under {@code example.com}, and who answers there by TLS: while this is open, whatever in
 * this process asks them is led here, by a proxy as there are in companies, and trusts the one
 * certificate that is shown. Other names lead where they do.
 */
final class Names implements AutoCloseable {
  private static final String PASSWORD = "of no account";
  private static final String DOMAIN = ".example.com";
  private static final int LONGEST_HEAD = 8_192;

  private final ProxySelector proxyBefore = ProxySelector.getDefault();
  private final SSLContext trustBefore;
  private final HttpsServer server;
  private final ServerSocket proxy;
  private final Map<String, Function<URI, Reply>> answers = new ConcurrentHashMap<>();

  /** What is answered. */
  record Reply(int status, String type, String location, String body) {
    static Reply json(String body) {
      return new Reply(200, "application/json", "", body);
    }

    static Reply refusal(String error) {
      return new Reply(
          400, "application/json", "", "{\"error\":\"" + error + "\",\"message\":\"no\"}");
    }

    static Reply page(int status) {
      return new Reply(status, "text/html", "", "<html>a proxy's page</html>");
    }
  }

  /**
   * Begins.
   *
   * @param directory for the certificate
   * @param named the names that it is for; others lead here too
   */
  Names(Path directory, String... named) throws Exception {
    KeyStore keys = keys(directory, named);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(shown(keys)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("proxy").daemon().start(this::accept);
    trustBefore = SSLContext.getDefault();
    SSLContext.setDefault(trusted(keys));
    ProxySelector.setDefault(new Selector());
  }

  /** From now on this is answered at a name and a path, by the query. */
  void answer(String nameAndPath, Function<URI, Reply> reply) {
    answers.put(nameAndPath, reply);
  }

  private final class Selector extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      return uri.getHost().endsWith(DOMAIN)
          ? List.of(new Proxy(Proxy.Type.HTTP, proxy.getLocalSocketAddress()))
          : List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String host = exchange.getRequestHeaders().getFirst("Host").replaceFirst(":[0-9]+$", "");
    Function<URI, Reply> known = answers.get(host + exchange.getRequestURI().getPath());
    Reply reply =
        known == null
            ? new Reply(404, "text/plain", "", "?")
            : known.apply(exchange.getRequestURI());
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    if (!reply.location().isEmpty()) {
      exchange.getResponseHeaders().set("Location", reply.location());
    }
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private void accept() {
    while (!proxy.isClosed()) {
      try {
        Socket client = proxy.accept();
        Thread.ofVirtual().start(() -> tunnel(client));
      } catch (IOException e) {
        // It was closed.
      }
    }
  }

  private void tunnel(Socket client) {
    try (client;
        Socket behind =
            new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      InputStream in = client.getInputStream();
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n") && head.length() < LONGEST_HEAD) {
        int read = in.read();
        if (read < 0) {
          return;
        }
        head.append((char) read);
      }
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Thread.ofVirtual()
          .start(() -> {
            try {
              long _ = in.transferTo(behind.getOutputStream());
            } catch (IOException e) {
              // One side has left.
            }
          });
      long _ = behind.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // As above.
    }
  }

  private static KeyStore keys(Path directory, String... named) throws Exception {
    Path file = directory.resolve("names.p12");
    String alternatives =
        List.of(named).stream().map(name -> "dns:" + name).collect(Collectors.joining(","));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-alias",
            "host",
            "-dname",
            "CN=host",
            "-ext",
            "SAN=" + alternatives,
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD);
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as("keytool said: %s", said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static SSLContext shown(KeyStore keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext trusted(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("host", keys.getCertificate("host"));
    TrustManagerFactory others = TrustManagerFactory.getInstance("PKIX");
    others.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, others.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() throws IOException {
    ProxySelector.setDefault(proxyBefore);
    SSLContext.setDefault(trustBefore);
    proxy.close();
    server.stop(0);
  }
}
