package courtside.feedapi.xrpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Nsid;
import courtside.feedapi.store.StoreException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The methods under {@code /xrpc/}, and how errors are said. All of it may be read from any origin.
 * Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/xrpc">XRPC</a>
 */
public final class Xrpc {
  private static final String HEALTH = "_health";
  private static final String OTHER = "other";
  private static final String REQUEST_HEADERS =
      "authorization, content-type, accept-language, atproto-accept-labelers, atproto-proxy,"
          + " x-bsky-topics";

  private static final List<HandlerType> VERBS =
      List.of(
          HandlerType.GET,
          HandlerType.HEAD,
          HandlerType.POST,
          HandlerType.PUT,
          HandlerType.PATCH,
          HandlerType.DELETE,
          HandlerType.OPTIONS);

  private final MeterRegistry metrics;
  private final Map<String, Method> methods;
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  /** How a request of a method ended; of both there are few. */
  private record Outcome(String method, int status) {}

  /**
   * Answers with these methods, and of itself with {@code _health}.
   *
   * @param methods by their NSID
   */
  public Xrpc(Map<String, Method> methods, MeterRegistry metrics) {
    this.metrics = metrics;
    Map<String, Method> all = new HashMap<>(methods);
    byte[] health = health();
    all.put(HEALTH, Method.query(call -> health));
    this.methods = Map.copyOf(all);
  }

  /** Adds the routes. */
  public void addTo(RoutesConfig routes) {
    VERBS.forEach(verb -> routes.addHttpHandler(verb, "/xrpc/<method>", this::handle));
  }

  private void handle(Context context) {
    allowAnyOrigin(context);
    String name = context.pathParam("method");
    @Nullable Method method = methods.get(name);
    long begun = metrics.config().clock().monotonicTime();
    int status = 500;
    try {
      if (context.method().equals(HandlerType.OPTIONS)) {
        preflight(context);
        status = 204;
        return;
      }
      send(context, 200, answer(context, name, method));
      status = 200;
    } catch (XrpcException e) {
      refuse(context, e);
      status = e.status();
    } catch (HttpResponseException e) {
      XrpcException failure = XrpcException.of(e);
      refuse(context, failure);
      status = failure.status();
    } catch (StoreException e) {
      status = 503;
      throw e;
    } finally {
      timers
          .computeIfAbsent(new Outcome(method == null ? OTHER : name, status), this::timer)
          .record(metrics.config().clock().monotonicTime() - begun, TimeUnit.NANOSECONDS);
    }
  }

  private Timer timer(Outcome outcome) {
    return Timer.builder("courtside.feed.api.requests")
        .description("requests of XRPC methods")
        .tag("method", outcome.method())
        .tag("status", Integer.toString(outcome.status()))
        .register(metrics);
  }

  private static byte[] answer(Context context, String name, @Nullable Method method) {
    if (method == null) {
      throw isMethod(name)
          ? XrpcException.notImplemented()
          : XrpcException.invalidRequest("invalid xrpc path");
    }
    HandlerType verb = context.method();
    boolean asked = verb.equals(HandlerType.GET) || verb.equals(HandlerType.HEAD);
    boolean right =
        switch (method.kind()) {
          case QUERY -> asked;
          case PROCEDURE -> verb.equals(HandlerType.POST);
        };
    if (!right) {
      throw XrpcException.invalidRequest(
          "Incorrect HTTP method (%s) expected %s"
              .formatted(verb.name(), method.kind() == Method.Kind.QUERY ? "GET" : "POST"));
    }
    Call call = new Call(context);
    try {
      return method.answer(call);
    } catch (XrpcException e) {
      call.passOverBody();
      throw e;
    }
  }

  private static boolean isMethod(String text) {
    try {
      return !Nsid.parse(text).value().isEmpty();
    } catch (MalformedDataException e) {
      return false;
    }
  }

  private static byte[] health() {
    String version = Xrpc.class.getPackage().getImplementationVersion();
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", version == null ? "development" : version)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void preflight(Context context) {
    context
        .header("Access-Control-Allow-Methods", "GET, POST")
        .header("Access-Control-Allow-Headers", REQUEST_HEADERS)
        .header("Access-Control-Max-Age", "86400")
        .status(204);
  }

  /** Lets pages of others read the answer. */
  public static void allowAnyOrigin(Context context) {
    context.header("Access-Control-Allow-Origin", "*");
  }

  /** Answers with an error. */
  public static void refuse(Context context, XrpcException failure) {
    failure
        .retryAfter()
        .ifPresent(seconds -> context.header("Retry-After", Long.toString(seconds)));
    if (failure.status() == 401) {
      context.header("WWW-Authenticate", "Bearer");
    }
    send(context, failure.status(), failure.body().toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void send(Context context, int status, byte[] body) {
    context.status(status).contentType("application/json").result(body);
  }
}
