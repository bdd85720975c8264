package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import courtside.atproto.syntax.Did;
import courtside.publish.AccountServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A feed is published with a stand-in for its owner's server, and another for the feed API. */
@Timeout(60)
final class PublishCommandTest {
  private static final String FEED = "courts";
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private final InputStream typedBefore = System.in;
  private final Map<String, String> answers = new HashMap<>();
  private AccountServer account;
  private HttpServer feedApi;
  private String host;

  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    account = new AccountServer();
    feedApi = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    host = "localhost:" + feedApi.getAddress().getPort();
    feedApi.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
          byte[] body = (answer == null ? "" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(answer == null ? 404 : 200, Math.max(body.length, 1));
          try (exchange) {
            exchange.getResponseBody().write(body.length == 0 ? new byte[] {'?'} : body);
          }
        });
    feedApi.start();
    answers.put(
        "/.well-known/did.json",
        """
        {"id":"%s","service":[{"id":"#bsky_fg","type":"BskyFeedGenerator",
        "serviceEndpoint":"https://%s"}]}\
        """
            .formatted(did(), host));
    answers.put(
        "/xrpc/app.bsky.feed.describeFeedGenerator",
        "{\"did\":\"%s\",\"feeds\":[{\"uri\":\"%s\"}]}".formatted(did(), uri()));
    answers.put("/xrpc/app.bsky.feed.getFeedSkeleton", "{\"feed\":[]}");
    Files.writeString(
        directory.resolve("courts.yaml"),
        "feed: courts\nname: Courts\ndescription: About courts.\nrule: court\n");
  }

  @AfterEach
  void stop() {
    System.setIn(typedBefore);
    feedApi.stop(0);
    account.close();
  }

  private String did() {
    return new Did("did:web:" + host.replace(":", "%3A")).value();
  }

  private static String uri() {
    return "at://" + AccountServer.DID + "/app.bsky.feed.generator/" + FEED;
  }

  private Typed publish(String... more) {
    return typed(AccountServer.PASSWORD, "publish", more);
  }

  private Typed typed(String password, String command, String... more) {
    System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
    List<String> arguments = new ArrayList<>(List.of(command));
    if (command.equals("publish")) {
      arguments.add(directory.resolve("courts.yaml").toString());
      if (!List.of(more).contains("--host")) {
        arguments.addAll(List.of("--host", host));
      }
    } else {
      arguments.add(FEED);
    }
    arguments.addAll(List.of("--handle", AccountServer.HANDLE));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--pds") && !arguments.contains("--resolver")) {
      arguments.addAll(List.of("--pds", account.address().toString()));
    }
    return Typed.alone(arguments.toArray(String[]::new));
  }

  @Test
  void writesTheRecordAndChecksIt() {
    Typed typed = publish();
    assertThat(typed.out())
        .contains(uri() + "  published")
        .contains("checked: " + host)
        .contains("https://bsky.app/profile/" + AccountServer.DID + "/feed/courts")
        .doesNotContain(AccountServer.PASSWORD);
    assertThat(typed.code()).isZero();
    JsonNode record = account.record(FEED);
    assertThat(record.path("did").asText()).isEqualTo(did());
    assertThat(record.path("displayName").asText()).isEqualTo("Courts");
    assertThat(record.path("description").asText()).isEqualTo("About courts.");
    assertThat(record.path("acceptsInteractions").asBoolean()).isTrue();
    assertThat(account.asked())
        .containsExactly(
            "com.atproto.server.createSession",
            "com.atproto.repo.getRecord",
            "com.atproto.repo.putRecord",
            "com.atproto.repo.getRecord");
  }

  @Test
  void writesNothingWhereNothingHasChanged() {
    publish();
    Typed typed = publish();
    assertThat(typed.out()).contains("is as it should be");
    assertThat(typed.code()).isZero();
    assertThat(account.asked()).filteredOn(method -> method.endsWith("putRecord")).hasSize(1);
  }

  @Test
  void keepsWhatOthersHavePutIntoTheRecord() {
    account.hold(
        FEED,
        JsonNodeFactory.instance
            .objectNode()
            .put("$type", "app.bsky.feed.generator")
            .put("createdAt", "2025-01-02T03:04:05Z")
            .put("contentMode", "app.bsky.feed.defs#contentModeVideo"));
    assertThat(publish().out()).contains("updated");
    assertThat(account.record(FEED).path("createdAt").asText()).isEqualTo("2025-01-02T03:04:05Z");
    assertThat(account.record(FEED).path("contentMode").asText())
        .isEqualTo("app.bsky.feed.defs#contentModeVideo");
  }

  @Test
  void uploadsAPicture() throws IOException {
    Path picture = Files.write(directory.resolve("avatar.png"), PNG);
    assertThat(publish("--avatar", picture.toString()).code()).isZero();
    assertThat(account.record(FEED).path("avatar").path("mimeType").asText())
        .isEqualTo("image/png");
    Path text = Files.writeString(directory.resolve("avatar.txt"), "a picture");
    Typed typed = publish("--avatar", text.toString());
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out()).contains("must be a picture, PNG or JPEG");
  }

  @Test
  void saysWhatToDoWhereThePasswordIsWrong() {
    Typed typed = typed("wrong", "publish");
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out()).contains("make a new one in the app").doesNotContain("wrong");
    assertThat(account.record(FEED).isMissingNode()).isTrue();
  }

  @Test
  void doesNotOverwriteWhatSomebodyElseWritesMeanwhile() {
    account.interfere();
    Typed typed = publish();
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out()).contains("changed by somebody else just now");
  }

  @Test
  void saysAllThatIsWrongWithTheFeedApi() {
    answers.remove("/.well-known/did.json");
    answers.put(
        "/xrpc/app.bsky.feed.describeFeedGenerator", "{\"did\":\"did:web:other\",\"feeds\":[]}");
    answers.remove("/xrpc/app.bsky.feed.getFeedSkeleton");
    Typed typed = publish();
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out())
        .contains("the record is written, and 4 things are wrong")
        .contains("expected the document of " + did())
        .contains("says that it is 'did:web:other'")
        .contains("set COURTSIDE_FEED_API_PUBLISHER=" + AccountServer.DID)
        .contains("does not serve " + uri());
  }

  @Test
  void refusesANameThatNoAppShows() throws IOException {
    Files.writeString(
        directory.resolve("courts.yaml"),
        "feed: courts\nname: A name of more than twenty-four letters\nrule: court\n");
    Typed typed = publish();
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out()).contains("24");
    assertThat(account.asked()).isEmpty();
  }

  @Test
  void sendsNoPasswordWithoutTls() {
    Typed typed = publish("--pds", "http://account.example.com");
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out()).contains("begins with https://");
  }

  @Test
  void takesTheNameOfAHostAsItIsTyped() {
    Typed typed = publish("--host", " LocalHost:" + feedApi.getAddress().getPort() + " ");
    assertThat(typed.out()).contains("checked: " + host + " serves it");
    assertThat(account.record(FEED).path("did").asText()).isEqualTo(did());
  }

  @Test
  void findsTheAccountsOwnServerWhereNoneIsNamed() {
    String address = account.address().toString();
    Typed typed = publish("--resolver", address, "--plc-directory", address);
    assertThat(typed.out()).contains("logging in at " + address, uri() + "  published");
    assertThat(typed.code()).isZero();
    assertThat(account.asked())
        .startsWith("com.atproto.identity.resolveHandle", "com.atproto.server.createSession");
  }

  @Test
  void namesTheServerThatDoesNotKnowThePassword() {
    assertThat(typed("wrong", "publish").out())
        .contains("says " + account.address().getAuthority(), "--pds names it");
  }

  @Test
  void printsNothingOfServersThatATerminalWouldObey() {
    String hostile = "\\u001b]0;owned\\u0007\\u009b2J\\u202e\\n" + "x".repeat(100_000);
    answers.put(
        "/.well-known/did.json",
        """
        {"id":"%s","service":[{"id":"#bsky_fg","type":"BskyFeedGenerator",
        "serviceEndpoint":"%s"}]}\
        """
            .formatted(did(), hostile));
    answers.put(
        "/xrpc/app.bsky.feed.describeFeedGenerator",
        "{\"did\":\"%s\",\"feeds\":[]}".formatted(hostile));
    assertHarmless(publish());

    answers.put("/.well-known/did.json", "{\"id\":\"%s\"}".formatted(hostile));
    assertHarmless(publish());

    account.refuseAll("Evil\u001b[2J", "\u009b2J\u202e\n" + "x".repeat(100_000));
    Typed refused = publish();
    assertThat(refused.out()).contains("Evil\\u001b[2J: \\u009b2J\\u202e\\u000ax");
    assertHarmless(refused);
  }

  private static void assertHarmless(Typed typed) {
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out().replace("\n", ""))
        .contains("\\u009b2J\\u202e", "…")
        .doesNotContainPattern("[\\p{gc=Cc}\\p{gc=Cf}]");
    assertThat(typed.out()).hasSizeLessThan(3_000);
  }

  @Test
  void takesItBack() {
    publish();
    Typed typed = typed(AccountServer.PASSWORD, "unpublish");
    assertThat(typed.code()).isZero();
    assertThat(typed.out()).contains(uri() + "  is no longer published");
    assertThat(account.record(FEED).isMissingNode()).isTrue();
    assertThat(typed(AccountServer.PASSWORD, "unpublish").out()).contains("was not there");
  }
}
