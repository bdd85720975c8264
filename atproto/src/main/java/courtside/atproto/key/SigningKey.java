package courtside.atproto.key;

import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * A private key. Immutable, thread-safe.
 *
 * @see <a href="https://atproto.com/specs/cryptography">Cryptography</a>
 */
public final class SigningKey {
  private final ECPrivateKeyParameters parameters;
  private final VerifyingKey verifyingKey;

  private SigningKey(Curve curve, BigInteger secret) {
    this.parameters = new ECPrivateKeyParameters(secret, curve.domain());
    this.verifyingKey =
        VerifyingKey.ofPoint(
            curve, new FixedPointCombMultiplier().multiply(curve.domain().getG(), secret));
  }

  /**
   * The key of a secret number.
   *
   * @param secret the number in 32 bytes, the most significant first; copied
   * @throws IllegalArgumentException if there are not 32 bytes, or the number is 0 or not less than
   *     the order of the curve's group
   */
  public static SigningKey of(Curve curve, byte[] secret) {
    if (secret.length != Curve.SCALAR_LENGTH) {
      throw new IllegalArgumentException("expected a secret of 32 bytes, found " + secret.length);
    }
    BigInteger number = Scalars.read(secret, 0);
    if (!isSecret(curve, number)) {
      throw new IllegalArgumentException(
          "expected a secret from 1 to the order of " + curve + " less 1, found another");
    }
    return new SigningKey(curve, number);
  }

  /**
   * A new key, as good as the source of randomness: from a seeded one always the same, for tests
   * and simulations; from {@link java.security.SecureRandom} a secret.
   */
  public static SigningKey generate(Curve curve, RandomGenerator random) {
    byte[] secret = new byte[Curve.SCALAR_LENGTH];
    BigInteger number;
    do {
      random.nextBytes(secret);
      number = Scalars.read(secret, 0);
    } while (!isSecret(curve, number));
    return new SigningKey(curve, number);
  }

  private static boolean isSecret(Curve curve, BigInteger number) {
    return number.signum() > 0 && number.compareTo(curve.order()) < 0;
  }

  public Curve curve() {
    return verifyingKey.curve();
  }

  /** The public half. */
  public VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /**
   * Signs the SHA-256 of the message: r and s in 64 bytes, with the low s, and for the same message
   * always the same (RFC 6979).
   */
  public byte[] sign(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, parameters);
    BigInteger[] pair = signer.generateSignature(EcdsaVerifier.sha256(message));
    byte[] signature = new byte[VerifyingKey.SIGNATURE_LENGTH];
    Scalars.write(pair[0], signature, 0);
    Scalars.write(pair[1], signature, Curve.SCALAR_LENGTH);
    if (!curve().isLowS(signature)) {
      Scalars.write(curve().order().subtract(pair[1]), signature, Curve.SCALAR_LENGTH);
    }
    return signature;
  }

  /** Names the curve and the public half, never the secret. */
  @Override
  public String toString() {
    return "SigningKey[" + curve() + ", " + verifyingKey + "]";
  }
}
