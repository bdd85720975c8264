package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.screen.Screen;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import picocli.CommandLine.Parameters;

/** A command that wishes something of one feed, and shows what becomes of it. */
abstract class FeedWishCommand extends FeedsLogCommand {
  @Parameters(paramLabel = "NAME", description = "The feed's name.")
  private String name = "";

  /** What is wished, and what is waited for. */
  record Asked(Wish.OfFeed wish, Optional<FeedVersion> version) {}

  /**
   * Says what is to happen, and decides what to wish.
   *
   * @param id of the wish
   * @throws RefusedException if it cannot be
   */
  abstract Asked ask(FeedsLog log, RecordKey feed, FeedState state, String id, Screen screen)
      throws RefusedException;

  @Override
  public final Integer call() throws Exception {
    Logging.quiet();
    Screen screen = screen();
    try (FeedsLog log = open()) {
      RecordKey feed = feed(log, name);
      Asked asked = ask(log, feed, state(log, feed), UUID.randomUUID().toString(), screen);
      log.wish(asked.wish());
      return follow(
          log,
          screen,
          List.of(new Following.Target(feed, asked.version(), Optional.of(asked.wish().id()))));
    }
  }

  /**
   * The feed of that name.
   *
   * @throws RefusedException if there is none, with which there are
   */
  static RecordKey feed(FeedsLog log, String name) throws RefusedException {
    Optional<RecordKey> feed = log.feed(name);
    if (feed.isEmpty()) {
      String there =
          log.catalogue().feeds().stream().map(RecordKey::value).collect(Collectors.joining(", "));
      throw new RefusedException(
          "expected the name of a feed, found '"
              + name
              + "'; "
              + (there.isEmpty()
                  ? "there is none yet. Make one: courtside feeds apply FILE"
                  : "there is: " + there));
    }
    return feed.get();
  }

  private static FeedState state(FeedsLog log, RecordKey feed) throws RefusedException {
    FeedState state =
        log.catalogue()
            .state(feed)
            .orElseThrow(() ->
                new RefusedException(
                    feed
                        + " is applied, and no processor has looked at it yet: does one run?"
                        + " courtside feeds list"));
    if (state.deleted() && log.catalogue().definitions(feed).isEmpty()) {
      throw new RefusedException(
          feed + " was deleted. To have it again: courtside feeds apply FILE");
    }
    return state;
  }

  /** A version, or that there is none. */
  static String describe(Optional<String> version) {
    return version.orElse("nothing");
  }
}
