package courtside.feedapi.identity;

import courtside.atproto.identity.DidMethod;
import courtside.atproto.syntax.Did;
import java.net.InetAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/**
 * Gets keys from the documents of DIDs: from the PLC directory, or from the host that a {@code
 * did:web} names, over HTTPS on port 443 and only at a public address. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/did">DIDs</a>
 */
public final class DocumentFetcher implements KeySource, AutoCloseable {
  private static final String WELL_KNOWN = "/.well-known/did.json";

  private final FetchSettings settings;
  private final Semaphore strangersFree;
  private final DocumentClient directory;
  private final DocumentClient strangers;
  private final Optional<DocumentClient> local;

  private DocumentFetcher(
      FetchSettings settings, Dialling dialling, SSLContext trust, LongSupplier nanoTime) {
    this.settings = settings;
    this.strangersFree = new Semaphore(settings.fetches());
    this.directory =
        DocumentClient.start(
            new DocumentClient.Kind(
                "did-directory", address -> true, settings.fetches(), settings.waiting(), true),
            settings,
            dialling,
            trust,
            nanoTime);
    int perHost = settings.fetchesPerHost();
    this.strangers =
        DocumentClient.start(
            new DocumentClient.Kind(
                "did-hosts", dialling.strangers(), perHost, settings.fetches(), false),
            settings,
            dialling,
            trust,
            nanoTime);
    this.local =
        settings.local()
            ? Optional.of(
                DocumentClient.start(
                    new DocumentClient.Kind(
                        "did-local",
                        InetAddress::isLoopbackAddress,
                        perHost,
                        settings.fetches(),
                        false),
                    settings,
                    dialling,
                    trust,
                    nanoTime))
            : Optional.empty();
  }

  /** Starts its clients; they trust whom the JVM trusts. */
  public static DocumentFetcher start(FetchSettings settings, Names names) {
    try {
      return start(settings, Dialling.of(names), SSLContext.getDefault(), System::nanoTime);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  static DocumentFetcher start(
      FetchSettings settings, Dialling dialling, SSLContext trust, LongSupplier nanoTime) {
    return new DocumentFetcher(settings, dialling, trust, nanoTime);
  }

  @Override
  public Optional<KeyFailure> refuses(Did did) {
    return switch (DidMethod.of(did)) {
      case DidMethod.Unsupported _ -> Optional.of(KeyFailure.UNSUPPORTED_METHOD);
      case DidMethod.Web web when web.isLocal() && local.isEmpty() ->
          Optional.of(KeyFailure.FORBIDDEN_ADDRESS);
      case DidMethod.Web _, DidMethod.Plc _ -> Optional.empty();
    };
  }

  @Override
  public CompletableFuture<KeyAnswer> fetch(Did did) {
    return switch (DidMethod.of(did)) {
      case DidMethod.Unsupported _ -> failed(KeyFailure.UNSUPPORTED_METHOD);
      case DidMethod.Plc _ -> directory.fetch(inDirectory(did), did);
      case DidMethod.Web web when web.isLocal() ->
          local
              .map(client -> client.fetch(onHost("http", web), did))
              .orElseGet(() -> failed(KeyFailure.FORBIDDEN_ADDRESS));
      case DidMethod.Web web -> fromStranger(web);
    };
  }

  private CompletableFuture<KeyAnswer> fromStranger(DidMethod.Web web) {
    if (!strangersFree.tryAcquire()) {
      return failed(KeyFailure.BUSY);
    }
    CompletableFuture<KeyAnswer> answer = strangers.fetch(onHost("https", web), web.did());
    return answer.whenComplete((_, _) -> strangersFree.release());
  }

  private URI inDirectory(Did did) {
    String base = settings.directory().toString();
    return URI.create((base.endsWith("/") ? base : base + "/") + did.value());
  }

  private static URI onHost(String scheme, DidMethod.Web web) {
    return URI.create(scheme + "://" + web.authority() + WELL_KNOWN);
  }

  private static CompletableFuture<KeyAnswer> failed(KeyFailure reason) {
    return CompletableFuture.completedFuture(new KeyAnswer.Failed(reason));
  }

  /** Ends its clients; fetches that are under way fail. */
  @Override
  public void close() {
    local.ifPresent(DocumentClient::close);
    strangers.close();
    directory.close();
  }
}
