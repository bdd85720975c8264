package courtside.feedapi.identity;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What stands between a stranger's name and a connection. Immutable.
 *
 * @param names how names become addresses
 * @param strangers which addresses a stranger may lead to
 * @param route where an address that was judged is dialled in truth: at itself, but in tests
 */
record Dialling(
    Names names, Predicate<InetAddress> strangers, UnaryOperator<InetSocketAddress> route) {
  /** The public internet, by these names. */
  static Dialling of(Names names) {
    return new Dialling(names, PublicAddresses::isPublic, UnaryOperator.identity());
  }
}
