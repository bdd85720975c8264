package courtside.atproto.cid;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Hashes blocks one after another with one SHA-256. Confined to one thread. */
public final class BlockHasher {
  private static final int HASH_LENGTH = 32;

  private final MessageDigest sha256;
  private final byte[] hash = new byte[HASH_LENGTH];

  /** A new one. */
  public BlockHasher() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether the block hashes to the CID that stands at an offset of the same buffer. */
  public boolean matches(byte[] buffer, int cidOffset, int offset, int length) {
    hash(buffer, offset, length);
    int digest = cidOffset + Cid.LENGTH - HASH_LENGTH;
    return Arrays.equals(hash, 0, HASH_LENGTH, buffer, digest, digest + HASH_LENGTH);
  }

  private void hash(byte[] buffer, int offset, int length) {
    sha256.update(buffer, offset, length);
    try {
      int _ = sha256.digest(hash, 0, HASH_LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
  }
}
