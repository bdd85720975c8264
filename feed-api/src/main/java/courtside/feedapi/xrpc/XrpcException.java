package courtside.feedapi.xrpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A request that is answered with an error. Has no stack trace: bad requests are no news. */
public final class XrpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Duration SOON = Duration.ofSeconds(5);

  private final int status;
  private final String error;
  private final transient Optional<Duration> later;

  private XrpcException(int status, String error, String message, Optional<Duration> later) {
    super(message, null, false, false);
    this.status = status;
    this.error = error;
    this.later = later;
  }

  private XrpcException(int status, String error, String message) {
    this(status, error, message, Optional.empty());
  }

  /** The request is not what the method takes. */
  public static XrpcException invalidRequest(String message) {
    return new XrpcException(400, "InvalidRequest", message);
  }

  /** The feed is none of this generator's. */
  public static XrpcException unknownFeed() {
    return new XrpcException(400, "UnknownFeed", "this generator does not serve that feed");
  }

  /** There is nothing at this address. */
  public static XrpcException notFound() {
    return new XrpcException(404, "XRPCNotSupported", "there is nothing at this address");
  }

  /** The body is larger than any request needs. */
  public static XrpcException tooLarge() {
    return new XrpcException(413, "PayloadTooLarge", "the request is too large");
  }

  /** A body that is packed. */
  public static XrpcException unsupportedMediaType() {
    return new XrpcException(
        415, "UnsupportedMediaType", "expected a body without Content-Encoding");
  }

  /**
   * More than one client may ask.
   *
   * @param wait how long until it may ask again
   */
  public static XrpcException tooMany(String message, Duration wait) {
    return new XrpcException(429, "RateLimitExceeded", message, Optional.of(wait));
  }

  /**
   * Whoever asks is not known, or is not who they say.
   *
   * @param error as the token's refusal is named
   */
  public static XrpcException unauthorized(String error, String message) {
    return new XrpcException(401, error, message);
  }

  /** Somebody else who is needed for the answer does not answer. */
  public static XrpcException upstream(String message) {
    return new XrpcException(502, "UpstreamFailure", message);
  }

  /** What failed is in the log, not in the answer. */
  public static XrpcException internal() {
    return new XrpcException(500, "InternalServerError", "internal server error");
  }

  /** No such method here. */
  public static XrpcException notImplemented() {
    return new XrpcException(501, "MethodNotImplemented", "method not implemented");
  }

  /** Not now, but soon. */
  public static XrpcException notYet(String message) {
    return new XrpcException(503, "NotEnoughResources", message, Optional.of(SOON));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** What the answer consists of: the error's name for programs, and its text for people. */
  public ObjectNode body() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("error", error)
        .put("message", String.valueOf(getMessage()));
  }

  /** After how many seconds to try again, where that would help; rounded up. */
  public OptionalLong retryAfter() {
    return later.isPresent()
        ? OptionalLong.of(later.get().plusNanos(999_999_999).toSeconds())
        : OptionalLong.empty();
  }

  /** What the web framework refused, as XRPC says it. */
  public static XrpcException of(HttpResponseException refused) {
    return switch (refused.getStatus()) {
      case 404, 405 -> notFound();
      case 413 -> tooLarge();
      default -> invalidRequest("the request cannot be read");
    };
  }
}
