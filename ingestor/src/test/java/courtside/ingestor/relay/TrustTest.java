package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.ingestor.relay.Ending.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom the connection trusts: a certificate that is trusted, and only for the name dialled. */
@Timeout(120)
final class TrustTest {
  private static final char[] PASSWORD = "of no account".toCharArray();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String FIRST_LINE = "GET / HTTP/1.1";

  @TempDir Path directory;

  @Test
  void asksARelayWhoseCertificateIsTrustedForItsName() throws Exception {
    SSLContext relay = certificate("localhost");
    try (TlsRelay server = new TlsRelay(relay)) {
      RelayConnection connection = dial(server, relay.getSocketFactory());
      assertThat(server.asked.join()).isEqualTo(FIRST_LINE);
      connection.abort(new Ending(Reason.STOPPED, "enough"));
    }
  }

  @Test
  void refusesACertificateForAnotherName() throws Exception {
    SSLContext relay = certificate("elsewhere.example");
    try (TlsRelay server = new TlsRelay(relay)) {
      assertRefused(server, dial(server, relay.getSocketFactory()));
    }
  }

  @Test
  void refusesACertificateThatNobodyTrusts() throws Exception {
    try (TlsRelay server = new TlsRelay(certificate("localhost"))) {
      assertRefused(server, dial(server, (SSLSocketFactory) SSLSocketFactory.getDefault()));
    }
  }

  private static void assertRefused(TlsRelay server, RelayConnection connection) {
    await().atMost(LIMIT).until(() -> connection.ended().isDone());
    assertThat(connection.ended().join().reason()).isEqualTo(Reason.TLS);
    assertThat(server.asked.join()).as("what the relay was told").isNotEqualTo(FIRST_LINE);
  }

  private static RelayConnection dial(TlsRelay server, SSLSocketFactory tls) {
    return RelayConnection.dial(
        URI.create("wss://localhost:" + server.socket.getLocalPort() + "/"),
        LIMIT,
        tls,
        new RelayConnection.DataHandler() {
          @Override
          public void onData(byte[] message) {
            throw new AssertionError("data before the upgrade");
          }

          @Override
          public void onPayload(int bytes) {}

          @Override
          public void onText() {
            throw new AssertionError("text before the upgrade");
          }
        });
  }

  /** Whoever uses it, as a server or as a client, has this certificate and trusts it alone. */
  private SSLContext certificate(String name) throws Exception {
    Path file = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "relay",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:" + name,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("relay", keys.getCertificate("relay"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Takes one connection and reads the first line, or says why there was none. */
  private static final class TlsRelay implements AutoCloseable {
    private final SSLServerSocket socket;
    private final CompletableFuture<String> asked = new CompletableFuture<>();

    TlsRelay(SSLContext context) throws IOException {
      socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      try (Socket client = socket.accept()) {
        byte[] line = client.getInputStream().readNBytes(FIRST_LINE.length());
        asked.complete(new String(line, StandardCharsets.US_ASCII));
      } catch (IOException e) {
        asked.complete(e.toString());
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
