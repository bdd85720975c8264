package courtside.ingestor.sequence;

import courtside.atproto.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What tells a frame from all others. Every frame has a fingerprint of 64 bits, which costs next to
 * nothing; SHA-256 is computed where it has to outlive the process. Nobody gains by two frames of
 * one fingerprint: it is looked at only where a number comes again, and then the relay, whose frame
 * would be taken for a duplicate, could as well have kept it to itself. Immutable; thread-safe.
 */
public final class FrameIdentity {
  private final byte @Nullable [] frame;
  private final long fingerprint;
  private volatile @Nullable Bytes sha256;

  private FrameIdentity(byte @Nullable [] frame, long fingerprint, @Nullable Bytes sha256) {
    this.frame = frame;
    this.fingerprint = fingerprint;
    this.sha256 = sha256;
  }

  /** Of a frame; the array is not copied, and must not be changed. */
  public static FrameIdentity of(byte[] frame) {
    return new FrameIdentity(frame, fingerprint(frame), null);
  }

  /** Of a frame of which this is all that is known: it was had before this process began. */
  public static FrameIdentity ofHash(Bytes sha256) {
    return new FrameIdentity(null, 0, sha256);
  }

  /** Two codes in hardware, of different polynomials: a difference that both miss is a wonder. */
  private static long fingerprint(byte[] frame) {
    CRC32C low = new CRC32C();
    low.update(frame);
    CRC32 high = new CRC32();
    high.update(frame);
    return (high.getValue() << Integer.SIZE) | low.getValue();
  }

  /** Whether the frame's bytes are not known, only their hash. */
  boolean isOnlyHash() {
    return frame == null;
  }

  /** The fingerprint, where the bytes are known. */
  long fingerprint() {
    return fingerprint;
  }

  /** The hash; computed when it is asked for first. */
  public Bytes sha256() {
    Bytes known = sha256;
    if (known == null) {
      // One or the other is always known.
      known = Bytes.of(digest(Objects.requireNonNull(frame)));
      sha256 = known;
    }
    return known;
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether both are of the same bytes. */
  public boolean isSameAs(FrameIdentity other) {
    if (isOnlyHash() || other.isOnlyHash()) {
      return sha256().equals(other.sha256());
    }
    return fingerprint == other.fingerprint;
  }
}
