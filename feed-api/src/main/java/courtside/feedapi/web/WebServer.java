package courtside.feedapi.web;

import courtside.feedapi.xrpc.Call;
import courtside.feedapi.xrpc.XrpcException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.DoSHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: virtual threads, and a cap on everything that a client controls. What the server
 * itself refuses is said as XRPC says errors. Thread-safe.
 */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  /** Service tokens take some hundred bytes; browsers send a few thousand. */
  private static final int HEADER_BYTES = 16 << 10;

  private static final Duration IDLE = Duration.ofSeconds(30);

  /** How long requests have to come to their end when the server is stopped. */
  private static final Duration STOP = Duration.ofSeconds(5);

  /** Addresses whose rate is known at once; those beyond are let pass. Some 20 MB. */
  private static final int MOST_ADDRESSES = 100_000;

  private final Javalin javalin;

  private WebServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any that is free
   * @param routes who adds what is to be had here; everything else is answered with 404
   * @throws io.javalin.util.JavalinBindException if the port is taken
   */
  public static WebServer start(
      String host,
      int port,
      ClientLimits limits,
      LongSupplier nanoTime,
      MeterRegistry metrics,
      List<Consumer<RoutesConfig>> routes) {
    Clients clients = new Clients(limits.proxies());
    Javalin javalin =
        Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.startup.startupWatcherEnabled = false;
          config.concurrency.useVirtualThreads = true;
          config.router.javaLangErrorHandler(WebServer::failed);
          config.jetty.modifyHttpConfiguration(WebServer::bound);
          config.jetty.modifyServer(server -> {
            server.setStopTimeout(STOP.toMillis());
            server.setErrorHandler(new Refusals());
            server.addBean(new NetworkConnectionLimit(limits.connections(), server));
            server.insertHandler(rate(limits, clients, metrics));
            server.insertHandler(new GracefulHandler());
          });
          config.jetty.addConnector((server, http) -> {
            ServerConnector connector = connector(server, http, host, port);
            connector.addBean(new ConnectionGuard(limits, clients, connector, nanoTime, metrics));
            return connector;
          });
          addRoutes(config, routes);
        });
    return new WebServer(javalin.start());
  }

  private static DoSHandler rate(ClientLimits limits, Clients clients, MeterRegistry metrics) {
    Counter refused =
        Counter.builder("courtside.feed.api.requests.refused")
            .description("requests beyond the rate of their address")
            .register(metrics);
    return new DoSHandler(
        request -> {
          String client = clients.name(request);
          request.setAttribute(Call.CLIENT, client);
          return client;
        },
        new RequestRate(limits.requestsPerSecond()),
        (request, response, callback) -> {
          refused.increment();
          return Refusals.tooMany(request, response, callback);
        },
        MOST_ADDRESSES);
  }

  /** An error of the machine, which no route and no handler of exceptions is asked about. */
  private static void failed(HttpServletResponse response, Error error) {
    LOG.atError().setCause(error).log("request failed");
    XrpcException failure = XrpcException.internal();
    response.setStatus(failure.status());
    response.setContentType("application/json");
    try {
      response.getOutputStream().write(failure.body().toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The reader has gone; there is nobody to tell.
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("answer not written");
    }
  }

  private static void bound(HttpConfiguration http) {
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setSendServerVersion(false);
    http.addCustomizer((request, answer) -> StatedMethod.of(request));
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, String host, int port) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE.toMillis());
    return connector;
  }

  private static void addRoutes(JavalinConfig config, List<Consumer<RoutesConfig>> routes) {
    config.routes.before(context ->
        context
            .header("X-Content-Type-Options", "nosniff")
            .header("Referrer-Policy", "no-referrer"));
    FailedRequests.addTo(config.routes);
    routes.forEach(add -> add.accept(config.routes));
    for (HandlerType verb : List.of(HandlerType.GET, HandlerType.HEAD, HandlerType.POST)) {
      config.routes.addHttpHandler(
          verb,
          "/<path>",
          context -> {
            throw XrpcException.notFound();
          });
    }
  }

  /** Who sent a request, as it is counted: an address, or a network of them. */
  public static String client(Context context) {
    return Objects.requireNonNull(
        context.<String>attribute(Call.CLIENT), "every request has a client");
  }

  /** Where it listens. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
