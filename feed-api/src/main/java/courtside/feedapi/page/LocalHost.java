package courtside.feedapi.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Refuses requests that name another host than this machine: by a name of its own that leads to
 * 127.0.0.1, a stranger's page could make a browser here read what is for this machine alone. Pure.
 */
final class LocalHost {
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");

  private LocalHost() {}

  /** Adds the refusal before every route. */
  static void addTo(RoutesConfig routes) {
    routes.before(LocalHost::refuse);
  }

  private static void refuse(Context context) {
    String host = context.header("Host");
    if (host == null || !LOCAL.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      context
          .status(HttpStatus.FORBIDDEN)
          .result("this page is for http://localhost alone: COURTSIDE_FEED_API_DASHBOARD=local")
          .skipRemainingHandlers();
    }
  }
}
