package courtside.publish;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.atproto.syntax.Did;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The feed API as the network finds it: by the document of its DID, and by its own answers.
 *
 * @see <a href="https://atproto.com/specs/did#did-documents">DID documents</a>
 */
public final class FeedHost implements AutoCloseable {
  private static final String SERVICE = "#bsky_fg";
  private static final String TYPE = "BskyFeedGenerator";

  private final Web web;
  private final URI address;

  /**
   * Asks nothing yet.
   *
   * @param hostname as in {@code did:web:…}, with a port where that is not 443; of this machine
   *     without TLS
   * @throws PublishException if it is none
   */
  public FeedHost(String hostname) throws PublishException {
    boolean here = hostname.startsWith("localhost") || hostname.startsWith("127.0.0.1");
    try {
      address = URI.create((here ? "http://" : "https://") + hostname);
    } catch (IllegalArgumentException e) {
      throw new PublishException("expected a host name, found '" + hostname + "'", e);
    }
    web = new Web(address);
  }

  /** The DID that goes with the name alone; empty where it is no name of a host. */
  public static Optional<Did> did(String hostname) {
    return Optional.of("did:web:" + hostname.replace(":", "%3A"))
        .filter(Did::isValid)
        .map(Did::new);
  }

  /**
   * What is not as it has to be for that feed to be found and served; empty where all is well.
   *
   * @param service the DID that the feed's record names
   * @param feed the address of its record
   */
  public List<String> problems(Did service, String feed) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    if (service.value().startsWith("did:web:")) {
      note(problems, () -> document(service));
    }
    note(problems, () -> description(service, feed));
    note(problems, () -> skeleton(feed));
    return problems;
  }

  private interface Check {
    /** What is wrong, in sentences. */
    List<String> run() throws PublishException, InterruptedException;
  }

  private static void note(List<String> problems, Check check) throws InterruptedException {
    try {
      problems.addAll(check.run());
    } catch (PublishException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  private List<String> document(Did service) throws PublishException, InterruptedException {
    Web.Answer answer = web.ask(web.request("/.well-known/did.json").build());
    if (!answer.good()) {
      return List.of(
          "expected the document of "
              + service.value()
              + " at "
              + address
              + "/.well-known/did.json,"
              + " found "
              + answer.inWords());
    }
    if (!answer.body().path("id").asText("").equals(service.value())) {
      return List.of(
          "the document at "
              + address
              + "/.well-known/did.json is of '"
              + answer.body().path("id").asText("")
              + "' and not of "
              + service.value()
              + ": set COURTSIDE_FEED_API_HOSTNAME of the feed API to the host's name");
    }
    for (JsonNode entry : answer.body().path("service")) {
      if (entry.path("id").asText("").endsWith(SERVICE)
          && entry.path("type").asText("").equals(TYPE)) {
        String endpoint = entry.path("serviceEndpoint").asText("");
        return endpoint.equals("https://" + address.getAuthority())
            ? List.of()
            : List.of(
                "the document names "
                    + endpoint
                    + " as its address, and not https://"
                    + address.getAuthority());
      }
    }
    return List.of("the document of " + service.value() + " names no feed generator");
  }

  private List<String> description(Did service, String feed)
      throws PublishException, InterruptedException {
    Web.Answer answer = web.ask(web.request("/xrpc/app.bsky.feed.describeFeedGenerator").build());
    if (!answer.good()) {
      return List.of(address + " does not describe its feeds: " + answer.inWords());
    }
    List<String> problems = new ArrayList<>();
    String said = answer.body().path("did").asText("");
    if (!said.equals(service.value())) {
      problems.add(
          address
              + " says that it is '"
              + said
              + "', and the record "
              + service.value()
              + ": give --service-did, or set COURTSIDE_FEED_API_SERVICE_DID");
    }
    for (JsonNode entry : answer.body().path("feeds")) {
      if (entry.path("uri").asText("").equals(feed)) {
        return problems;
      }
    }
    String publisher = feed.substring("at://".length(), feed.indexOf('/', "at://".length()));
    problems.add(
        address
            + " does not list "
            + feed
            + ": set COURTSIDE_FEED_API_PUBLISHER="
            + publisher
            + ", and see whether the feed is applied (courtside feeds list)");
    return problems;
  }

  private List<String> skeleton(String feed) throws PublishException, InterruptedException {
    Web.Answer answer =
        web.ask(
            web.request(
                    "/xrpc/app.bsky.feed.getFeedSkeleton?limit=1&feed="
                        + URLEncoder.encode(feed, StandardCharsets.UTF_8))
                .build());
    if (!answer.good()) {
      return List.of(address + " does not serve " + feed + ": " + answer.inWords());
    }
    return answer.body().path("feed").isArray()
        ? List.of()
        : List.of(address + " serves " + feed + " without a list of posts");
  }

  @Override
  public void close() {
    web.close();
  }
}
