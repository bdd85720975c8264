package courtside.rehearsal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first page of the first feed. */
final class Page {
  /** As often as this it is served, for the path of a request to be known too. */
  private static final int TIMES = 200;

  private static final Pattern FEED = Pattern.compile("\"uri\":\"(at:[^\"]+)\"");
  private static final Pattern POST = Pattern.compile("\"post\":\"");

  private final String xrpc;

  Page(int port) {
    xrpc = "http://127.0.0.1:" + port + "/xrpc/";
  }

  /** Returns when a post is on it, and it was served some times. */
  void awaitPost(List<Player> players, long deadline)
      throws InterruptedException, RehearsalException {
    String feeds = await("app.bsky.feed.describeFeedGenerator", FEED, players, deadline);
    String skeleton =
        "app.bsky.feed.getFeedSkeleton?feed=" + URLEncoder.encode(feeds, StandardCharsets.UTF_8);
    await(skeleton, POST, players, deadline);
    for (int i = 0; i < TIMES; i++) {
      await(skeleton, POST, players, deadline);
    }
  }

  private String await(String path, Pattern expected, List<Player> players, long deadline)
      throws InterruptedException, RehearsalException {
    Answer answer = new Answer(xrpc + path);
    String last = "";
    while (true) {
      for (Player player : players) {
        player.checkLives(deadline, "to help " + path + " to have " + expected + ", found " + last);
      }
      Answer.Given given = answer.ask();
      last = given.text();
      Matcher found = expected.matcher(last);
      if (given.status() == 200 && found.find()) {
        return found.groupCount() == 0 ? "" : found.group(1);
      }
    }
  }
}
