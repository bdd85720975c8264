package courtside.atproto.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Verifies signatures: ECDSA over the SHA-256 of a message, r and s in 64 bytes. All of them give
 * the same answers, and differ in what an answer costs. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/cryptography">Cryptography</a>
 */
public abstract sealed class EcdsaVerifier permits PortableVerifier, NativeVerifier {
  EcdsaVerifier() {}

  /** In Java alone, by Bouncy Castle. */
  public static EcdsaVerifier portable() {
    return PortableVerifier.INSTANCE;
  }

  /**
   * By libsecp256k1 for K-256, where that can be had: the optional dependencies are there, the
   * library is for this system, and loads, and answers rightly. Otherwise {@link #portable()}. The
   * first call unpacks the library into the directory for temporary files; no other looks again.
   */
  public static EcdsaVerifier nativeOrPortable() {
    return NativeVerifier.Loaded.VERIFIER;
  }

  /**
   * Whether the key made the signature, in the one form that commits may carry: with the low s.
   * Anything else is no signature.
   */
  public final boolean verifies(VerifyingKey key, byte[] message, byte[] signature) {
    return key.curve().admits(signature)
        && key.curve().isLowS(signature)
        && verifiesDigest(key, sha256(message), signature);
  }

  /** As {@link #verifies}, but s may be the high one too: so for tokens. */
  public final boolean verifiesAnyS(VerifyingKey key, byte[] message, byte[] signature) {
    return key.curve().admits(signature) && verifiesDigest(key, sha256(message), signature);
  }

  /** What answers, for people to read. */
  public abstract String name();

  /**
   * Whether the key signed the digest.
   *
   * @param signature one that the curve admits, its s low or high
   */
  abstract boolean verifiesDigest(VerifyingKey key, byte[] digest, byte[] signature);

  static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public final String toString() {
    return name();
  }
}
