package courtside.atproto.key;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.util.Arrays;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A public key: a point on one of the protocol's curves, and what it has signed. Immutable,
 * thread-safe.
 *
 * @see <a href="https://atproto.com/specs/cryptography">Cryptography</a>
 */
public final class VerifyingKey {
  /** Bytes of every signature: r, then s. */
  public static final int SIGNATURE_LENGTH = 2 * Curve.SCALAR_LENGTH;

  private static final String DID_KEY = "did:key:";

  /** Multibase's sign for base58. */
  private static final char BASE58 = 'z';

  private static final int QUOTED = 64;

  private final Curve curve;

  /** The point as 4, x, y. */
  private final byte[] uncompressed;

  private VerifyingKey(Curve curve, byte[] uncompressed) {
    this.curve = curve;
    this.uncompressed = uncompressed;
  }

  /** The public half of a private key; the point must be on the curve and not infinity. */
  static VerifyingKey ofPoint(Curve curve, ECPoint point) {
    return new VerifyingKey(curve, point.getEncoded(false));
  }

  /**
   * Parses {@code did:key:z…}.
   *
   * @throws MalformedDataException {@link Kind#BAD_KEY} if the text is not the did:key of a point
   *     on one of the curves
   */
  public static VerifyingKey ofDidKey(String text) throws MalformedDataException {
    if (!text.startsWith(DID_KEY)) {
      throw malformed("a did:key", text);
    }
    return decodeMultikey(text, DID_KEY.length());
  }

  /**
   * Parses a Multikey, {@code z…}: base58 of the curve's multicodec prefix and the compressed
   * point.
   *
   * @throws MalformedDataException {@link Kind#BAD_KEY} if the text is not the Multikey of a point
   *     on one of the curves
   */
  public static VerifyingKey ofMultikey(String text) throws MalformedDataException {
    return decodeMultikey(text, 0);
  }

  /**
   * Parses the key of a verification method of the types EcdsaSecp256k1VerificationKey2019 and
   * EcdsaSecp256r1VerificationKey2019, {@code z…}: base58 of the point alone, of which they say the
   * curve. The point is uncompressed by their definition; compressed ones exist and are taken.
   *
   * @throws MalformedDataException {@link Kind#BAD_KEY} if the text is not a point on the curve
   */
  public static VerifyingKey ofLegacyMultibase(Curve curve, String text)
      throws MalformedDataException {
    byte[] point = decodeMultibase(text, 0);
    boolean compressed = point.length == Curve.COMPRESSED_LENGTH;
    // The library would also take the hybrid forms, which have other first bytes.
    if (!compressed && (point.length != Curve.UNCOMPRESSED_LENGTH || point[0] != 4)) {
      throw malformed("a point of 33 or 65 bytes", text);
    }
    return decodePoint(curve, point, text);
  }

  private static VerifyingKey decodeMultikey(String text, int offset)
      throws MalformedDataException {
    byte[] multikey = decodeMultibase(text, offset);
    if (multikey.length == Curve.CODEC_LENGTH + Curve.COMPRESSED_LENGTH) {
      for (Curve curve : Curve.values()) {
        if (curve.isCodecOf(multikey)) {
          byte[] point = Arrays.copyOfRange(multikey, Curve.CODEC_LENGTH, multikey.length);
          return decodePoint(curve, point, text);
        }
      }
    }
    throw malformed("a compressed point with the prefix of K-256 or P-256", text);
  }

  private static byte[] decodeMultibase(String text, int offset) throws MalformedDataException {
    if (text.length() <= offset || text.charAt(offset) != BASE58) {
      throw malformed("base58 after the letter z", text);
    }
    return Base58.decode(text, offset + 1);
  }

  private static VerifyingKey decodePoint(Curve curve, byte[] point, String text)
      throws MalformedDataException {
    try {
      return ofPoint(curve, curve.domain().getCurve().decodePoint(point));
    } catch (IllegalArgumentException e) {
      throw malformed("a point on " + curve, text);
    }
  }

  public Curve curve() {
    return curve;
  }

  /** The key as a DID, {@code did:key:z…}. */
  public String didKey() {
    return DID_KEY + multikey();
  }

  /** The key as a Multikey, {@code z…}. */
  public String multikey() {
    byte[] compressed = Arrays.copyOf(uncompressed, Curve.COMPRESSED_LENGTH);
    // 2 for an even y, 3 for an odd one.
    compressed[0] = (byte) (2 + (uncompressed[Curve.UNCOMPRESSED_LENGTH - 1] & 1));
    return BASE58 + Base58.encode(curve.withCodec(compressed));
  }

  /** The point as 4, x, y. Not a copy, and not to be changed. */
  byte[] uncompressed() {
    return uncompressed;
  }

  /**
   * Whether this key made the signature over the SHA-256 of the message, in the one form that
   * commits may carry: r and s in 64 bytes, with the low s. Anything else is no signature. By
   * {@link EcdsaVerifier#portable()}; where many are to be verified, ask for another.
   */
  public boolean verifies(byte[] message, byte[] signature) {
    return EcdsaVerifier.portable().verifies(this, message, signature);
  }

  /** As {@link #verifies}, but s may be the high one too: so for tokens. */
  public boolean verifiesAnyS(byte[] message, byte[] signature) {
    return EcdsaVerifier.portable().verifiesAnyS(this, message, signature);
  }

  private static MalformedDataException malformed(String expected, String found) {
    String quoted = found.length() <= QUOTED ? found : found.substring(0, QUOTED) + "…";
    return new MalformedDataException(
        Kind.BAD_KEY, -1, "expected " + expected + ", found '" + quoted + "'");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey that
        && curve == that.curve
        && Arrays.equals(uncompressed, that.uncompressed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(uncompressed);
  }

  /** The did:key. */
  @Override
  public String toString() {
    return didKey();
  }
}
