package courtside.atproto.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of hosts, as handles, did:web and endpoints have them. */
final class Hosts {
  static final String LOCALHOST = "localhost";

  private static final int MAX_DOMAIN_LENGTH = 253;
  private static final int MAX_PORT = 65_535;

  /** Two labels at least, of which the last does not begin with a digit: so no IPv4 address. */
  private static final Pattern DOMAIN =
      Pattern.compile(
          "([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern ADDRESS = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
  private static final Pattern ORIGIN =
      Pattern.compile("(https?://([a-zA-Z0-9.-]{1,253})(?::([0-9]{1,5}))?)/?");
  private static final int MAX_ORIGIN_LENGTH =
      "https://".length() + MAX_DOMAIN_LENGTH + ":65535/".length();

  private Hosts() {}

  static boolean isDomain(String text) {
    return text.length() <= MAX_DOMAIN_LENGTH && DOMAIN.matcher(text).matches();
  }

  /** Of at most five digits; without leading zeros. */
  static boolean isPort(String digits) {
    return !digits.startsWith("0") && Integer.parseInt(digits) <= MAX_PORT;
  }

  /** The text without a slash at its end, if it is the http or https origin of a host. */
  static Optional<String> origin(String text) {
    Matcher parts = ORIGIN.matcher(text);
    if (text.length() > MAX_ORIGIN_LENGTH || !parts.matches()) {
      return Optional.empty();
    }
    String host = parts.group(2);
    String port = parts.group(3);
    boolean good =
        (isDomain(host) || host.equals(LOCALHOST) || ADDRESS.matcher(host).matches())
            && (port == null || isPort(port));
    return good ? Optional.of(parts.group(1)) : Optional.empty();
  }
}
