package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class FailureTest {
  @Test
  void saysEachThingOnceFromTheFailureDownToItsCause() {
    Exception cause = new IllegalStateException("the disk is full");
    assertThat(Failure.sentence(new IllegalStateException("cannot write", cause)))
        .isEqualTo("cannot write: the disk is full");
    assertThat(Failure.sentence(new IllegalStateException("the disk is full: stop", cause)))
        .isEqualTo("the disk is full: stop");
  }

  @Test
  void saysNothingThatATerminalWouldObey() {
    assertThat(Failure.sentence(new IllegalStateException("a\u001b[2J\u009bb\ncourtside: well")))
        .isEqualTo("a\\u001b[2J\\u009bb\\u000acourtside: well");
    assertThat(Failure.sentence(new NoSuchFileException("\u202egnp")))
        .isEqualTo("there is no \\u202egnp");
  }

  @Test
  void saysAPartOfWhatIsLong() {
    assertThat(Failure.sentence(new IllegalStateException("x".repeat(1_000_000))))
        .hasSizeBetween(1_000, 5_000)
        .endsWith("…");
    assertThat(Failure.sentence(new RefusedException("x".repeat(1_000_000))))
        .hasSizeLessThan(100_000);
  }

  @Test
  void keepsTheLinesOfWhatIsWrongInFilesOfOurs() {
    assertThat(Failure.sentence(new RefusedException("1: wrong\n2: wrong\u001b")))
        .isEqualTo("1: wrong\n2: wrong\\u001b");
  }
}
