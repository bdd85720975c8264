package courtside.feedapi.web;

import courtside.feedapi.store.StoreException;
import courtside.feedapi.xrpc.Xrpc;
import courtside.feedapi.xrpc.XrpcException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.HttpResponseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every failure of a route is answered with. Stateless. */
final class FailedRequests {
  private static final Logger LOG = LoggerFactory.getLogger(FailedRequests.class);

  private FailedRequests() {}

  static void addTo(RoutesConfig routes) {
    routes.exception(XrpcException.class, (failure, context) -> Xrpc.refuse(context, failure));
    routes.exception(
        HttpResponseException.class,
        (failure, context) -> Xrpc.refuse(context, XrpcException.of(failure)));
    routes.exception(
        StoreException.class,
        (failure, context) -> {
          // Said once by whoever writes the store; here it would be said for each request.
          LOG.atDebug().addKeyValue("reason", failure.getMessage()).log("store cannot be read");
          Xrpc.refuse(context, XrpcException.notYet("the feeds cannot be read just now"));
        });
    routes.exception(
        Exception.class,
        (failure, context) -> {
          // The boundary of a request: whatever it was, it ends this request alone.
          LOG.atError().setCause(failure).addKeyValue("path", context.path()).log("request failed");
          Xrpc.refuse(context, XrpcException.internal());
        });
  }
}
