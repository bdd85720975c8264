package courtside.ingestor.reach;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Looks up one name in a directory, that of the system property {@value #PROPERTY}, and leaves
 * every other name, and this one where the property is not set, to the JDK. The file {@code
 * address} holds the name's address; without it the name is not known, and each such answer is a
 * byte of the file {@code unknown}. Thread-safe.
 */
public final class ScriptedNames extends InetAddressResolverProvider {
  /** Where the name is looked up. */
  public static final String PROPERTY = "courtside.names";

  /** The one name. */
  public static final String HOST = "relay.courtside.test";

  /** From now on the name has this address. */
  public static void show(Path directory, String address) throws IOException {
    Path next = directory.resolve("address.next");
    Files.writeString(next, address);
    Files.move(next, directory.resolve("address"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** From now on the name is not known. */
  public static void hide(Path directory) throws IOException {
    Files.delete(directory.resolve("address"));
  }

  /** How often it was answered that the name is not known. */
  public static long unknown(Path directory) throws IOException {
    Path file = directory.resolve("unknown");
    return Files.exists(file) ? Files.size(file) : 0;
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    String directory = System.getProperty(PROPERTY);
    return directory == null ? builtin : new Resolver(Path.of(directory), builtin);
  }

  @Override
  public String name() {
    return "scripted";
  }

  private record Resolver(Path directory, InetAddressResolver builtin)
      implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      return host.equals(HOST) ? Stream.of(lookUp()) : builtin.lookupByName(host, policy);
    }

    private InetAddress lookUp() throws UnknownHostException {
      try {
        Path address = directory.resolve("address");
        if (Files.exists(address)) {
          return InetAddress.ofLiteral(Files.readString(address));
        }
        Files.writeString(
            directory.resolve("unknown"),
            "?",
            StandardCharsets.US_ASCII,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new IllegalStateException("the names cannot be looked up", e);
      }
      throw new UnknownHostException(HOST);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return builtin.lookupByAddress(address);
    }
  }
}
