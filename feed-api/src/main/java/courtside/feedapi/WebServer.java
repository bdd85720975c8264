package courtside.feedapi;

import courtside.feedapi.page.Dashboard;
import courtside.feedapi.skeleton.Xrpc;
import courtside.feedapi.skeleton.XrpcException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: virtual threads, and a cap on everything that a client controls. What the server
 * itself refuses is said as XRPC says errors. Thread-safe.
 */
final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  /** Service tokens take some hundred bytes; browsers send a few thousand. */
  private static final int HEADER_BYTES = 16 << 10;

  /** The longest thing that any method takes. */
  private static final long BODY_BYTES = 64 << 10;

  private static final Duration IDLE = Duration.ofSeconds(30);

  private static final long STOP_MILLIS = 1_000;

  private final Javalin javalin;

  private WebServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any that is free
   * @throws io.javalin.util.JavalinBindException if the port is taken
   */
  static WebServer start(String host, int port, int connections, Xrpc xrpc, Dashboard dashboard) {
    Javalin javalin =
        Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.startup.startupWatcherEnabled = false;
          config.concurrency.useVirtualThreads = true;
          config.router.javaLangErrorHandler(WebServer::failed);
          config.http.maxRequestSize = BODY_BYTES;
          config.jetty.modifyHttpConfiguration(WebServer::bound);
          config.jetty.modifyServer(server -> {
            server.setStopTimeout(STOP_MILLIS);
            server.setErrorHandler(new Errors());
            server.addBean(new NetworkConnectionLimit(connections, server));
          });
          config.jetty.addConnector((server, http) -> connector(server, http, host, port));
          addRoutes(config, xrpc, dashboard);
        });
    return new WebServer(javalin.start());
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
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, String host, int port) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE.toMillis());
    return connector;
  }

  private static void addRoutes(JavalinConfig config, Xrpc xrpc, Dashboard dashboard) {
    config.routes.before(context ->
        context
            .header("X-Content-Type-Options", "nosniff")
            .header("Referrer-Policy", "no-referrer"));
    xrpc.addTo(config.routes);
    dashboard.addTo(config.routes);
    for (HandlerType verb : List.of(HandlerType.GET, HandlerType.HEAD, HandlerType.POST)) {
      config.routes.addHttpHandler(
          verb,
          "/<path>",
          context -> {
            throw XrpcException.notFound();
          });
    }
  }

  int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }

  /** What never reaches a route: a request that is none, or too large a header. */
  private static final class Errors extends ErrorHandler {
    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        String message,
        @Nullable Throwable cause,
        Callback callback) {
      XrpcException failure =
          code >= 500
              ? XrpcException.internal()
              : XrpcException.invalidRequest("the request cannot be read");
      byte[] body = failure.body().toString().getBytes(StandardCharsets.UTF_8);
      response
          .getHeaders()
          .put(HttpHeader.CONTENT_TYPE, MimeTypes.Type.APPLICATION_JSON.asString());
      response.write(true, ByteBuffer.wrap(body), callback);
    }
  }
}
