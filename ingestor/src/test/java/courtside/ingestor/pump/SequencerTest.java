package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.ingestor.pump.Sequencer.Decision;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SequencerTest {
  private final Sequencer sequencer = new Sequencer(Position.beginning("relay"));

  private Decision accept(long seq, String content) {
    return sequencer.accept(seq, hash(content), Optional.empty());
  }

  private static Bytes hash(String content) {
    return Bytes.of(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void takesRisingNumbersWithGaps() {
    assertThat(accept(5, "a")).isEqualTo(Decision.NEXT);
    assertThat(accept(9, "b")).isEqualTo(Decision.NEXT);
    assertThat(sequencer.position().seq()).isEqualTo(9);
    assertThat(sequencer.position().epoch()).isEqualTo(1);
  }

  @Test
  void dropsWhatItHasSeenByNumberAndBytes() {
    accept(5, "a");
    accept(9, "b");
    assertThat(accept(5, "a")).isEqualTo(Decision.DUPLICATE);
    assertThat(accept(9, "b")).isEqualTo(Decision.DUPLICATE);
    assertThat(sequencer.position().seq()).isEqualTo(9);
  }

  @Test
  void knowsTheFrameOfItsCursorAfterAStart() {
    Sequencer resumed = new Sequencer(new Position("relay", 3, 40, hash("last"), Optional.empty()));
    assertThat(resumed.accept(40, hash("last"), Optional.empty())).isEqualTo(Decision.DUPLICATE);
    assertThat(resumed.accept(41, hash("new"), Optional.empty())).isEqualTo(Decision.NEXT);
    assertThat(resumed.position().epoch()).isEqualTo(3);
  }

  @Test
  void otherBytesUnderAnOldNumberBeginAnEpochAndAreKept() {
    accept(500, "a");
    assertThat(accept(7, "x")).isEqualTo(Decision.NEW_EPOCH);
    assertThat(sequencer.position().epoch()).isEqualTo(2);
    assertThat(sequencer.position().seq()).isEqualTo(7);
    assertThat(accept(8, "y")).isEqualTo(Decision.NEXT);
  }

  @Test
  void theSameBytesUnderAHigherNumberAreANewFrame() {
    accept(5, "a");
    assertThat(accept(6, "a")).isEqualTo(Decision.NEXT);
  }
}
