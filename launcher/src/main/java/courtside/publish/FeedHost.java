package courtside.publish;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The feed API as the network finds it: by the document of its DID, and by its own answers.
 *
 * @see <a href="https://atproto.com/specs/did#did-documents">DID documents</a>
 */
public final class FeedHost implements AutoCloseable {
  /** The part of a service's document that is about feeds. */
  public static final String SERVICE = "#bsky_fg";

  /** What it calls itself there. */
  public static final String TYPE = "BskyFeedGenerator";

  static final String DOCUMENT = "/.well-known/did.json";

  private static final String SKELETON = "/xrpc/app.bsky.feed.getFeedSkeleton";
  private static final String JSON = "application/json";
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1");

  /** What may be left out, and is not to be null: one of them, and the AppView refuses the page. */
  private static final List<String> OPTIONAL_OF_PAGE = List.of("cursor", "reqId");

  private static final int MOST_BYTES_OF_REQ_ID = 100;
  private static final int MOST_BYTES_OF_CONTEXT = 2_000;

  private final Web web;
  private final URI address;
  private final LongSupplier nanoTime;

  /**
   * Asks nothing yet.
   *
   * @param hostname as in {@code did:web:…}, with a port where that is not 443; of this machine
   *     without TLS
   * @throws PublishException if it is none
   */
  public FeedHost(String hostname) throws PublishException {
    this(hostname, System::nanoTime);
  }

  /** One whose answers are timed by that clock. */
  public FeedHost(String hostname, LongSupplier nanoTime) throws PublishException {
    String name = hostname(hostname);
    try {
      URI secure = new URI("https://" + name);
      address = HERE.contains(secure.getHost()) ? new URI("http://" + name) : secure;
    } catch (URISyntaxException e) {
      throw new PublishException("expected a host name, found '" + Web.quoted(name) + "'", e);
    }
    this.web = new Web(address);
    this.nanoTime = nanoTime;
  }

  /**
   * A host's name as it is compared, however it was typed: in lower case, without blanks around.
   */
  public static String hostname(String typed) {
    return typed.strip().toLowerCase(Locale.ROOT);
  }

  /** The DID that goes with the name alone; empty where it is no name of a host. */
  public static Optional<Did> did(String hostname) {
    return Optional.of("did:web:" + hostname(hostname).replace(":", "%3A"))
        .filter(Did::isValid)
        .map(Did::new);
  }

  /** The origin that a document has to name. */
  public String endpoint() {
    return "https://" + address.getAuthority();
  }

  /**
   * What it said of itself.
   *
   * @param did as it calls itself, where that is a DID; otherwise the beginning of what it says,
   *     for people; empty where it says nothing
   * @param date when that was, by its own clock
   * @param feeds the addresses of the feeds that it lists
   * @param problems what is wrong with the answer, whoever it is
   */
  public record Said(
      String did, Optional<Instant> date, List<String> feeds, List<Problem> problems) {
    /** Copies the lists. */
    public Said {
      feeds = List.copyOf(feeds);
      problems = List.copyOf(problems);
    }
  }

  /**
   * One page of a feed.
   *
   * @param posts their addresses, in order
   * @param cursor by which the next one is had; empty where this is the last
   * @param took from the request to the end of the answer
   * @param problems for which the AppView would not show it
   */
  public record Page(
      List<String> posts, Optional<String> cursor, Duration took, List<Problem> problems) {
    /** Copies the lists. */
    public Page {
      posts = List.copyOf(posts);
      problems = List.copyOf(problems);
    }
  }

  /**
   * What is not as it has to be for that feed to be found and served; empty where all is well.
   *
   * @param service the DID that the feed's record names
   * @param feed the address of its record
   */
  public List<String> problems(Did service, String feed) throws InterruptedException {
    List<Problem> problems = new ArrayList<>();
    if (service.value().startsWith("did:web:")) {
      note(problems, () -> ofDocument(service));
    }
    note(problems, () -> ofDescription(service, feed));
    note(problems, () -> page(feed, 1, Optional.empty()).problems());
    return problems.stream().map(Problem::inWords).toList();
  }

  private interface Look {
    List<Problem> run() throws PublishException, InterruptedException;
  }

  private static void note(List<Problem> problems, Look look) throws InterruptedException {
    try {
      problems.addAll(look.run());
    } catch (PublishException e) {
      problems.add(e.problem());
    }
  }

  private List<Problem> ofDocument(Did service) throws PublishException, InterruptedException {
    Said said = document(service);
    if (said.did().isEmpty() || said.did().equals(service.value())) {
      return said.problems();
    }
    return List.of(
        new Problem(
            "the document at "
                + address
                + DOCUMENT
                + " is of '"
                + Web.quoted(said.did())
                + "' and not of "
                + service.value(),
            "set COURTSIDE_FEED_API_HOSTNAME of the feed API to the host's name"));
  }

