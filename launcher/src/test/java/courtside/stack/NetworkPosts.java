package courtside.stack;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.RepoOperation;
import courtside.testkit.recording.RecordedFrame;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which posts of the simulated network there are after all that its relay has shown: a fold of its
 * own, that shares nothing with the processor's but the decoding of a frame. Not thread-safe.
 */
final class NetworkPosts {
  private static final String POST = "app.bsky.feed.post";

  private final Set<String> accounts = new HashSet<>();
  private final Set<String> away = new HashSet<>();
  private final Set<String> posts = new TreeSet<>();

  /**
   * Folds the frames.
   *
   * @param from the first sequence number of the network: what lies before was recorded
   */
  static NetworkPosts of(List<RecordedFrame> frames, long from) throws MalformedDataException {
    NetworkPosts posts = new NetworkPosts();
    for (RecordedFrame frame : frames) {
      if (frame.seq() >= from) {
        posts.take(Frame.read(frame.bytes().toArray()));
      }
    }
    return posts;
  }

  private void take(Frame frame) {
    switch (frame) {
      case CommitMessage commit -> {
        accounts.add(commit.repo().value());
        for (RepoOperation operation : commit.operations()) {
          if (operation.collection().value().equals(POST)) {
            String uri =
                "at://" + commit.repo().value() + "/" + POST + "/" + operation.rkey().value();
            if (operation.action() == RepoOperation.Action.DELETE) {
              posts.remove(uri);
            } else {
              posts.add(uri);
            }
          }
        }
      }
      case AccountMessage account -> {
        if (account.active()) {
          away.remove(account.did().value());
        } else {
          away.add(account.did().value());
        }
      }
      default -> {
        // Changes no post.
      }
    }
  }

  /** The posts that a feed of everything shows. */
  Set<String> shown() {
    Set<String> shown = new TreeSet<>(posts);
    shown.removeIf(uri -> away.contains(author(uri)));
    return shown;
  }

  /** Whether the network wrote it, or somebody who was recorded. */
  boolean wrote(String uri) {
    return accounts.contains(author(uri));
  }

  private static String author(String uri) {
    return uri.substring("at://".length(), uri.indexOf('/', "at://".length()));
  }
}
