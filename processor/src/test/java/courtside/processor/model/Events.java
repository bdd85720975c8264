package courtside.processor.model;

import courtside.eventlog.post.PostEvent;

/** Events of {@code posts} in the words of a history. */
final class Events {
  private Events() {}

  /** As {@link courtside.testkit.history.Step#events} says it. */
  static String text(PostEvent event) {
    PostEvent.Origin origin = event.origin();
    return switch (event) {
          case PostEvent.Created e -> "created " + e.uri() + " " + e.rev();
          case PostEvent.Updated e -> "updated " + e.uri() + " " + e.rev();
          case PostEvent.Deleted e -> "deleted " + e.uri() + " " + e.rev();
          case PostEvent.AccountChanged e ->
              "account " + e.did() + " " + e.active() + " " + origin.frameTime();
        }
        + " "
        + origin.relay()
        + " "
        + origin.epoch()
        + " "
        + origin.seq();
  }
}
