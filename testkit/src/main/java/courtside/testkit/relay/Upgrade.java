package courtside.testkit.relay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The HTTP request that a stream begins with, and what it is answered.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2">RFC 6455, 4.2</a>
 */
sealed interface Upgrade {
  /** The one endpoint. */
  String PATH = "/xrpc/com.atproto.sync.subscribeRepos";

  /** Most bytes of request line and headers. */
  int MAX_HEAD_BYTES = 16 * 1024;

  /** What is written in answer. */
  byte[] response();

  /** A request for a stream. */
  record Accepted(OptionalLong cursor, String key) implements Upgrade {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    @Override
    public byte[] response() {
      return ("HTTP/1.1 101 Switching Protocols\r\n"
              + "Upgrade: websocket\r\n"
              + "Connection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + accept(key)
              + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
    }

    private static String accept(String key) {
      try {
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        return Base64.getEncoder()
            .encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-1", e);
      }
    }
  }

  /** A request that is none for a stream: an HTTP status, and an XRPC error. */
  record Refused(int status, String error, String message) implements Upgrade {
    @Override
    public byte[] response() {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      body.put("error", error).put("message", message);
      byte[] json = body.toString().getBytes(StandardCharsets.UTF_8);
      byte[] head =
          ("HTTP/1.1 "
                  + status
                  + " "
                  + error
                  + "\r\nContent-Type: application/json\r\n"
                  + (status == 426 ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : "")
                  + "Content-Length: "
                  + json.length
                  + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      byte[] response = Arrays.copyOf(head, head.length + json.length);
      System.arraycopy(json, 0, response, head.length, json.length);
      return response;
    }
  }

  /**
   * Reads a request up to the empty line; what follows stays in the stream.
   *
   * @return empty where the client left before it was whole
   * @throws IOException if the connection breaks
   */
  static Optional<Upgrade> read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      if (head.length() == MAX_HEAD_BYTES) {
        return Optional.of(
            new Refused(431, "InvalidRequest", "more than " + MAX_HEAD_BYTES + " header bytes"));
      }
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      head.append((char) b);
    }
    return Optional.of(judge(head.substring(0, head.length() - 4).split("\r\n", -1)));
  }

  private static Upgrade judge(String[] lines) {
    String[] request = lines[0].split(" ", -1);
    Optional<Map<String, String>> read = headers(lines);
    if (request.length != 3 || !request[2].equals("HTTP/1.1") || read.isEmpty()) {
      return new Refused(400, "InvalidRequest", "expected a request of HTTP/1.1");
    }
    Map<String, String> headers = read.get();
    int query = request[1].indexOf('?');
    String path = query < 0 ? request[1] : request[1].substring(0, query);
    if (!path.equals(PATH)) {
      return new Refused(404, "XRPCNotSupported", "the one endpoint here is " + PATH);
    }
    if (!request[0].equals("GET")) {
      return new Refused(405, "InvalidRequest", "expected the method GET");
    }
    if (!hasToken(headers, "upgrade", "websocket")
        || !hasToken(headers, "connection", "upgrade")
        || !hasToken(headers, "sec-websocket-version", "13")) {
      return new Refused(426, "UpgradeRequired", "expected an upgrade to WebSocket version 13");
    }
    String key = headers.getOrDefault("sec-websocket-key", "");
    if (!isKey(key)) {
      return new Refused(400, "InvalidRequest", "expected 16 bytes of base64 as Sec-WebSocket-Key");
    }
    Optional<OptionalLong> cursor = cursor(query < 0 ? "" : request[1].substring(query + 1));
    if (cursor.isEmpty()) {
      return new Refused(
          400, "InvalidRequest", "expected one cursor, a whole number from 0 to 2^53 - 1");
    }
    return new Accepted(cursor.get(), key);
  }

  private static Optional<Map<String, String>> headers(String[] lines) {
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) {
        return Optional.empty();
      }
      headers.merge(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip(),
          (first, second) -> first + "," + second);
    }
    return Optional.of(headers);
  }

  private static boolean hasToken(Map<String, String> headers, String header, String token) {
    for (String found : headers.getOrDefault(header, "").split(",", -1)) {
      if (found.strip().equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The cursor of a query, empty inside where it names none, empty outside where it is bad. */
  private static Optional<OptionalLong> cursor(String query) {
    OptionalLong cursor = OptionalLong.empty();
    for (String parameter : query.split("&", -1)) {
      if (parameter.equals("cursor") || parameter.startsWith("cursor=")) {
        String value = parameter.substring(Math.min(parameter.length(), "cursor=".length()));
        // 16 digits hold 2^53 - 1, and never overflow a long.
        if (cursor.isPresent() || !value.matches("[0-9]{1,16}")) {
          return Optional.empty();
        }
        cursor = OptionalLong.of(Long.parseLong(value));
        if (cursor.getAsLong() >= 1L << 53) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(cursor);
  }
}
