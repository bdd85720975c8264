package courtside.processor.incident;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.firehose.Incident;
import courtside.processor.streams.Overtaking.Loss;
import java.time.Instant;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class LossProcessorTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final TopicPartition PARTITION = new TopicPartition("posts", 3);

  private static Incident said(OptionalLong expected, long start) {
    return LossProcessor.incident("app", new Loss(PARTITION, expected, start), NOW);
  }

  @Test
  void saysTheLastOffsetThatIsHadAndTheFirstThatIsHadAgain() {
    assertThat(said(OptionalLong.of(30), 45))
        .isEqualTo(
            new Incident(
                Incident.Kind.OVERTAKEN,
                "app",
                NOW,
                OptionalLong.of(29),
                OptionalLong.of(45),
                "offsets 30 to 44 of posts-3 were deleted before app had read them",
                "went on at offset 45, the oldest that there was"));
    assertThat(said(OptionalLong.of(0), 1).from()).hasValue(-1);
  }

  @Test
  void saysWhatItDoesNotKnow() {
    assertThat(said(OptionalLong.empty(), 45).from()).isEmpty();
    assertThat(said(OptionalLong.empty(), 45).to()).hasValue(45);
    assertThat(said(OptionalLong.empty(), 45).found())
        .startsWith("app has read posts-3 before, and its group does not know any more how far");
  }

  @Test
  void saysThatALogIsAnotherOne() {
    assertThat(said(OptionalLong.of(30), 0).found())
        .startsWith("app was to go on at offset 30 of posts-3, which ends before it");
  }
}
