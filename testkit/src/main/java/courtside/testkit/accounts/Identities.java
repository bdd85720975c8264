package courtside.testkit.accounts;

import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Handle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Who the accounts of a simulated network are. Everything follows from the seed and the number of
 * the start, so that nothing need be saved: each start has accounts of its own, and every key of
 * every start can be made again. The keys are therefore no secret. Immutable.
 *
 * @param seed what all is made of
 * @param start which start of the network this is
 */
public record Identities(long seed, long start) {
  /** One account in so many has a P-256 key; the others K-256. */
  private static final int P256_EVERY = 10;

  private static final String DID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int DID_LENGTH = 24;

  /** The DID of a voice, a {@code did:plc}. */
  public Did did(int voice) {
    byte[] digest = digest("did", voice, 0);
    StringBuilder did = new StringBuilder("did:plc:");
    for (int i = 0; i < DID_LENGTH; i++) {
      did.append(DID_ALPHABET.charAt(digest[i] & 31));
    }
    return new Did(did.toString());
  }

  /** The handle of a voice, below {@code .test}, which no resolver knows. */
  public Handle handle(int voice) {
    return new Handle("voice" + voice + ".start" + start + ".test");
  }

  /**
   * A key of a voice.
   *
   * @param generation 0 for its first; each #identity of an account but its first brings the next
   */
  public SigningKey key(int voice, int generation) {
    Curve curve = voice % P256_EVERY == P256_EVERY - 1 ? Curve.P256 : Curve.K256;
    return SigningKey.generate(curve, random("key", voice, generation));
  }

  /** A source of randomness of its own for each purpose. */
  RandomGenerator random(String purpose) {
    return random(purpose, 0, 0);
  }

  private RandomGenerator random(String purpose, int voice, int generation) {
    // Of all generators, this one's numbers are the same on every platform for ever.
    return new Random(ByteBuffer.wrap(digest(purpose, voice, generation)).getLong());
  }

  private byte[] digest(String purpose, int voice, int generation) {
    String text = purpose + " " + seed + " " + start + " " + voice + " " + generation;
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
