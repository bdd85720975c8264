package courtside.command;

import courtside.pipeline.Pipeline;
import courtside.processor.definition.DefinitionFile;
import courtside.screen.Screen;
import java.util.List;

/** Where to look, once everything runs. */
record Announcement(Screen screen, String page, List<String> feeds) {
  static Announcement of(
      Screen screen, Pipeline pipeline, int port, List<DefinitionFile> definitions) {
    String page = "http://127.0.0.1:" + port + "/";
    return new Announcement(
        screen,
        page,
        definitions.stream()
            .map(definition ->
                page
                    + "xrpc/app.bsky.feed.getFeedSkeleton?feed="
                    + pipeline.feedApi().feedUri(definition.feed()))
            .toList());
  }

  void print() {
    screen.line("");
    screen.entry("page", page);
    feeds.forEach(feed -> screen.entry("feed", feed));
    screen.line("");
  }
}
