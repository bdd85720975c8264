package courtside.processor.rule;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The posts of recordings, for tests. */
final class RecordedPosts {
  private RecordedPosts() {}

  /** Those of the recording that comes with Courtside. */
  static List<Candidate> bundled() throws IOException, MalformedDataException {
    return List.copyOf(of(Recording.bundled()).values());
  }

  /** Those that were created, by uri. */
  static Map<String, Candidate> of(Recording recording) throws MalformedDataException {
    Map<String, Candidate> posts = new LinkedHashMap<>();
    for (RecordedFrame recorded : recording.frames()) {
      byte[] frame = recorded.bytes().toArray();
      if (FrameScan.of(frame).kind() == FrameKind.COMMIT) {
        read(CommitMessage.read(frame), posts);
      }
    }
    return posts;
  }

  private static void read(CommitMessage commit, Map<String, Candidate> into)
      throws MalformedDataException {
    for (RepoOperation operation : commit.operations()) {
      if (operation.collection().toString().equals(Post.TYPE)
          && operation.action() == RepoOperation.Action.CREATE) {
        Range record = commit.record(operation);
        PostSummary post =
            Post.read(Bytes.of(commit.frame(), record.offset(), record.length())).summary();
        into.put(
            "at://" + commit.repo() + "/" + Post.TYPE + "/" + operation.rkey(),
            new Candidate(commit.repo(), post, Posts.SEEN));
      }
    }
  }
}
