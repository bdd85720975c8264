package courtside.ingestor.reach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates of an authority of their own, made by the JDK's keytool, and one of none. */
public final class Certificates {
  /** What opens the {@link #trustStore}. */
  public static final String PASSWORD = "of no account";

  private static final String AUTHORITY = "authority";

  private final Path file;

  /** Makes the authority, in a directory. */
  public Certificates(Path directory) throws Exception {
    this.file = directory.resolve("certificates.p12");
    make(AUTHORITY, List.of("-dname", "CN=authority", "-ext", "bc:c"));
  }

  /** What a server needs to show a good certificate for a name. */
  public SSLContext valid(String name) throws Exception {
    return signed("valid", name, List.of());
  }

  /** The same, but the certificate ran out a day ago. */
  public SSLContext expired(String name) throws Exception {
    return signed("expired", name, List.of("-startdate", "-2d", "-validity", "1"));
  }

  /** The same, but nobody has signed it. */
  public SSLContext selfSigned(String name) throws Exception {
    make("self-signed", List.of("-dname", "CN=" + name, "-ext", "SAN=dns:" + name));
    return context("self-signed");
  }

  private SSLContext signed(String alias, String name, List<String> more) throws Exception {
    List<String> options = new ArrayList<>(more);
    options.addAll(
        List.of("-dname", "CN=" + name, "-ext", "SAN=dns:" + name, "-signer", AUTHORITY));
    String unique = alias + "-" + name;
    make(unique, options);
    return context(unique);
  }

  /** A file that trusts the authority and nobody else. */
  public Path trustStore() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(AUTHORITY, keys().getCertificate(AUTHORITY));
    Path store = file.resolveSibling("trusted.p12");
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return store;
  }

  private SSLContext context(String alias) throws Exception {
    KeyStore all = keys();
    Key key = all.getKey(alias, PASSWORD.toCharArray());
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    one.setKeyEntry(alias, key, PASSWORD.toCharArray(), all.getCertificateChain(alias));
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(one, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }

  private KeyStore keys() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private void make(String alias, List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", alias));
    command.addAll(options);
    command.addAll(
        List.of("-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor())
        .as("the exit code of %s: %s", command, new String(said, StandardCharsets.UTF_8))
        .isZero();
  }
}
