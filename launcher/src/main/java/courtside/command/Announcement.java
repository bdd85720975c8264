package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import java.util.List;

/** Where to look, once everything runs. */
record Announcement(String page, List<String> feeds) {
  static Announcement of(Pipeline pipeline, List<DefinitionFile> definitions) {
    String feeds = "http://127.0.0.1:" + pipeline.feedApi().port() + "/";
    return new Announcement(
        "http://127.0.0.1:" + pipeline.feedApi().pagePort() + "/",
        definitions.stream()
            .map(definition ->
                feeds
                    + "xrpc/app.bsky.feed.getFeedSkeleton?feed="
                    // Of a DID and a record's name, only this would be read as something else.
                    + pipeline.feedApi().feedUri(definition.feed()).replace("%", "%25"))
            .toList());
  }

  void print(Screen screen) {
    screen.line("");
    screen.entry("page", page);
    feeds.forEach(feed -> screen.entry("feed", feed));
    screen.line("");
  }
}
