package courtside.atproto.key;

import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/** Bouncy Castle's. */
final class PortableVerifier extends EcdsaVerifier {
  static final PortableVerifier INSTANCE = new PortableVerifier();

  private PortableVerifier() {}

  @Override
  public String name() {
    return "Bouncy Castle";
  }

  @Override
  boolean verifiesDigest(VerifyingKey key, byte[] digest, byte[] signature) {
    // A point of this call alone: the library hangs tables of 3 to 7 kB on each point that it
    // multiplies. Kept, they would save a seventh of the time, and be most of a cache of keys.
    Curve curve = key.curve();
    ECDSASigner signer = new ECDSASigner();
    signer.init(
        false,
        new ECPublicKeyParameters(
            curve.domain().getCurve().decodePoint(key.uncompressed()), curve.domain()));
    return signer.verifySignature(
        digest, Scalars.read(signature, 0), Scalars.read(signature, Curve.SCALAR_LENGTH));
  }
}
