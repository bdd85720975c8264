package courtside.atproto.key;

import java.math.BigInteger;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.util.Arrays;

/**
 * The two elliptic curves of the protocol.
 *
 * @see <a href="https://atproto.com/specs/cryptography">Cryptography</a>
 */
// Neither the arrays nor the parameters change, or leave this package.
@SuppressWarnings("ImmutableEnumChecker")
public enum Curve {
  /** secp256k1, which most accounts use. */
  K256("ES256K", "secp256k1", 0xe7, 0x01),
  /** secp256r1, also known as NIST P-256. */
  P256("ES256", "secp256r1", 0x80, 0x24);

  /** Bytes of a scalar, of a coordinate, and of a private key. */
  static final int SCALAR_LENGTH = 32;

  /** Bytes of a point as x and the sign of y. */
  static final int COMPRESSED_LENGTH = 1 + SCALAR_LENGTH;

  /** Bytes of a point as x and y. */
  static final int UNCOMPRESSED_LENGTH = 1 + 2 * SCALAR_LENGTH;

  /** Bytes of the multicodec prefix. */
  static final int CODEC_LENGTH = 2;

  private final String algorithm;
  private final ECDomainParameters domain;
  private final byte[] codec;
  private final byte[] order;
  private final byte[] halfOrder;

  Curve(String algorithm, String standardName, int codec0, int codec1) {
    this.algorithm = algorithm;
    this.domain = new ECDomainParameters(CustomNamedCurves.getByName(standardName));
    this.codec = new byte[] {(byte) codec0, (byte) codec1};
    this.order = Scalars.toBytes(domain.getN());
    this.halfOrder = Scalars.toBytes(domain.getN().shiftRight(1));
  }

  /** How JOSE names ECDSA on this curve with SHA-256: {@code ES256K} or {@code ES256}. */
  public String algorithm() {
    return algorithm;
  }

  /**
   * The order n of the group. Of a signature's s and n - s, the one that is at most n / 2 is low.
   */
  public BigInteger order() {
    return domain.getN();
  }

  ECDomainParameters domain() {
    return domain;
  }

  /** Whether the bytes begin with the multicodec prefix of a public key on this curve. */
  boolean isCodecOf(byte[] multikey) {
    return multikey.length >= CODEC_LENGTH && multikey[0] == codec[0] && multikey[1] == codec[1];
  }

  /** The multicodec prefix, then the point. */
  byte[] withCodec(byte[] point) {
    return Arrays.concatenate(codec, point);
  }

  /** Whether the bytes are two numbers from 1 to n - 1, as every raw signature is. */
  boolean admits(byte[] signature) {
    return signature.length == 2 * SCALAR_LENGTH
        && isOfGroup(signature, 0)
        && isOfGroup(signature, SCALAR_LENGTH);
  }

  private boolean isOfGroup(byte[] signature, int offset) {
    return Scalars.compare(signature, offset, order) < 0 && !Scalars.isZero(signature, offset);
  }

  /** Whether the second half of a raw signature is at most n / 2. */
  boolean isLowS(byte[] signature) {
    return Scalars.compare(signature, SCALAR_LENGTH, halfOrder) <= 0;
  }
}
