package courtside.feedapi.xrpc;

import io.javalin.http.Context;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of one request, by name; unknown ones are never looked at. */
public record Parameters(Map<String, List<String>> values) {
  private static final int LONGEST = 4_096;

  /**
   * Those of a request's query.
   *
   * @throws XrpcException if it cannot be read
   */
  public static Parameters of(Context context) {
    String query = context.queryString();
    // Javalin leaves out what it cannot decode, and what is left out means something else.
    if (query != null && !isEncoded(query)) {
      throw XrpcException.invalidRequest("the query is not percent-encoded");
    }
    return new Parameters(context.queryParamMap());
  }

  /** Whether two hexadecimal digits follow each per cent sign. */
  private static boolean isEncoded(String query) {
    for (int at = query.indexOf('%'); at >= 0; at = query.indexOf('%', at + 1)) {
      if (at + 2 >= query.length()
          || !HexFormat.isHexDigit(query.charAt(at + 1))
          || !HexFormat.isHexDigit(query.charAt(at + 2))) {
        return false;
      }
    }
    return true;
  }

  /**
   * A parameter that may be left out.
   *
   * @throws XrpcException if it is there more than once, or longer than any can be
   */
  public Optional<String> optional(String name) {
    List<String> found = values.getOrDefault(name, List.of());
    if (found.size() > 1) {
      throw XrpcException.invalidRequest("expected one " + name + ", found " + found.size());
    }
    if (!found.isEmpty() && found.getFirst().length() > LONGEST) {
      throw XrpcException.invalidRequest(name + " is too long");
    }
    return found.stream().findFirst();
  }

  /** A parameter that must be there. */
  public String required(String name) {
    return optional(name).orElseThrow(() -> XrpcException.invalidRequest("expected " + name));
  }

  /** A whole number in bounds; outside of them it is refused, not moved. */
  public int number(String name, int otherwise, int least, int most) {
    Optional<String> text = optional(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of bounds.
    }
    throw XrpcException.invalidRequest(
        name + " must be a whole number from " + least + " to " + most);
  }
}
