package courtside.feedapi.web;

import courtside.feedapi.xrpc.XrpcException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Says as XRPC does what never reaches a route: a request that is none, or too large a header.
 * Thread-safe.
 */
final class Refusals extends ErrorHandler {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      @Nullable Throwable cause,
      Callback callback) {
    write(
        response,
        switch (code) {
          case 413 -> XrpcException.tooLarge();
          case 503 -> XrpcException.notYet("the service is ending");
          case 500 -> XrpcException.internal();
          // Of those beyond it, all that the server says itself are about the request.
          default -> XrpcException.invalidRequest("the request cannot be read");
        },
        callback);
  }

  /** Refuses a client that asks too much. */
  static boolean tooMany(Request request, Response response, Callback callback) {
    XrpcException failure = XrpcException.tooMany("too many requests from one address", AGAIN);
    response.setStatus(failure.status());
    response.getHeaders().put("Access-Control-Allow-Origin", "*");
    write(response, failure, callback);
    return true;
  }

  private static void write(Response response, XrpcException failure, Callback callback) {
    failure
        .retryAfter()
        .ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, MimeTypes.Type.APPLICATION_JSON.asString());
    byte[] body = failure.body().toString().getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
