package courtside.feedapi.web;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/**
 * A request without {@code X-HTTP-Method-Override}, which the router would take for its method: a
 * page of anybody's could make a POST of a GET, and whoever stands before this server and tells
 * requests apart by their method would be deceived. Confined to the request's thread.
 */
final class StatedMethod extends Request.Wrapper {
  private static final String OVERRIDE = "X-HTTP-Method-Override";

  private final HttpFields headers;

  private StatedMethod(Request request) {
    super(request);
    this.headers = HttpFields.build(request.getHeaders()).remove(OVERRIDE).asImmutable();
  }

  /** The request itself where it does not have that header, as nearly all. */
  static Request of(Request request) {
    return request.getHeaders().contains(OVERRIDE) ? new StatedMethod(request) : request;
  }

  @Override
  public HttpFields getHeaders() {
    return headers;
  }
}
