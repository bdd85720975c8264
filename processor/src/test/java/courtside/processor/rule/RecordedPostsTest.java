package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.Recordings;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Matches every post of a recorded server, odd ones included. */
final class RecordedPostsTest {
  private static final Path RECORDINGS =
      Path.of(System.getProperty("courtside.root", ".."), "..", "shared", "recordings");
  private static final FeedVersion ALL = FeedVersion.of("all", "1");
  private static final FeedVersion WORDS = FeedVersion.of("words", "1");
  private static final FeedVersion NONE = FeedVersion.of("none", "1");

  @Test
  void everythingMatchesEveryPost() throws Exception {
    Recordings.assumeHere();
    // given
    Set<String> truth = truth();
    Map<String, Candidate> posts = posts();

    // when
    Set<String> all = new TreeSet<>();
    Set<String> words = new TreeSet<>();
    Set<String> none = new TreeSet<>();
    try (Matcher matcher =
        Matcher.of(
            Map.of(
                ALL,
                definition("*:*", ""),
                WORDS,
                definition("text:*", ""),
                NONE,
                definition("*:*", "*:*")))) {
      for (Map.Entry<String, Candidate> post : posts.entrySet()) {
        String uri = post.getKey();
        Set<FeedVersion> found = matcher.match(post.getValue()).versions();
        if (found.contains(ALL)) {
          all.add(uri);
        }
        if (found.contains(WORDS)) {
          words.add(uri);
        }
        if (found.contains(NONE)) {
          none.add(uri);
        }
      }
    }

    // then
    assertThat(all).isEqualTo(truth).hasSize(4_110);
    assertThat(none).isEmpty();
    assertThat(words).isNotEmpty().hasSizeLessThan(truth.size());
  }

  private static Set<String> truth() throws Exception {
    ObjectMapper json = new ObjectMapper();
    Set<String> uris = new TreeSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(RECORDINGS.resolve("pds.truth.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        uris.add(json.readTree(line).get("uri").asText());
      }
    }
    return uris;
  }

  private static Map<String, Candidate> posts() throws Exception {
    Map<String, Candidate> posts = new LinkedHashMap<>();
    try (DataInputStream in =
        new DataInputStream(
            new GZIPInputStream(Files.newInputStream(RECORDINGS.resolve("pds.frames.gz"))))) {
      while (true) {
        byte[] frame;
        try {
          frame = in.readNBytes(in.readInt());
        } catch (EOFException e) {
          return posts;
        }
        if (FrameScan.of(frame).kind() == FrameKind.COMMIT) {
          read(CommitMessage.read(frame), posts);
        }
      }
    }
  }

  private static void read(CommitMessage commit, Map<String, Candidate> into) throws Exception {
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

  private static FeedDefinition definition(String rule, String exclude) {
    return new FeedDefinition(
        "set",
        Matcher.VERSION,
        "Feed",
        "",
        rule,
        exclude,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(3),
        Optional.empty(),
        false);
  }
}
