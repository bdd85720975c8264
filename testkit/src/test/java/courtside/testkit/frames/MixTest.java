package courtside.testkit.frames;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.record.Post;
import courtside.atproto.syntax.Nsid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MixTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final int COUNT = 5_000;

  @Test
  void isAsTheNetworkIs() throws Exception {
    long bytes = 0;
    int withPosts = 0;
    for (Mix.Frame frame : frames(1)) {
      bytes += frame.bytes().length();
      byte[] content = frame.bytes().toArray();
      FrameScan scan = FrameScan.of(content);
      assertThat(scan.seq()).hasValue(frame.seq());
      assertThat(scan.repo().map(Object::toString)).contains(frame.did());
      if (scan.kind() == FrameKind.COMMIT) {
        assertThat(posts(CommitMessage.read(content))).isEqualTo(frame.posts());
      }
      withPosts += frame.posts() > 0 ? 1 : 0;
    }
    System.out.printf(
        "mean of %d frames %.0f bytes, %.1f %% with a post%n",
        COUNT, (double) bytes / COUNT, withPosts * 100.0 / COUNT);
    assertThat(bytes / COUNT).isBetween(5_200L, 5_800L);
    assertThat(withPosts).isBetween(COUNT / 10, COUNT * 12 / 100);
  }

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(frames(2)).isEqualTo(frames(2)).isNotEqualTo(frames(3));
  }

  private static List<Mix.Frame> frames(long seed) {
    Mix mix = new Mix(seed, 1_000);
    List<Mix.Frame> frames = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      frames.add(mix.next(START.plusMillis(i)));
    }
    return frames;
  }

  /** How many operations are of posts; what they bring is read, and hashed. */
  private static int posts(CommitMessage commit) throws Exception {
    int posts = 0;
    for (RepoOperation operation : commit.operations()) {
      if (operation.action() != RepoOperation.Action.DELETE) {
        byte[] record = commit.record(operation).of(commit.frame()).toArray();
        if (operation.collection().equals(Nsid.POST)) {
          assertThat(Post.read(courtside.atproto.Bytes.of(record)).text()).isNotEmpty();
        }
      }
      posts += operation.collection().equals(Nsid.POST) ? 1 : 0;
    }
    return posts;
  }
}
