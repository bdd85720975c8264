package courtside.atproto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BytesTest {
  @Test
  void copiesARun() {
    byte[] source = {1, 2, 3, 4};

    Bytes bytes = Bytes.of(source, 1, 2);
    source[1] = 9;

    assertThat(bytes).isEqualTo(Bytes.of(new byte[] {2, 3}));
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "4, 1", "5, 0", "-1, 2", "1, -1", "2147483647, 2"})
  void refusesARunThatIsNotThere(int offset, int length) {
    assertThatThrownBy(() -> Bytes.of(new byte[4], offset, length))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
