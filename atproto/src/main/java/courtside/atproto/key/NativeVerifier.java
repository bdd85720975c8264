package courtside.atproto.key;

import fr.acinq.secp256k1.Secp256k1;
import java.math.BigInteger;

/**
 * libsecp256k1's for K-256, Bouncy Castle's for P-256. Classes of an optional dependency: only
 * {@link Loaded} may touch this one first.
 */
final class NativeVerifier extends EcdsaVerifier {
  private final Secp256k1 library;

  private NativeVerifier(Secp256k1 library) {
    this.library = library;
  }

  @Override
  public String name() {
    return "libsecp256k1";
  }

  @Override
  boolean verifiesDigest(VerifyingKey key, byte[] digest, byte[] signature) {
    if (key.curve() != Curve.K256) {
      return PortableVerifier.INSTANCE.verifiesDigest(key, digest, signature);
    }
    // The library knows low s only; the two of a pair are valid for the same messages. It throws at
    // numbers outside of the group and at points beside the curve, which do not get here.
    return library.verify(withLowS(signature), digest, key.uncompressed());
  }

  private static byte[] withLowS(byte[] signature) {
    if (Curve.K256.isLowS(signature)) {
      return signature;
    }
    byte[] twin = signature.clone();
    BigInteger s = Scalars.read(signature, Curve.SCALAR_LENGTH);
    Scalars.write(Curve.K256.order().subtract(s), twin, Curve.SCALAR_LENGTH);
    return twin;
  }

  /** Loads the library when first asked. */
  static final class Loaded {
    static final EcdsaVerifier VERIFIER = load();

    private Loaded() {}

    private static EcdsaVerifier load() {
      try {
        EcdsaVerifier loaded = new NativeVerifier(Secp256k1.get());
        return answersRightly(loaded) ? loaded : PortableVerifier.INSTANCE;
      } catch (Exception | LinkageError e) {
        // Not on the class path, not for this system, or not loadable here: all the same to us.
        return PortableVerifier.INSTANCE;
      }
    }

    private static boolean answersRightly(EcdsaVerifier verifier) {
      byte[] secret = new byte[Curve.SCALAR_LENGTH];
      secret[0] = 1;
      SigningKey key = SigningKey.of(Curve.K256, secret);
      byte[] message = {1, 2, 3};
      byte[] signature = key.sign(message);
      return verifier.verifies(key.verifyingKey(), message, signature)
          && !verifier.verifies(key.verifyingKey(), new byte[] {1, 2, 4}, signature);
    }
  }
}
