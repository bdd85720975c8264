package courtside.feedapi.identity;

import courtside.atproto.MalformedDataException;
import courtside.atproto.identity.DidDocument;
import courtside.atproto.syntax.Did;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches documents over HTTP/1.1 from hosts of one kind: no redirects, no proxy, no cookies,
 * nothing compressed, and no more of anything than asked for. One client for each kind, so that
 * strangers' hosts cannot take the directory's share. Thread-safe.
 */
final class DocumentClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DocumentClient.class);
  private static final int HEADER_BYTES = 16 << 10;
  private static final int THREADS = 8;

  /** Nothing is kept of a host for longer than this after its last fetch. */
  private static final long HOST_IDLE_MILLIS = 10_000;

  private final HttpClient client;
  private final JudgedAddresses addresses;
  private final FetchSettings settings;
  private final boolean keepsConnections;

  /**
   * Whom a client asks, and how.
   *
   * @param name of its threads
   * @param allowed which addresses it may dial
   * @param connections how many at once with one host
   * @param waiting how many fetches wait for one of those
   * @param keepsConnections whether connections are used again
   */
  record Kind(
      String name,
      Predicate<InetAddress> allowed,
      int connections,
      int waiting,
      boolean keepsConnections) {}

  private DocumentClient(
      Kind kind,
      FetchSettings settings,
      Dialling dialling,
      SSLContext trust,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.keepsConnections = kind.keepsConnections();
    this.addresses =
        new JudgedAddresses(
            dialling, kind.allowed(), settings.deadline(), 2 * settings.fetches(), nanoTime);
    this.client = new HttpClient(new HttpClientTransportOverHTTP(connector(kind, trust)));
    client.setName(kind.name());
    client.setSocketAddressResolver(addresses);
    client.setMaxConnectionsPerDestination(kind.connections());
    client.setMaxRequestsQueuedPerDestination(kind.waiting());
    client.setConnectTimeout(settings.deadline().toMillis());
    client.setIdleTimeout(HOST_IDLE_MILLIS);
    client.setDestinationIdleTimeout(HOST_IDLE_MILLIS);
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setMaxResponseHeadersSize(HEADER_BYTES);
    client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "courtside"));
  }

  private static ClientConnector connector(Kind kind, SSLContext trust) {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
    threads.setName(kind.name());
    threads.setDaemon(true);
    SslContextFactory.Client tls = new SslContextFactory.Client();
    tls.setSslContext(trust);
    // The name in the certificate is looked at: the library's default, and what all rests on.
    tls.setEndpointIdentificationAlgorithm("HTTPS");
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setExecutor(threads);
    connector.setSslContextFactory(tls);
    return connector;
  }

  static DocumentClient start(
      Kind kind,
      FetchSettings settings,
      Dialling dialling,
      SSLContext trust,
      LongSupplier nanoTime) {
    DocumentClient started = new DocumentClient(kind, settings, dialling, trust, nanoTime);
    try {
      started.client.start();
    } catch (Exception e) {
      started.close();
      throw new IllegalStateException("the client for documents does not start", e);
    }
    // Both are filled by the start. Handlers would follow, authenticate and wait for more; decoders
    // would make much of little.
    started.client.getProtocolHandlers().clear();
    started.client.getContentDecoderFactories().clear();
    return started;
  }

  /** The key in the document at this address. Ends within the deadline, never exceptionally. */
  CompletableFuture<KeyAnswer> fetch(URI address, Did did) {
    Request request =
        client
            .newRequest(address)
            .timeout(settings.deadline().toNanos(), TimeUnit.NANOSECONDS)
            .headers(headers -> {
              headers.put(HttpHeader.ACCEPT, "application/did+ld+json, application/json");
              headers.put(HttpHeader.ACCEPT_ENCODING, "identity");
              if (!keepsConnections) {
                headers.put(HttpHeader.CONNECTION, "close");
              }
            });
    Reading reading = new Reading(did, settings.documentBytes());
    try {
      request.send(reading);
    } catch (RuntimeException e) {
      reading.answer.complete(new KeyAnswer.Failed(reason(e, did)));
    }
    return reading.answer;
  }

  private static KeyFailure reason(Throwable failure, Did did) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<KeyFailure> known =
          switch (cause) {
            case FetchException given -> Optional.of(given.reason());
            case RejectedExecutionException _ -> Optional.of(KeyFailure.BUSY);
            case TimeoutException _ -> Optional.of(KeyFailure.TIMED_OUT);
            case SocketTimeoutException _ -> Optional.of(KeyFailure.TIMED_OUT);
            case HttpException _ -> Optional.of(KeyFailure.MALFORMED);
            case HttpResponseException _ -> Optional.of(KeyFailure.MALFORMED);
            default -> Optional.empty();
          };
      if (known.isPresent()) {
        return known.get();
      }
    }
    LOG.atDebug()
        .addKeyValue("did", did)
        .addKeyValue("reason", failure.toString())
        .log("document not reached");
    return KeyFailure.UNREACHABLE;
  }

  @Override
  public void close() {
    addresses.close();
    try {
      client.stop();
    } catch (Exception e) {
      LOG.atWarn().setCause(e).log("client for documents did not stop in order");
    }
  }

  /** Takes in one answer. The client calls it from one thread at a time. */
  private static final class Reading implements Response.Listener {
    final CompletableFuture<KeyAnswer> answer = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Did did;
    private final int most;

    Reading(Did did, int most) {
      this.did = did;
      this.most = most;
    }

    @Override
    public void onHeaders(Response response) {
      KeyFailure refused = refused(response);
      if (refused != null) {
        giveUp(response, refused);
      }
    }

    private @Nullable KeyFailure refused(Response response) {
      int status = response.getStatus();
      if (status == 404 || status == 410) {
        return KeyFailure.NOT_FOUND;
      }
      if (status >= 300 && status < 400) {
        return KeyFailure.REDIRECTED;
      }
      if (status != 200) {
        return KeyFailure.UNEXPECTED_STATUS;
      }
      String encoding = response.getHeaders().get(HttpHeader.CONTENT_ENCODING);
      if (encoding != null && !encoding.toLowerCase(Locale.ROOT).equals("identity")) {
        return KeyFailure.MALFORMED;
      }
      return response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > most
          ? KeyFailure.TOO_LARGE
          : null;
    }

    @Override
    public void onContent(Response response, ByteBuffer content) {
      if (content.remaining() > most - body.size()) {
        giveUp(response, KeyFailure.TOO_LARGE);
        return;
      }
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      body.writeBytes(bytes);
    }

    private static void giveUp(Response response, KeyFailure reason) {
      var _ = response.abort(new FetchException(reason));
    }

    @Override
    public void onComplete(Result result) {
      Throwable failure = result.getFailure();
      answer.complete(failure == null ? read() : new KeyAnswer.Failed(reason(failure, did)));
    }

    private KeyAnswer read() {
      try {
        return DidDocument.read(body.toByteArray(), did)
            .signingKey()
            .<KeyAnswer>map(KeyAnswer.Found::new)
            .orElseGet(() -> new KeyAnswer.Failed(KeyFailure.NO_KEY));
      } catch (MalformedDataException e) {
        LOG.atDebug()
            .addKeyValue("did", did)
            .addKeyValue("reason", e.getMessage())
            .log("document not read");
        return new KeyAnswer.Failed(KeyFailure.MALFORMED);
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).addKeyValue("did", did).log("document broke its reader");
        return new KeyAnswer.Failed(KeyFailure.INTERNAL);
      }
    }
  }
}
