package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each case is drawn from a seed, which a failure names. */
final class VerifyingKeyTest {
  private static final long FIRST_SEED = 20_261_125L;
  private static final int CASES = 60;

  @ParameterizedTest
  @EnumSource
  void verifiesWhatItsPrivateHalfSigned(Curve curve) throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      Signed signed = new Signed(curve, seed);
      assertThat(signed.key.verifies(signed.message, signed.signature))
          .as("seed %d", seed)
          .isTrue();
      assertThat(signed.key.verifiesAnyS(signed.message, signed.signature))
          .as("seed %d", seed)
          .isTrue();
      assertThat(
              VerifyingKey.ofDidKey(signed.key.didKey()).verifies(signed.message, signed.signature))
          .as("seed %d", seed)
          .isTrue();
      assertThat(VerifyingKey.ofMultikey(signed.key.multikey()))
          .as("seed %d", seed)
          .isEqualTo(signed.key);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryFlippedBit(Curve curve) {
    Signed signed = new Signed(curve, FIRST_SEED);
    for (int bit = 0; bit < 512; bit++) {
      byte[] flipped = flip(signed.signature, bit);
      assertThat(signed.key.verifies(signed.message, flipped)).as("bit %d", bit).isFalse();
      assertThat(signed.key.verifiesAnyS(signed.message, flipped)).as("bit %d", bit).isFalse();
    }
    for (int bit = 0; bit < 8 * signed.message.length; bit++) {
      assertThat(signed.key.verifiesAnyS(flip(signed.message, bit), signed.signature))
          .as("bit %d of the message", bit)
          .isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesTheHighTwinExceptWhereAnySIsTaken(Curve curve) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      Signed signed = new Signed(curve, seed);
      byte[] twin = signed.signature.clone();
      Scalars.write(curve.order().subtract(Scalars.read(twin, 32)), twin, 32);
      assertThat(signed.key.verifies(signed.message, twin)).as("seed %d", seed).isFalse();
      assertThat(signed.key.verifiesAnyS(signed.message, twin)).as("seed %d", seed).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void countsTheMiddleAsLow(Curve curve) {
    byte[] signature = new byte[64];
    BigInteger half = curve.order().shiftRight(1);
    Scalars.write(half, signature, 32);
    assertThat(curve.isLowS(signature)).isTrue();
    Scalars.write(half.add(BigInteger.ONE), signature, 32);
    assertThat(curve.isLowS(signature)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnotherKeysSignature(Curve curve) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      Signed signed = new Signed(curve, seed);
      for (Curve other : Curve.values()) {
        VerifyingKey stranger = new Signed(other, seed + 1_000_000).key;
        assertThat(stranger.verifiesAnyS(signed.message, signed.signature))
            .as("seed %d", seed)
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesNumbersOutsideOfTheGroup(Curve curve) {
    Signed signed = new Signed(curve, FIRST_SEED);
    BigInteger order = curve.order();
    BigInteger[] outside = {
      BigInteger.ZERO,
      order,
      order.add(BigInteger.ONE),
      BigInteger.TWO.pow(256).subtract(BigInteger.ONE)
    };
    for (int offset : new int[] {0, 32}) {
      for (BigInteger number : outside) {
        byte[] signature = signed.signature.clone();
        Scalars.write(number, signature, offset);
        assertThat(signed.key.verifies(signed.message, signature)).isFalse();
        assertThat(signed.key.verifiesAnyS(signed.message, signature)).isFalse();
      }
    }
    // Congruent numbers are not the same numbers.
    byte[] shifted = signed.signature.clone();
    BigInteger r = Scalars.read(shifted, 0);
    if (r.add(order).bitLength() <= 256) {
      Scalars.write(r.add(order), shifted, 0);
      assertThat(signed.key.verifiesAnyS(signed.message, shifted)).isFalse();
    }
    assertThat(signed.key.verifiesAnyS(signed.message, new byte[64])).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryOtherLength(Curve curve) {
    Signed signed = new Signed(curve, FIRST_SEED);
    for (int length : new int[] {0, 1, 32, 63, 65, 72, 128, 100_000}) {
      byte[] signature = Arrays.copyOf(signed.signature, length);
      assertThat(signed.key.verifies(signed.message, signature)).as("length %d", length).isFalse();
      assertThat(signed.key.verifiesAnyS(signed.message, signature))
          .as("length %d", length)
          .isFalse();
    }
  }

  @Test
  void differsByCurveAndPoint() {
    VerifyingKey one = new Signed(Curve.K256, FIRST_SEED).key;
    assertThat(one)
        .isEqualTo(new Signed(Curve.K256, FIRST_SEED).key)
        .isNotEqualTo(new Signed(Curve.K256, FIRST_SEED + 1).key)
        .isNotEqualTo(new Signed(Curve.P256, FIRST_SEED).key)
        .hasToString(one.didKey());
  }

  @ParameterizedTest
  @EnumSource
  void legacyKeysAreThePointAlone(Curve curve) throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      VerifyingKey key = new Signed(curve, seed).key;
      for (boolean compressed : new boolean[] {true, false}) {
        String text = "z" + Base58.encode(point(key).getEncoded(compressed));
        assertThat(VerifyingKey.ofLegacyMultibase(curve, text)).as("seed %d", seed).isEqualTo(key);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "z",
        "did:key:",
        "did:key:z",
        "did:key",
        "DID:KEY:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:Q3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", // no sign of base58
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme ",
        "did:key: zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBm", // one short
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBmee", // one long
        "did:key:z1Q3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", // a zero before
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme#key-1",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", // Ed25519
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
      })
  void refusesOtherText(String text) {
    assertBad(() -> VerifyingKey.ofDidKey(text));
    assertBad(() -> VerifyingKey.ofMultikey(text));
    assertBad(() -> VerifyingKey.ofMultikey(text.replace("did:key:", "")));
    assertBad(() -> VerifyingKey.ofLegacyMultibase(Curve.K256, text));
  }

  @Test
  void refusesHugeTextWithoutQuotingIt() {
    String huge = "did:key:z" + "Q".repeat(5_000_000);
    assertBad(() -> VerifyingKey.ofDidKey(huge));
    assertBad(() -> VerifyingKey.ofDidKey("x".repeat(5_000_000)));
    assertBad(() -> VerifyingKey.ofMultikey(huge.substring(8)));
    assertBad(() -> VerifyingKey.ofLegacyMultibase(Curve.P256, huge.substring(8)));
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatIsNoPointOfTheCurve(Curve curve) throws MalformedDataException {
    byte[] good = point(new Signed(curve, FIRST_SEED).key).getEncoded(true);
    BigInteger field = curve.domain().getCurve().getField().getCharacteristic();
    int refused = 0;
    for (int x = 0; x < 40; x++) {
      // About half of all x have no y.
      byte[] bytes = good.clone();
      Scalars.write(BigInteger.valueOf(x), bytes, 1);
      try {
        var _ = VerifyingKey.ofMultikey("z" + Base58.encode(curve.withCodec(bytes)));
      } catch (MalformedDataException e) {
        assertThat(e.kind()).isEqualTo(Kind.BAD_KEY);
        refused++;
      }
    }
    assertThat(refused).isBetween(8, 32);
    for (BigInteger x : new BigInteger[] {field, field.add(BigInteger.ONE)}) {
      byte[] bytes = good.clone();
      Scalars.write(x, bytes, 1);
      assertBadPoint(curve, bytes);
    }
    for (int sign : new int[] {0, 1, 4, 5, 6, 7, 0xff}) {
      byte[] bytes = good.clone();
      bytes[0] = (byte) sign;
      assertBadPoint(curve, bytes);
    }
    // Infinity, in one byte and padded.
    assertBadPoint(curve, new byte[1]);
    assertBadPoint(curve, new byte[33]);
    assertBadPoint(curve, new byte[65]);
  }

  @ParameterizedTest
  @EnumSource
  void refusesUncompressedPointsBesideTheCurveAndHybridOnes(Curve curve)
      throws MalformedDataException {
    byte[] good = point(new Signed(curve, FIRST_SEED).key).getEncoded(false);
    assertThat(legacy(curve, good)).isEqualTo(new Signed(curve, FIRST_SEED).key);
    for (int bit = 8; bit < 8 * good.length; bit += 7) {
      byte[] beside = flip(good, bit);
      assertBad(() -> legacy(curve, beside));
    }
    byte[] hybrid = good.clone();
    hybrid[0] = (byte) (6 + (good[64] & 1));
    assertBad(() -> legacy(curve, hybrid));
    // A Multikey has compressed points only.
    assertBad(() -> VerifyingKey.ofMultikey("z" + Base58.encode(curve.withCodec(good))));
  }

  private static void assertBadPoint(Curve curve, byte[] point) {
    assertBad(() -> VerifyingKey.ofMultikey("z" + Base58.encode(curve.withCodec(point))));
    assertBad(() -> legacy(curve, point));
  }

  private static VerifyingKey legacy(Curve curve, byte[] point) throws MalformedDataException {
    return VerifyingKey.ofLegacyMultibase(curve, "z" + Base58.encode(point));
  }

  @Test
  void anyTextIsAKeyOrRefused() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 5000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(70)];
      random.nextBytes(bytes);
      if (bytes.length > 2 && random.nextBoolean()) {
        byte[] codec = (random.nextBoolean() ? Curve.K256 : Curve.P256).withCodec(new byte[0]);
        bytes[0] = codec[0];
        bytes[1] = codec[1];
        bytes[2] = (byte) random.nextInt(8);
      }
      String text = "z" + Base58.encode(bytes);
      try {
        VerifyingKey key = VerifyingKey.ofMultikey(text);
        assertThat(key.multikey()).as("seed %d", seed).isEqualTo(text);
      } catch (MalformedDataException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(Kind.BAD_KEY);
      }
    }
  }

  private static ECPoint point(VerifyingKey key) throws MalformedDataException {
    byte[] multikey = Base58.decode(key.multikey(), 1);
    return key.curve()
        .domain()
        .getCurve()
        .decodePoint(Arrays.copyOfRange(multikey, Curve.CODEC_LENGTH, multikey.length));
  }

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }

  private static void assertBad(ThrowingCallable parsing) {
    assertThatThrownBy(parsing)
        .isInstanceOfSatisfying(
            MalformedDataException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.BAD_KEY);
              assertThat(e.getMessage()).hasSizeLessThan(200);
            });
  }

  /** A key, a message and a signature, of a seed. */
  private static final class Signed {
    final VerifyingKey key;
    final byte[] message;
    final byte[] signature;

    Signed(Curve curve, long seed) {
      Random random = new Random(seed);
      SigningKey signer = SigningKey.generate(curve, random);
      key = signer.verifyingKey();
      message = new byte[1 + random.nextInt(40)];
      random.nextBytes(message);
      signature = signer.sign(message);
    }
  }
}
