package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScalarsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "000000000000000000000000000000000000000000000000000000000000ff00",
        "007fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void whatIsWrittenOverOthersReadsBackTheSame(String hex) {
    byte[] bytes = new byte[34];
    Arrays.fill(bytes, (byte) 0x55);
    Scalars.write(new BigInteger(hex, 16), bytes, 1);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("55" + hex + "55");
    assertThat(Scalars.read(bytes, 1)).isEqualTo(new BigInteger(hex, 16));
    assertThat(Scalars.isZero(bytes, 1)).isEqualTo(hex.equals("0".repeat(64)));
  }
}