  private List<Problem> ofDescription(Did service, String feed)
      throws PublishException, InterruptedException {
    String publisher = feed.substring("at://".length(), feed.indexOf('/', "at://".length()));
    Said said = description(new Did(publisher), List.of(feed));
    if (said.did().equals(service.value())
        || (said.did().isEmpty() && !said.problems().isEmpty())) {
      return said.problems();
    }
    List<Problem> problems = new ArrayList<>();
    problems.add(
        new Problem(
            address
                + " says that it is '"
                + Web.quoted(said.did())
                + "', and the record "
                + service.value(),
            "give --service-did, or set COURTSIDE_FEED_API_SERVICE_DID"));
    problems.addAll(said.problems());
    return problems;
  }

  /**
   * Asks for the document that it has where its identity is its name. Whose it is, is for who asks
   * to compare.
   *
   * @throws PublishException if nobody answers
   */
  public Said document(Did service) throws PublishException, InterruptedException {
    Web.Answer answer = web.ask(web.request(DOCUMENT).build());
    List<Problem> problems = new ArrayList<>();
    String did = name(answer.body().path("id"));
    if (!answer.good() || did.isEmpty()) {
      problems.add(
          new Problem(
              "expected the document of "
                  + service.value()
                  + " at "
                  + address
                  + DOCUMENT
                  + ", found "
                  + answer.inWords()
                  + (answer.good() ? " without an id" : ""),
              answer.location().isEmpty()
                  ? "does this name lead to the feed API, and is its COURTSIDE_FEED_API_HOSTNAME that name?"
                  : "answer there without redirecting, as nobody follows"));
      return new Said("", answer.date(), List.of(), problems);
    }
    if (!answer.type().equals(JSON) && !answer.type().endsWith("+json")) {
      problems.add(
          new Problem(
              "expected " + JSON + " at " + address + DOCUMENT + ", found '" + answer.type() + "'",
              "have the proxy before the feed API leave Content-Type as it is"));
    }
    entry(answer.body(), did).ifPresent(problems::add);
    return new Said(did, answer.date(), List.of(), problems);
  }

  private static String name(JsonNode said) {
    String text = said.asText("");
    return Did.isValid(text) ? text : Web.quoted(text);
  }

  private Optional<Problem> entry(JsonNode document, String did) {
    for (JsonNode entry : document.path("service")) {
      String id = entry.path("id").asText("");
      if ((id.equals(SERVICE) || id.equals(did + SERVICE))
          && entry.path("type").asText("").equals(TYPE)) {
        String endpoint = entry.path("serviceEndpoint").asText("");
        return endpoint.equals(endpoint())
            ? Optional.empty()
            : Optional.of(
                new Problem(
                    "the document names "
                        + Web.quoted(endpoint)
                        + " as its address, and not "
                        + endpoint(),
                    "set COURTSIDE_FEED_API_HOSTNAME of the feed API to the host's name"));
      }
    }
    return Optional.of(
        new Problem(
            "the document of "
                + Web.quoted(did)
                + " names no feed generator: expected the service "
                + SERVICE
                + " of type "
                + TYPE,
            "is it the feed API that answers there?"));
  }

  /**
   * Asks which feeds it has.
   *
   * @param publisher whose records describe them
   * @param feeds the addresses of those that have to be among them
   * @throws PublishException if nobody answers
   */
  public Said description(Did publisher, List<String> feeds)
      throws PublishException, InterruptedException {
    Web.Answer answer = web.ask(web.request("/xrpc/app.bsky.feed.describeFeedGenerator").build());
    String did = name(answer.body().path("did"));
    List<Problem> problems = new ArrayList<>();
    if (!answer.good()) {
      problems.add(
          new Problem(
              address + " does not describe its feeds: " + answer.inWords(),
              "is it the feed API that answers there, and is it ready?"));
      return new Said("", answer.date(), List.of(), problems);
    }
    if (!answer.type().equals(JSON) || did.isEmpty() || !answer.body().path("feeds").isArray()) {
      problems.add(
          new Problem(
              "expected did and feeds as "
                  + JSON
                  + " from "
                  + address
                  + ", found something else ("
                  + answer.type()
                  + ")",
              "is it the feed API that answers there?"));
      return new Said(did, answer.date(), List.of(), problems);
    }
    List<String> listed = answer.body().path("feeds").findValuesAsText("uri");
    for (String feed : feeds) {
      if (!listed.contains(feed)) {
        problems.add(
            new Problem(
                address + " does not list " + feed,
                "set COURTSIDE_FEED_API_PUBLISHER="
                    + publisher.value()
                    + ", and see whether the feed is applied (courtside feeds list)"));
      }
    }
    return new Said(did, answer.date(), listed, problems);
  }

