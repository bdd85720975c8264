package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SigningKeyTest {
  private static final long FIRST_SEED = 20_261_125L;

  /** RFC 6979 A.2.5, whose s is the high one. */
  @Test
  void signsAsTheStandardDoesWithTheLowS() {
    SigningKey key =
        SigningKey.of(
            Curve.P256,
            HexFormat.of()
                .parseHex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"));
    BigInteger highS =
        new BigInteger("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8", 16);
    byte[] expected = new byte[64];
    Scalars.write(
        new BigInteger("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", 16),
        expected,
        0);
    Scalars.write(Curve.P256.order().subtract(highS), expected, 32);
    assertThat(key.sign("sample".getBytes(StandardCharsets.US_ASCII))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void signsTheSameMessageAlwaysTheSame(Curve curve) {
    SigningKey key = SigningKey.generate(curve, new Random(FIRST_SEED));
    SigningKey again = SigningKey.generate(curve, new Random(FIRST_SEED));
    byte[] message = {1, 2, 3};
    assertThat(again.verifyingKey()).isEqualTo(key.verifyingKey());
    assertThat(again.sign(message)).isEqualTo(key.sign(message)).hasSize(64);
    assertThat(key.sign(new byte[0])).isNotEqualTo(key.sign(message));
  }

  @ParameterizedTest
  @EnumSource
  void takesEverySecretOfTheGroupAndNoOther(Curve curve) {
    BigInteger order = curve.order();
    byte[] message = {7};
    for (BigInteger secret : new BigInteger[] {BigInteger.ONE, order.subtract(BigInteger.ONE)}) {
      SigningKey key = SigningKey.of(curve, Scalars.toBytes(secret));
      assertThat(key.verifyingKey().verifies(message, key.sign(message))).isTrue();
    }
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    for (byte[] secret :
        new byte[][] {
          new byte[0], new byte[31], new byte[32], new byte[33], ones, Scalars.toBytes(order)
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.of(curve, secret));
    }
  }

  /** Zero and the order itself are drawn first, and passed over. */
  @ParameterizedTest
  @EnumSource
  void generatesOnlySecretsOfTheGroup(Curve curve) {
    byte[][] draws = {
      new byte[32], Scalars.toBytes(curve.order()), Scalars.toBytes(BigInteger.TWO)
    };
    Random scripted =
        new Random() {
          private static final long serialVersionUID = 1L;
          private int next;

          @Override
          public void nextBytes(byte[] bytes) {
            System.arraycopy(draws[next++], 0, bytes, 0, 32);
          }
        };
    assertThat(SigningKey.generate(curve, scripted).verifyingKey())
        .isEqualTo(SigningKey.of(curve, Scalars.toBytes(BigInteger.TWO)).verifyingKey());
  }

  @ParameterizedTest
  @EnumSource
  void keepsItsSecret(Curve curve) {
    byte[] secret = new byte[32];
    new Random(FIRST_SEED).nextBytes(secret);
    SigningKey key = SigningKey.of(curve, secret);
    byte[] signature = key.sign(new byte[0]);
    assertThat(key.toString())
        .contains(key.verifyingKey().didKey())
        .doesNotContainIgnoringCase(HexFormat.of().formatHex(secret, 0, 4))
        .doesNotContain(new BigInteger(1, secret).toString().substring(0, 8));
    Arrays.fill(secret, (byte) 1);
    assertThat(key.sign(new byte[0])).as("the array was copied").isEqualTo(signature);
  }
}
