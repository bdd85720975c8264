package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A broker that speaks TLS, by a certificate of its own, and knows one user by a password. */
final class SecuredKafka implements AutoCloseable {
  static final String PASSWORD = "n0t-to-be-t0ld";

  private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  private static final String STORE_PASSWORD = "of no account";

  private final Path directory;
  private final Path store;
  private final Path certificate;
  private final EmbeddedBroker broker;

  SecuredKafka(Path directory) throws Exception {
    this.directory = directory;
    this.store = directory.resolve("broker.p12");
    this.certificate = directory.resolve("broker.pem");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=broker", "-ext", "SAN=ip:127.0.0.1");
    keytool("-exportcert", "-rfc", "-file", certificate.toString());
    this.broker =
        EmbeddedBroker.startSecured(
            directory.resolve("kafka"),
            Map.of(
                "listener.name.secured.ssl.keystore.type",
                "PKCS12",
                "listener.name.secured.ssl.keystore.location",
                store.toString(),
                "listener.name.secured.ssl.keystore.password",
                STORE_PASSWORD,
                "listener.name.secured.sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.secured.plain.sasl.jaas.config",
                LOGIN + " required user_courtside=\"" + PASSWORD + "\";"));
  }

  /** The file by which a client speaks to it. */
  Path properties(String password) throws Exception {
    Path file = Files.createTempFile(directory, "kafka", ".properties");
    Files.writeString(
        file,
        """
        security.protocol=SASL_SSL
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        sasl.mechanism=PLAIN
        sasl.jaas.config=%s required username="courtside" password="%s";
        """
            .formatted(certificate, LOGIN, password));
    return file;
  }

  /** Where it asks for both, {@code host:port}. */
  String bootstrap() {
    return broker.secured();
  }

  /** Where it asks for nothing: for who looks whether all is there. */
  String open() {
    return broker.bootstrap();
  }

  private void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "broker", "-keystore", store.toString()));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor())
        .as("the exit code of %s: %s", command, new String(said, StandardCharsets.UTF_8))
        .isZero();
  }

  @Override
  public void close() {
    broker.close();
  }
}
