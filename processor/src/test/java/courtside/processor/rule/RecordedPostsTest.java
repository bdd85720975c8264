package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.Recordings;
import courtside.processor.definition.SomeFeed;
import courtside.testkit.recording.Recording;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    Map<String, Candidate> posts =
        RecordedPosts.of(Recording.open(RECORDINGS.resolve("pds.frames.gz")));

    // when
    Set<String> all = new TreeSet<>();
    Set<String> words = new TreeSet<>();
    Set<String> none = new TreeSet<>();
    Matcher matcher =
        Matcher.of(
            Map.of(
                ALL,
                SomeFeed.of("*:*").definition(),
                WORDS,
                SomeFeed.of("text:*").definition(),
                NONE,
                SomeFeed.of("*:*").excluding("*:*").definition()));
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
}
