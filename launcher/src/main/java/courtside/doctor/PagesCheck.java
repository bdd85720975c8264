package courtside.doctor;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.atproto.syntax.Tid;
import courtside.publish.FeedHost;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether each feed is served as the AppView takes it: in the right shape, in time, page by page
 * without repetition, and whether what is asked wrongly is refused in the right way.
 */
final class PagesCheck implements Check {
  private static final int LIMIT = 30;

  private final Examination examination;

  PagesCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "pages";
  }

  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    Optional<FeedHost> host = chart.host();
    List<RecordKey> feeds = Subjects.of(examination, chart);
    if (host.isEmpty() || feeds.isEmpty()) {
      String because = host.isEmpty() ? HostCheck.obstacle(examination) : Subjects.NONE;
      return List.of(
          Finding.skipped("feed", because),
          Finding.skipped(name(), because),
          Finding.skipped("refusals", because));
    }
    Did publisher =
        examination.publisher().orElseThrow(() -> new IllegalStateException(HostCheck.NONE));
    List<Finding> findings = new ArrayList<>();
    for (RecordKey feed : feeds) {
      String uri = Repository.uri(publisher, feed);
      Finding first = first(chart, host.get(), feed, uri);
      findings.add(first);
      String pages = name() + " " + feed;
      if (first.state() == Finding.State.WRONG && chart.newest().get(feed.value()) == null) {
        findings.add(Finding.skipped(pages, "the first page is wrong"));
        continue;
      }
      try {
        findings.add(follow(host.get(), pages, uri));
      } catch (PublishException e) {
        findings.add(Finding.of(pages, List.of(e.problem()), ""));
      }
    }
    findings.add(
        Finding.of(
            "refusals",
            host.get().refusals(Repository.uri(publisher, feeds.getFirst())),
            "what is asked wrongly is refused as XRPC refuses"));
    return findings;
  }

  /** The first page, several times: its shape, and how long the slowest takes. */
  private Finding first(Chart chart, FeedHost host, RecordKey feed, String uri)
      throws InterruptedException {
    String name = "feed " + feed;
    Duration slowest = Duration.ZERO;
    int posts = 0;
    try {
      for (int i = 0; i < examination.limits().requests(); i++) {
        FeedHost.Page page = host.page(uri, LIMIT, Optional.empty());
        if (!page.problems().isEmpty()) {
          return Finding.of(name, page.problems(), "");
        }
        slowest = page.took().compareTo(slowest) > 0 ? page.took() : slowest;
        posts = page.posts().size();
        newest(chart, feed, page.posts());
      }
    } catch (PublishException e) {
      return Finding.of(name, List.of(e.problem()), "");
    }
    String slow = slowest.toMillis() + " ms";
    String times = Words.of(examination.limits().requests(), "request", "requests");
    if (slowest.compareTo(examination.limits().slow()) > 0) {
      return Finding.wrong(
          name,
          "expected a page within "
              + examination.limits().slow().toMillis()
              + " ms, found that the slowest of "
              + times
              + " took "
              + slow,
          "the AppView gives up after 10 s; is the feed API, or the way to it, short of something?");
    }
    return Finding.ok(
        name, Words.of(posts, "post", "posts") + ", the slowest of " + times + " " + slow);
  }

  /** By the keys of records, which say when they were made, as their authors say. */
  private static void newest(Chart chart, RecordKey feed, List<String> posts) {
    for (String post : posts) {
      try {
        String key = RecordUri.parse(post).rkey().value();
        if (Tid.isValid(key)) {
          chart.hasNewest(feed.value(), new Tid(key).time());
          return;
        }
      } catch (MalformedDataException e) {
        throw new IllegalStateException("pages hold what was read as records", e);
      }
    }
  }

  private Finding follow(FeedHost host, String name, String uri)
      throws PublishException, InterruptedException {
    Set<String> seen = new HashSet<>();
    Set<String> cursors = new HashSet<>();
    Optional<String> cursor = Optional.empty();
    int pages = 0;
    do {
      FeedHost.Page page = host.page(uri, LIMIT, cursor);
      pages++;
      if (!page.problems().isEmpty()) {
        return Finding.of(name, page.problems(), "");
      }
      for (String post : page.posts()) {
        if (!seen.add(post)) {
          return Finding.wrong(
              name,
              "expected each post once, found " + post + " again on page " + pages,
              "do several feed APIs answer for this name that are not of one pipeline?");
        }
      }
      cursor = page.posts().isEmpty() ? Optional.empty() : page.cursor();
      if (cursor.isPresent() && !cursors.add(cursor.get())) {
        return Finding.wrong(
            name,
            "expected an end, found a cursor again that was there before, on page " + pages,
            "does something before the feed API keep its answers, whatever they were asked by?");
      }
    } while (cursor.isPresent() && pages < examination.limits().pages());
    return Finding.ok(
        name,
        Words.of(pages, "page", "pages")
            + ", "
            + Words.of(seen.size(), "post", "posts")
            + ", none twice, "
            + (cursor.isPresent() ? "and there are more" : "and then it ends"));
  }
}
