package courtside.feedapi.web;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * The proxies whose word on who asks is taken. Immutable.
 *
 * @param patterns addresses, networks such as {@code 10.0.0.0/8}, and ranges
 */
public record TrustedProxies(List<String> patterns) {
  /** Nobody's word is taken. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  private static final Pattern NETWORK = Pattern.compile("([^/]+)(?:/([1-9][0-9]{0,2}))?");

  /** Copies the list. */
  public TrustedProxies {
    patterns = List.copyOf(patterns);
  }

  /**
   * Reads them.
   *
   * @param text separated by commas; empty for none
   * @return empty if one of them is neither an address nor a network
   */
  public static Optional<TrustedProxies> parse(String text) {
    List<String> patterns =
        Arrays.stream(text.split(",", -1)).map(String::strip).filter(p -> !p.isEmpty()).toList();
    try {
      if (patterns.stream().allMatch(TrustedProxies::isLiteral)) {
        TrustedProxies proxies = new TrustedProxies(patterns);
        // Looks at each of them.
        InetAddressSet set = proxies.set();
        return set.size() == patterns.stream().distinct().count()
            ? Optional.of(proxies)
            : Optional.empty();
      }
    } catch (IllegalArgumentException e) {
      // Said by whoever asked.
    }
    return Optional.empty();
  }

  /** No names: those would be looked up. */
  private static boolean isLiteral(String pattern) {
    Matcher parts = NETWORK.matcher(pattern);
    return parts.matches()
        && Arrays.stream(parts.group(1).split("-", 2))
            .allMatch(address -> !InetAddress.ofLiteral(address).isAnyLocalAddress());
  }

  private InetAddressSet set() {
    InetAddressSet set = new InetAddressSet();
    set.addAll(patterns);
    return set;
  }

  /** Tells which addresses are theirs. */
  Predicate<InetAddress> addresses() {
    return patterns.isEmpty() ? address -> false : set();
  }
}
