package courtside.feedapi.identity;

import java.net.URI;
import java.time.Duration;

/**
 * How documents are fetched. Immutable.
 *
 * @param directory the PLC directory's address, {@code http} or {@code https}, with neither query
 *     nor user; it may be anywhere, as it is the operator's choice
 * @param local whether {@code did:web:localhost} is asked, without encryption; for development
 * @param deadline for all of a fetch, from its name to the last byte
 * @param documentBytes the largest document that is taken
 * @param fetches how many strangers' hosts are asked at once, and over how many connections the
 *     directory is
 * @param fetchesPerHost how many of a stranger's documents are fetched from one host at once
 * @param waiting how many wait for one of the directory's connections
 */
public record FetchSettings(
    URI directory,
    boolean local,
    Duration deadline,
    int documentBytes,
    int fetches,
    int fetchesPerHost,
    int waiting) {
  /** The public directory, and bounds that suit one feed generator. */
  public static final FetchSettings DEFAULT =
      new FetchSettings(
          URI.create("https://plc.directory"), false, Duration.ofSeconds(3), 256 << 10, 32, 2, 512);

  /** Checks them. */
  public FetchSettings {
    if (!isDirectory(directory)) {
      throw new IllegalArgumentException(
          "expected an http or https address without query and user as directory, found "
              + directory);
    }
    if (!deadline.isPositive()
        || documentBytes < 1
        || fetches < 1
        || fetchesPerHost < 1
        || waiting < 1) {
      throw new IllegalArgumentException("expected bounds above 0");
    }
  }

  /** Whether documents can be asked for there. */
  public static boolean isDirectory(URI address) {
    return ("https".equals(address.getScheme()) || "http".equals(address.getScheme()))
        && address.getHost() != null
        && address.getRawUserInfo() == null
        && address.getRawQuery() == null
        && address.getRawFragment() == null;
  }

  /** The same with another directory. */
  public FetchSettings withDirectory(URI other) {
    return new FetchSettings(
        other, local, deadline, documentBytes, fetches, fetchesPerHost, waiting);
  }

  /** The same, with or without this machine. */
  public FetchSettings withLocal(boolean allowed) {
    return new FetchSettings(
        directory, allowed, deadline, documentBytes, fetches, fetchesPerHost, waiting);
  }

  /** The same with another deadline. */
  public FetchSettings withDeadline(Duration other) {
    return new FetchSettings(
        directory, local, other, documentBytes, fetches, fetchesPerHost, waiting);
  }
}
