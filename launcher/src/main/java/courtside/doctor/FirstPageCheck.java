package courtside.doctor;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.atproto.syntax.Tid;
import courtside.publish.FeedHost;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether a feed's first page is of the right shape, and there in time. */
final class FirstPageCheck implements Check {
  /** As apps ask. */
  static final int LIMIT = 30;

  private final Examination examination;
  private final RecordKey feed;

  FirstPageCheck(Examination examination, RecordKey feed) {
    this.examination = examination;
    this.feed = feed;
  }

  @Override
  public String name() {
    return "feed " + feed;
  }

  /** Several times: its shape, and how long the slowest takes. */
  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    FeedHost host =
        chart.host().orElseThrow(() -> new IllegalStateException("a feed without a host"));
    String uri = Repository.uri(PagesCheck.publisher(examination), feed);
    Duration slowest = Duration.ZERO;
    int posts = 0;
    for (int i = 0; i < examination.limits().requests(); i++) {
      FeedHost.Page page = host.page(uri, LIMIT, Optional.empty());
      if (!page.problems().isEmpty()) {
        return List.of(Finding.of(name(), page.problems(), ""));
      }
      slowest = page.took().compareTo(slowest) > 0 ? page.took() : slowest;
      posts = page.posts().size();
    }
    // One alone is the newest: a pinned post stands in front of more.
    FeedHost.Page newest = host.page(uri, 1, Optional.empty());
    if (!newest.problems().isEmpty()) {
      return List.of(Finding.of(name(), newest.problems(), ""));
    }
    chart.shows(feed);
    newest(chart, newest.posts());
    return List.of(judge(slowest, posts));
  }

  private Finding judge(Duration slowest, int posts) {
    String slow = slowest.toMillis() + " ms";
    String times = Words.of(examination.limits().requests(), "request", "requests");
    if (slowest.compareTo(examination.limits().slow()) > 0) {
      return Finding.wrong(
          name(),
          "expected a page within "
              + examination.limits().slow().toMillis()
              + " ms, found that the slowest of "
              + times
              + " took "
              + slow,
          "the AppView gives up after 10 s; is the feed API, or the way to it, short of something?");
    }
    return Finding.ok(
        name(), Words.of(posts, "post", "posts") + ", the slowest of " + times + " " + slow);
  }

  /** By the record's key, which says when it was made, as its author says. */
  private void newest(Chart chart, List<String> posts) {
    for (String post : posts) {
      try {
        String key = RecordUri.parse(post).rkey().value();
        if (Tid.isValid(key)) {
          chart.hasNewest(feed.value(), new Tid(key).time());
        }
      } catch (MalformedDataException e) {
        throw new IllegalStateException("pages hold what was read as records", e);
      }
    }
  }
}