  /**
   * Asks for a page, and looks at it as the AppView does.
   *
   * @param feed the address of its record
   * @param limit from 1 to 100
   * @throws PublishException if nobody answers
   */
  public Page page(String feed, int limit, Optional<String> cursor)
      throws PublishException, InterruptedException {
    String query =
        "?limit="
            + limit
            + "&feed="
            + encoded(feed)
            + cursor.map(at -> "&cursor=" + encoded(at)).orElse("");
    long began = nanoTime.getAsLong();
    Web.Answer answer = web.ask(web.request(SKELETON + query).build());
    Duration took = Duration.ofNanos(nanoTime.getAsLong() - began);
    List<Problem> problems = new ArrayList<>();
    JsonNode list = answer.body().path("feed");
    if (!answer.good()) {
      problems.add(
          new Problem(
              address + " does not serve " + feed + ": " + answer.inWords(),
              "see courtside feeds list, and the feed API's log"));
    } else if (!list.isArray()) {
      problems.add(
          new Problem(
              address + " serves " + feed + " without a list of posts",
              "is it the feed API that answers there?"));
    } else {
      shape(answer, limit, cursor)
          .ifPresent(found ->
              problems.add(
                  new Problem(
                      address
                          + " serves "
                          + feed
                          + " "
                          + found
                          + ": the AppView shows no such page",
                      "does something before the feed API change its answers?")));
    }
    List<String> posts = new ArrayList<>();
    list.forEach(entry -> posts.add(entry.path("post").asText("")));
    return new Page(
        posts, Optional.ofNullable(answer.body().path("cursor").textValue()), took, problems);
  }

  private static Optional<String> shape(Web.Answer answer, int limit, Optional<String> asked) {
    JsonNode body = answer.body();
    if (!answer.type().equals(JSON)) {
      return Optional.of("as '" + answer.type() + "' and not as " + JSON);
    }
    if (OPTIONAL_OF_PAGE.stream()
        .anyMatch(name -> body.has(name) && !body.path(name).isTextual())) {
      return Optional.of("with a cursor or reqId that is no text");
    }
    if (asked.isPresent() && asked.get().equals(body.path("cursor").textValue())) {
      return Optional.of("with the cursor that it was asked for");
    }
    if (body.path("feed").size() > limit) {
      return Optional.of(
          "with " + body.path("feed").size() + " posts where " + limit + " are asked for");
    }
    if (bytes(body.path("reqId")) > MOST_BYTES_OF_REQ_ID) {
      return Optional.of("with a reqId of more than " + MOST_BYTES_OF_REQ_ID + " bytes");
    }
    for (JsonNode entry : body.path("feed")) {
      JsonNode reason = entry.path("reason");
      JsonNode context = entry.path("feedContext");
      if (!isPost(entry.path("post").asText(""))
          || !(reason.isMissingNode() || reason.path("$type").isTextual())
          || !(context.isMissingNode() || context.isTextual())
          || bytes(context) > MOST_BYTES_OF_CONTEXT) {
        return Optional.of(
            "with an entry that is none: the address of a record, nothing null, at most a reason"
                + " that says its $type and a feedContext of at most "
                + MOST_BYTES_OF_CONTEXT
                + " bytes");
      }
    }
    return Optional.empty();
  }

  /** As a lexicon counts the length of a text. */
  private static int bytes(JsonNode text) {
    return text.asText("").getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean isPost(String uri) {
    try {
      RecordUri.parse(uri);
      return true;
    } catch (MalformedDataException e) {
      return false;
    }
  }

  /**
   * Asks for pages that there are not, each of which is to be refused as XRPC refuses.
   *
   * @param feed one that is served
   * @throws PublishException if nobody answers
   */
  public List<Problem> refusals(String feed) throws PublishException, InterruptedException {
    String known = "feed=" + encoded(feed);
    List<String> queries =
        List.of(
            "",
            "?feed=nothing",
            "?" + known + "&limit=0",
            "?" + known + "&limit=101",
            "?" + known + "&limit=many",
            "?" + known + "&cursor=nowhere",
            "?feed=" + encoded(feed + "-that-is-not-there"));
    List<String> wrong = new ArrayList<>();
    for (String query : queries) {
      Web.Answer answer = web.ask(web.request(SKELETON + query).build());
      boolean refused = answer.status() >= 400 && answer.status() <= 499;
      if (!refused || answer.error().isEmpty() || !answer.type().equals(JSON)) {
        wrong.add(SKELETON + query + ", found " + answer.inWords() + " as '" + answer.type() + "'");
      }
    }
    if (wrong.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Problem(
            "expected "
                + address
                + " to refuse, as 4xx with an error as JSON, "
                + wrong.getFirst()
                + (wrong.size() == 1 ? "" : ", and " + (wrong.size() - 1) + " others"),
            "have the proxy before the feed API leave questions and errors as they are"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    web.close();
  }
}
