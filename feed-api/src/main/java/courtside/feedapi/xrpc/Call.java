package courtside.feedapi.xrpc;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client asks of a method. Confined to the request's thread. */
public final class Call {
  /** The attribute of a request that says who sent it; whoever serves it sets it. */
  public static final String CLIENT = Call.class.getName() + ".client";

  private static final Logger LOG = LoggerFactory.getLogger(Call.class);

  /** The longest thing that any method takes. */
  private static final int MOST_BYTES = 64 << 10;

  /** Read at once of a body that nobody needs. */
  private static final int PASSED_BYTES = 512;

  private static final String JSON = "application/json";

  private final Context context;

  Call(Context context) {
    this.context = context;
  }

  /**
   * The parameters.
   *
   * @throws XrpcException if they cannot be read
   */
  public Parameters parameters() {
    return Parameters.of(context);
  }

  /** Who sent it, as clients are told apart: an address, or a network of them. */
  public String client() {
    return Objects.requireNonNull(context.attribute(CLIENT), "every request has a client");
  }

  /**
   * The header {@code Authorization}, as it came.
   *
   * @throws XrpcException if there are several: which one is meant nobody can say
   */
  public Optional<String> authorization() {
    Enumeration<String> headers = context.req().getHeaders("Authorization");
    Optional<String> first =
        headers.hasMoreElements() ? Optional.of(headers.nextElement()) : Optional.empty();
    if (headers.hasMoreElements()) {
      throw XrpcException.unauthorized(
          "AuthenticationRequired", "expected one Authorization header, found several");
    }
    return first;
  }

  /**
   * The body, which must be JSON by its header; at most 64 KiB.
   *
   * @throws XrpcException if it says that it is anything else, is too large, or does not come whole
   */
  public byte[] json() {
    String type = context.contentType();
    if (type == null) {
      throw XrpcException.invalidRequest("expected a Content-Type of " + JSON + ", found none");
    }
    int end = type.indexOf(';');
    if (!(end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT).equals(JSON)) {
      throw XrpcException.invalidRequest("expected a Content-Type of " + JSON);
    }
    if (context.header("Content-Encoding") != null) {
      throw XrpcException.unsupportedMediaType();
    }
    try {
      byte[] body = context.req().getInputStream().readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) {
        throw XrpcException.tooLarge();
      }
      return body;
    } catch (IOException | HttpException.RuntimeException e) {
      throw XrpcException.invalidRequest("the body did not come whole");
    }
  }

  /**
   * Reads what is left of the body, as far as one may go, and forgets it. Answered before it has
   * sent its body, a client may find its connection reset, and never see the answer. One that waits
   * to be asked for its body is not asked.
   */
  void passOverBody() {
    if (context.header("Expect") != null) {
      return;
    }
    try {
      InputStream body = context.req().getInputStream();
      byte[] passed = new byte[PASSED_BYTES];
      for (int left = MOST_BYTES; left > 0; ) {
        int length = body.read(passed, 0, Math.min(passed.length, left));
        if (length < 0) {
          return;
        }
        left -= length;
      }
    } catch (IOException | HttpException.RuntimeException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("body did not come whole");
    }
  }
}
