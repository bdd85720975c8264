package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import courtside.publish.FeedHost;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a feed's pages follow each other without repetition. */
final class NextPagesCheck implements Check {
  private final Examination examination;
  private final RecordKey feed;

  NextPagesCheck(Examination examination, RecordKey feed) {
    this.examination = examination;
    this.feed = feed;
  }

  @Override
  public String name() {
    return "pages " + feed;
  }

  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    FeedHost host =
        chart.host().orElseThrow(() -> new IllegalStateException("a feed without a host"));
    return List.of(
        chart.isShown(feed)
            ? follow(host, Repository.uri(PagesCheck.publisher(examination), feed))
            : Finding.skipped(name(), "the first page is wrong"));
  }

  private Finding follow(FeedHost host, String uri) throws PublishException, InterruptedException {
    Set<String> seen = new HashSet<>();
    Set<String> cursors = new HashSet<>();
    Optional<String> cursor = Optional.empty();
    int pages = 0;
    do {
      FeedHost.Page page = host.page(uri, FirstPageCheck.LIMIT, cursor);
      pages++;
      if (!page.problems().isEmpty()) {
        return Finding.of(name(), page.problems(), "");
      }
      for (String post : page.posts()) {
        if (!seen.add(post)) {
          return Finding.wrong(
              name(),
              "expected each post once, found " + post + " again on page " + pages,
              "do several feed APIs answer for this name that are not of one pipeline?");
        }
      }
      cursor = page.posts().isEmpty() ? Optional.empty() : page.cursor();
      if (cursor.isPresent() && !cursors.add(cursor.get())) {
        return Finding.wrong(
            name(),
            "expected an end, found a cursor again that was there before, on page " + pages,
            "does something before the feed API keep its answers, whatever they were asked by?");
      }
    } while (cursor.isPresent() && pages < examination.limits().pages());
    return Finding.ok(
        name(),
        Words.of(pages, "page", "pages")
            + ", "
            + Words.of(seen.size(), "post", "posts")
            + ", none twice, "
            + (cursor.isPresent() ? "and there are more" : "and then it ends"));
  }
}
