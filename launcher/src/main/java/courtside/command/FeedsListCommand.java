package courtside.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedState;
import courtside.screen.VisibleText;
import courtside.service.ServiceProcess;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists them. */
@Command(
    name = "list",
    description = "Lists the feeds and their versions: which is served, and how far each is.",
    footer = "%nWith --json: an array of feeds with their 'versions', each with role and progress.",
    mixinStandardHelpOptions = true)
final class FeedsListCommand extends FeedsLogCommand {
  /** More than a feed's name may be on the network. */
  private static final int MOST_OF_NAME = 240;

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() throws Exception {
    Logging.quiet();
    PrintWriter out = spec().commandLine().getOut();
    try (FeedsLog log = open()) {
      List<Long> begins = log.begins();
      Instant now = Instant.now();
      if (json.wanted()) {
        ArrayNode feeds = JsonNodeFactory.instance.arrayNode();
        log.catalogue().feeds().forEach(feed -> feeds.add(json(log, feed, begins)));
        JsonPrinter.print(feeds, out);
        return ServiceProcess.EX_OK;
      }
      if (log.catalogue().feeds().isEmpty()) {
        out.println("There are no feeds. Make one: courtside feeds apply FILE");
      }
      for (RecordKey feed : log.catalogue().feeds()) {
        print(log, feed, begins, now, out);
      }
    }
    return ServiceProcess.EX_OK;
  }

  private static void print(
      FeedsLog log, RecordKey feed, List<Long> begins, Instant now, PrintWriter out) {
    List<VersionView> versions = VersionView.of(log, feed, begins);
    String name =
        versions.isEmpty()
            ? ""
            : "  " + VisibleText.line(versions.getLast().definition().displayName(), MOST_OF_NAME);
    String deleted =
        log.catalogue().state(feed).filter(FeedState::deleted).isPresent() ? "  deleted" : "";
    out.println(feed + name + deleted);
    versions.forEach(one ->
        out.printf(
            Locale.ROOT, "  %s  %-10s %s%n", one.version().version(), one.role(), one.words(now)));
  }

  private static ObjectNode json(FeedsLog log, RecordKey feed, List<Long> begins) {
    List<VersionView> versions = VersionView.of(log, feed, begins);
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("feed", feed.value());
    if (!versions.isEmpty()) {
      json.put("name", versions.getLast().definition().displayName());
    }
    json.put("deleted", log.catalogue().state(feed).filter(FeedState::deleted).isPresent());
    ArrayNode all = json.putArray("versions");
    versions.forEach(one -> all.add(one.toJson()));
    return json;
  }
}
