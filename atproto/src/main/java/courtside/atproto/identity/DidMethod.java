package courtside.atproto.identity;

import courtside.atproto.syntax.Did;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the document of a DID is to be had, by its method. Immutable.
 *
 * @see <a href="https://atproto.com/specs/did#blessed-did-methods">DID methods</a>
 */
public sealed interface DidMethod {
  /** In the PLC directory. */
  record Plc(Did did) implements DidMethod {}

  /**
   * On a host of its own, under {@code /.well-known/did.json}. The host is a stranger's choice:
   * whoever connects to it must look at where its name leads.
   *
   * @param authority a host name of two labels at least; or {@code localhost}, alone or with a
   *     colon and a port, which is for development and not encrypted
   */
  record Web(Did did, String authority) implements DidMethod {
    /** Whether the host is this machine. */
    public boolean isLocal() {
      return authority.equals(Hosts.LOCALHOST) || authority.startsWith(Hosts.LOCALHOST + ":");
    }
  }

  /**
   * A DID that the protocol does not use.
   *
   * @param reason what was expected, and what was found, with a bounded length
   */
  record Unsupported(Did did, String reason) implements DidMethod {}

  /** Which it is. Says nothing of whether there is a document. */
  static DidMethod of(Did did) {
    return Methods.of(did);
  }
}

/** Tells methods apart. */
final class Methods {
  private static final String DID = "did:";
  private static final Pattern PLC = Pattern.compile("[a-z2-7]{24}");
  private static final Pattern LOCAL_PORT = Pattern.compile("localhost%3[Aa]([0-9]{1,5})");

  private Methods() {}

  static DidMethod of(Did did) {
    String text = did.value();
    int end = text.indexOf(':', DID.length());
    String method = text.substring(DID.length(), end);
    String rest = text.substring(end + 1);
    return switch (method) {
      case "plc" ->
          PLC.matcher(rest).matches()
              ? new DidMethod.Plc(did)
              : unsupported(did, "24 of a-z and 2-7 after did:plc:", rest);
      case "web" -> web(did, rest);
      default -> unsupported(did, "the method plc or web", method);
    };
  }

  private static DidMethod web(Did did, String rest) {
    if (rest.equals(Hosts.LOCALHOST) || Hosts.isDomain(rest)) {
      return new DidMethod.Web(did, rest);
    }
    Matcher local = LOCAL_PORT.matcher(rest);
    if (local.matches() && Hosts.isPort(local.group(1))) {
      return new DidMethod.Web(did, Hosts.LOCALHOST + ":" + local.group(1));
    }
    return unsupported(did, "a host name alone after did:web:", rest);
  }

  private static DidMethod unsupported(Did did, String expected, String found) {
    return new DidMethod.Unsupported(did, "expected " + expected + ", found " + Text.quote(found));
  }
}
