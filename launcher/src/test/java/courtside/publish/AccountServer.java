package courtside.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stand-in for an account's server that has one account, and refuses every request that a real
 * one would refuse; and for who says whose its handle is, and what its document. Keeps what was
 * asked.
 */
public final class AccountServer implements AutoCloseable {
  public static final String DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
  public static final String HANDLE = "owner.example.com";
  public static final String PASSWORD = "abcd-efgh-ijkl-mnop";
  private static final String TOKEN = "a.session.token";
  private static final String COLLECTION = "app.bsky.feed.generator";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Records are for everybody. */
  private static final Set<String> PUBLIC =
      Set.of(
          "com.atproto.identity.resolveHandle",
          "com.atproto.server.createSession",
          "com.atproto.repo.getRecord");

  private static final Set<String> QUERIES =
      Set.of("com.atproto.identity.resolveHandle", "com.atproto.repo.getRecord");

  private final HttpServer server;
  private final Map<String, ObjectNode> records = new HashMap<>();
  private final Map<String, String> cids = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final AtomicInteger written = new AtomicInteger();
  private String claimed = HANDLE;
  private boolean homeless;
  private boolean interfering;
  private Optional<ObjectNode> refusal = Optional.empty();

  /** Listens at any port of this machine. */
  public AccountServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/xrpc/", this::answer);
    server.createContext("/" + DID, this::identify);
    server.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The record of a feed; a missing node where there is none. */
  public synchronized JsonNode record(String feed) {
    ObjectNode found = records.get(feed);
    return found == null ? JsonNodeFactory.instance.missingNode() : found;
  }

  /** Puts a record there as another program would. */
  public synchronized void hold(String feed, ObjectNode record) {
    records.put(feed, record);
    cids.put(feed, nextCid());
  }

  /** Takes a record away as another program would. */
  public synchronized void forget(String feed) {
    records.remove(feed);
    cids.remove(feed);
  }

  /** Has somebody else write the record between each reading and writing. */
  public synchronized void interfere() {
    interfering = true;
  }

  /** Has the account's document claim another handle. */
  public synchronized void claim(String handle) {
    claimed = handle;
  }

  /** Has the account's document name no server. */
  public synchronized void leaveHome() {
    homeless = true;
  }

  /** Has it answer whatever it is asked with an error in its own words. */
  public synchronized void refuseAll(String error, String message) {
    refusal =
        Optional.of(
            JsonNodeFactory.instance.objectNode().put("error", error).put("message", message));
  }

  /** The methods that were asked for, in order. */
  public synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private String nextCid() {
    return "bafyrei" + written.incrementAndGet();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestURI().getPath().substring("/xrpc/".length());
    asked.add(method);
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (refusal.isPresent()) {
      send(exchange, 400, refusal.get());
      return;
    }
    if (!PUBLIC.contains(method)
        && !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      refuse(exchange, 401, "AuthMissing", "no token");
      return;
    }
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    boolean query = QUERIES.contains(method);
    if (!exchange.getRequestMethod().equals(query ? "GET" : "POST")) {
      refuse(exchange, 405, "InvalidRequest", "another method is expected");
      return;
    }
    if (method.equals("com.atproto.repo.uploadBlob")) {
      upload(exchange, type, body);
      return;
    }
    if (!query && !type.equals("application/json")) {
      refuse(exchange, 400, "InvalidRequest", "expected application/json, found " + type);
      return;
    }
    switch (method) {
      case "com.atproto.server.createSession" -> login(exchange, JSON.readTree(body));
      case "com.atproto.identity.resolveHandle" -> resolve(exchange);
      case "com.atproto.repo.getRecord" -> get(exchange);
      case "com.atproto.repo.putRecord" -> put(exchange, JSON.readTree(body));
      case "com.atproto.repo.deleteRecord" -> delete(exchange, JSON.readTree(body));
      default -> refuse(exchange, 501, "MethodNotImplemented", method);
    }
  }

  /** As the directory does. */
  private synchronized void identify(HttpExchange exchange) throws IOException {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("id", DID);
    document.putArray("alsoKnownAs").add("at://" + claimed);
    if (!homeless) {
      addHome(document);
    }
    send(exchange, 200, document);
  }

  private void addHome(ObjectNode document) {
    document
        .putArray("service")
        .addObject()
        .put("id", "#atproto_pds")
        .put("type", "AtprotoPersonalDataServer")
        .put("serviceEndpoint", address().toString());
  }

