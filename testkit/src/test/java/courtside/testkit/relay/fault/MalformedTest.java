package courtside.testkit.relay.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class MalformedTest {
  private static final long SEQ = 123_456;
  private static final Set<Malformed> UNKNOWN =
      EnumSet.range(Malformed.UNKNOWN_OPERATION, Malformed.UNKNOWN_TYPE_WITHOUT_SEQ);
  private static final Set<Malformed> WELL_FORMED =
      EnumSet.range(Malformed.MISSING_BLOCK, Malformed.ARCHIVE_HEADER_TOO_LONG);

  static Stream<Malformed> unreadable() {
    return Stream.of(Malformed.values())
        .filter(each -> !UNKNOWN.contains(each) && !WELL_FORMED.contains(each));
  }

  static Stream<Malformed> commits() {
    return WELL_FORMED.stream();
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void cannotBeScanned(Malformed malformed) {
    assertThatThrownBy(() -> FrameScan.of(malformed.message(SEQ)))
        .isInstanceOf(MalformedDataException.class);
  }

  @ParameterizedTest
  @MethodSource("commits")
  void areCommitsThatCanBeStored(Malformed malformed) throws MalformedDataException {
    FrameScan scan = FrameScan.of(malformed.message(SEQ));
    assertThat(scan.kind()).isEqualTo(FrameKind.COMMIT);
    assertThat(scan.seq()).hasValue(SEQ);
    assertThat(scan.repo()).isPresent();
  }

  @Test
  void someCommitsHaveArchivesThatCannotBeRead() throws MalformedDataException {
    for (Malformed malformed :
        EnumSet.range(Malformed.ARCHIVE_BLOCK_OF_2_63, Malformed.ARCHIVE_HEADER_TOO_LONG)) {
      CommitMessage commit = (CommitMessage) Frame.read(malformed.message(SEQ));
      assertThatThrownBy(commit::archive)
          .as("%s", malformed)
          .isInstanceOf(MalformedDataException.class);
    }
  }

  @Test
  void unknownMessagesAreOfNoKind() throws MalformedDataException {
    for (Malformed malformed : UNKNOWN) {
      assertThat(FrameScan.of(malformed.message(SEQ)).kind()).isEqualTo(FrameKind.UNKNOWN);
    }
    assertThat(FrameScan.of(Malformed.UNKNOWN_TYPE.message(SEQ)).seq()).hasValue(SEQ);
    assertThat(FrameScan.of(Malformed.UNKNOWN_TYPE_WITHOUT_SEQ.message(SEQ)).seq()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void fitInAMessage(Malformed malformed) {
    assertThat(malformed.message(SEQ)).hasSizeLessThanOrEqualTo(1_000_100);
  }

  @Test
  void bombsAreRefusedForWhatTheyAre() {
    // A decoder that stops earlier would not have met the bomb.
    assertThatThrownBy(() -> FrameScan.of(Malformed.DEEP_ARRAYS.message(SEQ)))
        .extracting("kind")
        .isEqualTo(Kind.TOO_DEEP);
    assertThatThrownBy(() -> FrameScan.of(Malformed.DEEP_MAPS.message(SEQ)))
        .extracting("kind")
        .isEqualTo(Kind.TOO_DEEP);
  }
}
