package courtside.feedapi.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** How names of hosts become addresses. Thread-safe. */
@FunctionalInterface
public interface Names {
  /**
   * All addresses of a host, in the order in which they are to be tried. May block for as long as
   * name servers please.
   *
   * @throws UnknownHostException if it has none, or nobody could say
   */
  List<InetAddress> lookUp(String host) throws UnknownHostException;

  /** As the system does it. */
  static Names system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
