package courtside.processor.extract;

import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.post.PostEvent;
import java.util.List;

/**
 * What one frame gives. Immutable.
 *
 * @param posts events about posts and their author, in the frame's order, all of one account
 * @param letters what could not be used, at most one for each reason
 */
record Extracted(List<PostEvent> posts, List<DeadLetter> letters) {
  static final Extracted NOTHING = new Extracted(List.of(), List.of());

  Extracted {
    posts = List.copyOf(posts);
    letters = List.copyOf(letters);
  }
}
