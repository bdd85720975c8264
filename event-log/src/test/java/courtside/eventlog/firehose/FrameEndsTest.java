package courtside.eventlog.firehose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class FrameEndsTest {
  private static final FrameEnds ENDS = new FrameEnds(new Uuid(1, -2), List.of(3L, 1L << 40));

  @Test
  void areTheseBytes() {
    RecordHeaders headers = new RecordHeaders();
    ENDS.addTo(headers);
    assertThat(headers.toArray()).hasSize(1);
    assertThat(headers.lastHeader("frames").value())
        .isEqualTo(
            HexFormat.of()
                .parseHex(
                    "0000000000000001"
                        + "fffffffffffffffe"
                        + "0000000000000003"
                        + "0000010000000000"));
    assertThat(FrameEnds.read(headers)).hasValue(ENDS);
  }

  @Test
  void areNoneWhereThereIsNothingOrSomethingElse() {
    assertThat(FrameEnds.read(new RecordHeaders())).isEmpty();
    assertThat(FrameEnds.read(new RecordHeaders().add("frames", null))).isEmpty();
    assertThat(FrameEnds.read(new RecordHeaders().add("frames", new byte[15]))).isEmpty();
    assertThat(FrameEnds.read(new RecordHeaders().add("frames", new byte[17]))).isEmpty();
    assertThat(FrameEnds.read(new RecordHeaders().add("frames", new byte[1 << 20]))).isEmpty();
  }

  @Test
  void areNotKnownOfAPartitionThatWasNotThere() {
    assertThat(ENDS.end(1)).isEqualTo(1L << 40);
    assertThat(ENDS.end(2)).isZero();
    assertThat(FrameEnds.unknown(ENDS.topic(), 2).ends()).containsExactly(0L, 0L);
  }
}
