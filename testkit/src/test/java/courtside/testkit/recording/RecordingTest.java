package courtside.testkit.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.AccountMessage;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.record.Post;
import courtside.atproto.syntax.Nsid;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordingTest {
  private static final String RESOURCE = "/courtside/testkit/recording/pds.frames.gz";

  @TempDir Path directory;

  @Test
  void bundleIsSmallAndInOrder() throws IOException {
    // When
    List<RecordedFrame> frames = Recording.bundled().frames();

    // Then
    assertThat(frames).hasSizeGreaterThan(1000);
    for (int i = 1; i < frames.size(); i++) {
      assertThat(frames.get(i).seq()).isGreaterThan(frames.get(i - 1).seq());
    }
    try (InputStream in = RecordingTest.class.getResourceAsStream(RESOURCE)) {
      assertThat(in).isNotNull();
      assertThat(in.readAllBytes()).hasSizeLessThan(BundleRecording.LIMIT);
    }
  }

  @Test
  void bundleShowsWhatFeedsHaveToCopeWith() throws IOException, MalformedDataException {
    // When
    Map<FrameKind, Integer> kinds = new HashMap<>();
    Map<RepoOperation.Action, Integer> posts = new HashMap<>();
    Set<String> statuses = new TreeSet<>();
    Set<String> languages = new TreeSet<>();
    for (RecordedFrame frame : Recording.bundled().frames()) {
      byte[] bytes = frame.bytes().toArray();
      FrameKind kind = FrameScan.of(bytes).kind();
      kinds.merge(kind, 1, Integer::sum);
      if (kind == FrameKind.ACCOUNT) {
        AccountMessage account = AccountMessage.read(bytes);
        statuses.add(account.status().orElse(account.active() ? "active" : "inactive"));
      } else if (kind == FrameKind.COMMIT) {
        CommitMessage commit = CommitMessage.read(bytes);
        for (RepoOperation operation : commit.operations()) {
          if (operation.collection().equals(Nsid.POST)) {
            posts.merge(operation.action(), 1, Integer::sum);
            if (operation.action() == RepoOperation.Action.CREATE) {
              languages.addAll(Post.read(commit.record(operation).of(bytes)).langs());
            }
          }
        }
      }
    }

    // Then
    assertThat(kinds)
        .containsOnlyKeys(FrameKind.COMMIT, FrameKind.SYNC, FrameKind.IDENTITY, FrameKind.ACCOUNT);
    assertThat(posts.get(RepoOperation.Action.CREATE)).isGreaterThan(500);
    assertThat(posts.get(RepoOperation.Action.UPDATE)).isGreaterThan(5);
    assertThat(posts.get(RepoOperation.Action.DELETE)).isGreaterThan(50);
    assertThat(statuses)
        .containsExactly("active", "deactivated", "deleted", "suspended", "takendown");
    assertThat(languages).contains("en", "es", "ja", "pt", "de", "ar").hasSizeGreaterThan(15);
  }

  @Test
  void bundleIsWholeLivesOfAccountsOfTheFullRecording() throws IOException, MalformedDataException {
    // Given
    Map<Long, RecordedFrame> full = new HashMap<>();
    Map<String, Integer> framesOf = new HashMap<>();
    for (RecordedFrame frame : Recording.open(SharedFiles.recording("pds.frames.gz")).frames()) {
      full.put(frame.seq(), frame);
      framesOf.merge(repo(frame), 1, Integer::sum);
    }
    assertThat(full).hasSize(7028);

    // When
    List<RecordedFrame> bundled = Recording.bundled().frames();

    // Then
    Map<String, Integer> bundledOf = new HashMap<>();
    for (RecordedFrame frame : bundled) {
      assertThat(frame).isEqualTo(full.get(frame.seq()));
      bundledOf.merge(repo(frame), 1, Integer::sum);
    }
    assertThat(framesOf).containsAllEntriesOf(bundledOf);
  }

  @Test
  void chooserMakesTheBundle() throws IOException, MalformedDataException {
    // Given
    List<RecordedFrame> full = Recording.open(SharedFiles.recording("pds.frames.gz")).frames();

    // When
    byte[] bundle = BundleRecording.choose(full, SharedFiles.recording("pds.truth.jsonl.gz"));

    // Then
    Path file = Files.write(directory.resolve("bundle.gz"), bundle);
    assertThat(Recording.open(file).frames()).isEqualTo(Recording.bundled().frames());
  }

  @Test
  void refusesALengthBeyondTheProtocolBeforeReadingSoMuch() throws IOException {
    assertThatThrownBy(() -> Recording.open(file(out -> out.writeInt(5_000_001))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("frame 1 of")
        .hasMessageContaining("claims 5000001 bytes; expected 0 to 5000000");
    assertThatThrownBy(() -> Recording.open(file(out -> out.writeInt(-1))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("claims -1 bytes");
  }

  @Test
  void refusesAFileCutInsideAFrame() throws IOException {
    byte[] frame = Recording.bundled().frames().getFirst().bytes().toArray();
    assertThatThrownBy(() ->
            Recording.open(
                file(out -> {
                  out.writeInt(frame.length);
                  out.write(frame, 0, frame.length - 1);
                })))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends after " + (frame.length - 1) + " of " + frame.length);
  }

  @Test
  void refusesNumbersThatDoNotRise() throws IOException {
    Bytes frame = Recording.bundled().frames().getFirst().bytes();
    assertThatThrownBy(() ->
            Recording.open(
                file(out -> {
                  out.writeInt(frame.length());
                  out.write(frame.toArray());
                  out.writeInt(frame.length());
                  out.write(frame.toArray());
                })))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("frame 2 of")
        .hasMessageContaining("not above");
  }

  @Test
  void refusesWhatIsNoFrame() {
    assertThatThrownBy(() ->
            Recording.open(
                file(out -> {
                  out.writeInt(3);
                  out.write(new byte[] {1, 2, 3});
                })))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("frame 1 of")
        .hasMessageContaining("is no frame");
  }

  private static String repo(RecordedFrame frame) throws MalformedDataException {
    return FrameScan.of(frame.bytes().toArray()).repo().orElseThrow().value();
  }

  /** Writes the content of a recording. */
  @FunctionalInterface
  private interface Content {
    void write(DataOutputStream out) throws IOException;
  }

  private Path file(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      content.write(out);
    }
    return Files.write(directory.resolve("recording.gz"), bytes.toByteArray());
  }
}
