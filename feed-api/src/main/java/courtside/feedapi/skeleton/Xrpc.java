package courtside.feedapi.skeleton;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Nsid;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.StoreException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The methods of the generator under {@code /xrpc/}, its DID document, and how errors are said. All
 * of it may be read from any origin. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/xrpc">XRPC</a>
 */
public final class Xrpc {
  private static final Logger LOG = LoggerFactory.getLogger(Xrpc.class);
  private static final String HEALTH = "_health";
  private static final String REQUEST_HEADERS =
      "authorization, content-type, accept-language, atproto-accept-labelers, atproto-proxy,"
          + " x-bsky-topics";

  private static final Pattern NOT_ENCODED = Pattern.compile("%(?![0-9A-Fa-f]{2})");

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
  private final Generator generator;
  private final Map<String, Function<Parameters, ObjectNode>> queries;

  /** Answers from these feeds, as this generator. */
  public Xrpc(Feeds feeds, Generator generator, MeterRegistry metrics) {
    this.metrics = metrics;
    this.generator = generator;
    FeedSkeleton skeleton = new FeedSkeleton(feeds, generator.publisher());
    this.queries =
        Map.of(
            "app.bsky.feed.getFeedSkeleton",
            skeleton::answer,
            "app.bsky.feed.describeFeedGenerator",
            parameters -> generator.describe(feeds),
            HEALTH,
            parameters -> health());
  }

  /** Adds the routes, and what every error of the server is answered with. */
  public void addTo(RoutesConfig routes) {
    VERBS.forEach(verb -> routes.addHttpHandler(verb, "/xrpc/<method>", this::handle));
    Handler document =
        context -> {
          allowAnyOrigin(context);
          send(context, 200, generator.document());
        };
    routes.get("/.well-known/did.json", document);
    routes.head("/.well-known/did.json", document);
    routes.exception(XrpcException.class, (failure, context) -> refuse(context, failure));
    routes.exception(
        HttpResponseException.class,
        (failure, context) ->
            refuse(
                context,
                switch (failure.getStatus()) {
                  case 404, 405 -> XrpcException.notFound();
                  case 413 -> XrpcException.tooLarge();
                  default -> XrpcException.invalidRequest("the request cannot be read");
                }));
    routes.exception(
        StoreException.class,
        (failure, context) -> {
          LOG.atWarn().addKeyValue("reason", failure.getMessage()).log("store cannot be read");
          refuse(context, XrpcException.notYet("the feeds cannot be read just now"));
        });
    routes.exception(
        Exception.class,
        (failure, context) -> {
          // The boundary of a request: whatever it was, it ends this request alone.
          LOG.atError().setCause(failure).addKeyValue("path", context.path()).log("request failed");
          refuse(context, XrpcException.internal());
        });
  }

  private void handle(Context context) {
    allowAnyOrigin(context);
    String method = context.pathParam("method");
    Optional<Function<Parameters, ObjectNode>> query = Optional.ofNullable(queries.get(method));
    Timer.Sample sample = Timer.start(metrics);
    int status = 500;
    try {
      if (context.method().equals(HandlerType.OPTIONS)) {
        preflight(context);
        status = 204;
        return;
      }
      send(context, 200, answer(context, method, query));
      status = 200;
    } catch (XrpcException e) {
      refuse(context, e);
      status = e.status();
    } finally {
      sample.stop(
          Timer.builder("courtside.feed.api.requests")
              .description("requests of XRPC methods")
              .tag("method", query.isPresent() ? method : "other")
              .tag("status", Integer.toString(status))
              .register(metrics));
    }
  }

  private static ObjectNode answer(
      Context context, String method, Optional<Function<Parameters, ObjectNode>> query) {
    if (query.isEmpty()) {
      throw isMethod(method)
          ? XrpcException.notImplemented()
          : XrpcException.invalidRequest("invalid xrpc path");
    }
    HandlerType verb = context.method();
    if (!verb.equals(HandlerType.GET) && !verb.equals(HandlerType.HEAD)) {
      throw XrpcException.invalidRequest(
          "Incorrect HTTP method (" + verb.name() + ") expected GET");
    }
    return query.get().apply(parameters(context));
  }

  /** Javalin leaves out what it cannot decode, and what is left out means something else. */
  private static Parameters parameters(Context context) {
    String query = context.queryString();
    if (query != null && NOT_ENCODED.matcher(query).find()) {
      throw XrpcException.invalidRequest("the query is not percent-encoded");
    }
    return new Parameters(context.queryParamMap());
  }

  private static boolean isMethod(String text) {
    try {
      return !Nsid.parse(text).value().isEmpty();
    } catch (MalformedDataException e) {
      return false;
    }
  }

  private static ObjectNode health() {
    String version = Xrpc.class.getPackage().getImplementationVersion();
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", version == null ? "development" : version);
  }

  private static void preflight(Context context) {
    context
        .header("Access-Control-Allow-Methods", "GET, POST")
        .header("Access-Control-Allow-Headers", REQUEST_HEADERS)
        .header("Access-Control-Max-Age", "86400")
        .status(204);
  }

  private static void allowAnyOrigin(Context context) {
    context.header("Access-Control-Allow-Origin", "*");
  }

  /** Answers with an error. */
  public static void refuse(Context context, XrpcException failure) {
    failure
        .retryAfter()
        .ifPresent(seconds -> context.header("Retry-After", Integer.toString(seconds)));
    send(context, failure.status(), failure.body());
  }

  private static void send(Context context, int status, ObjectNode body) {
    context.status(status).contentType("application/json").result(body.toString());
  }
}