  /** As any server that knows handles does. */
  private static void resolve(HttpExchange exchange) throws IOException {
    if (!("handle=" + HANDLE).equals(exchange.getRequestURI().getRawQuery())) {
      refuse(exchange, 400, "InvalidRequest", "Unable to resolve handle");
      return;
    }
    send(exchange, 200, JsonNodeFactory.instance.objectNode().put("did", DID));
  }

  private void login(HttpExchange exchange, JsonNode body) throws IOException {
    if (!body.path("identifier").asText().equals(HANDLE)
        || !body.path("password").asText().equals(PASSWORD)) {
      refuse(exchange, 401, "AuthenticationRequired", "Invalid identifier or password");
      return;
    }
    ObjectNode session = JsonNodeFactory.instance.objectNode();
    session.put("did", DID).put("handle", HANDLE).put("accessJwt", TOKEN).put("refreshJwt", "r");
    addHome(session.putObject("didDoc"));
    send(exchange, 200, session);
  }

  private void get(HttpExchange exchange) throws IOException {
    Map<String, String> query = new HashMap<>();
    for (String part : exchange.getRequestURI().getRawQuery().split("&", -1)) {
      String[] pair = part.split("=", 2);
      query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    if (!DID.equals(query.get("repo")) || !COLLECTION.equals(query.get("collection"))) {
      refuse(exchange, 400, "InvalidRequest", "not a record of here");
      return;
    }
    String feed = String.valueOf(query.get("rkey"));
    ObjectNode record = records.get(feed);
    if (record == null) {
      refuse(exchange, 400, "RecordNotFound", "Could not locate record");
      return;
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("uri", "at://" + DID + "/" + COLLECTION + "/" + feed).put("cid", cids.get(feed));
    answer.set("value", record);
    send(exchange, 200, answer);
  }

  private void put(HttpExchange exchange, JsonNode body) throws IOException {
    String feed = body.path("rkey").asText();
    if (interfering) {
      hold(feed, JsonNodeFactory.instance.objectNode().put("$type", COLLECTION));
    }
    if (!isHere(body) || !isAsFound(feed, body)) {
      refuse(exchange, 400, "InvalidSwap", "Record was at " + cids.get(feed));
      return;
    }
    JsonNode record = body.path("record");
    if (!record.path("$type").asText().equals(COLLECTION)
        || record.path("did").asText().isEmpty()
        || record.path("displayName").asText().isEmpty()
        || record.path("createdAt").asText().isEmpty()) {
      refuse(exchange, 400, "InvalidRecord", "Record is not what its lexicon says");
      return;
    }
    hold(feed, record.deepCopy());
    send(exchange, 200, JsonNodeFactory.instance.objectNode().put("cid", cids.get(feed)));
  }

  private void delete(HttpExchange exchange, JsonNode body) throws IOException {
    String feed = body.path("rkey").asText();
    if (!isHere(body) || !isAsFound(feed, body)) {
      refuse(exchange, 400, "InvalidSwap", "Record was at " + cids.get(feed));
      return;
    }
    records.remove(feed);
    cids.remove(feed);
    send(exchange, 200, JsonNodeFactory.instance.objectNode());
  }

  private static boolean isHere(JsonNode body) {
    return body.path("repo").asText().equals(DID)
        && body.path("collection").asText().equals(COLLECTION);
  }

  private boolean isAsFound(String feed, JsonNode body) {
    JsonNode swap = body.path("swapRecord");
    if (swap.isMissingNode()) {
      // Who does not ask for it overwrites.
      return true;
    }
    return swap.isNull() ? !cids.containsKey(feed) : swap.asText().equals(cids.get(feed));
  }

  private void upload(HttpExchange exchange, String type, byte[] bytes) throws IOException {
    if (!type.equals("image/png") && !type.equals("image/jpeg")) {
      refuse(exchange, 400, "InvalidMimeType", type);
      return;
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ObjectNode blob = answer.putObject("blob");
    blob.put("$type", "blob").put("mimeType", type).put("size", bytes.length);
    blob.putObject("ref").put("$link", "bafkreiexample");
    send(exchange, 200, answer);
  }

  private static void refuse(HttpExchange exchange, int status, String error, String message)
      throws IOException {
    send(
        exchange,
        status,
        JsonNodeFactory.instance.objectNode().put("error", error).put("message", message));
  }

  private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
