package courtside.feedapi.viewer;

import courtside.atproto.syntax.Did;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tokens that were used, until they hold no longer. Where there are too many, those that would have
 * to be remembered longest are forgotten first: whoever makes many with a long life, and could make
 * more at will, so gives up what protects his own, and not what protects the usual ones of a
 * minute. About 100 bytes for each. Thread-safe.
 */
final class UsedTokens {
  private final int most;

  // Guarded by this.
  private final Set<Mark> marks = new HashSet<>();
  private final TreeMap<Long, List<Mark>> bySecond = new TreeMap<>();
  private long forgotten;

  /** The second until which all is forgotten; clocks may go back, this does not. */
  private long latest = Long.MIN_VALUE;

  /** 128 bits of the hash of issuer and nonce: an issuer can only make his own meet. */
  private record Mark(long high, long low) {}

  /**
   * None so far.
   *
   * @param most how many are remembered
   */
  UsedTokens(int most) {
    this.most = most;
  }

  /** Whether this one was used. */
  synchronized boolean holds(Did issuer, String nonce, Instant now) {
    forgetUntil(now);
    return marks.contains(mark(issuer, nonce));
  }

  /**
   * Marks it as used.
   *
   * @param until the last moment at which it holds
   * @return whether it holds and was not used before: of all who use one, one is told so
   */
  synchronized boolean use(Did issuer, String nonce, Instant until, Instant now) {
    forgetUntil(now);
    if (second(until) <= latest) {
      // Others may have marked it, and that is forgotten.
      return false;
    }
    Mark mark = mark(issuer, nonce);
    if (!marks.add(mark)) {
      return false;
    }
    bySecond.computeIfAbsent(second(until), _ -> new ArrayList<>(1)).add(mark);
    if (marks.size() > most) {
      forgetOne();
    }
    return true;
  }

  /** How many are remembered. */
  synchronized int size() {
    return marks.size();
  }

  /** How many were forgotten before their time. */
  synchronized long forgotten() {
    return forgotten;
  }

  /** The first second in which it holds no longer. */
  private static long second(Instant until) {
    return until.getEpochSecond() + 1;
  }

  private void forgetUntil(Instant now) {
    latest = Math.max(latest, now.getEpochSecond());
    Map.Entry<Long, List<Mark>> first = bySecond.firstEntry();
    while (first != null && first.getKey() <= latest) {
      first.getValue().forEach(marks::remove);
      bySecond.remove(first.getKey());
      first = bySecond.firstEntry();
    }
  }

  private void forgetOne() {
    Map.Entry<Long, List<Mark>> last = bySecond.lastEntry();
    marks.remove(last.getValue().removeLast());
    if (last.getValue().isEmpty()) {
      bySecond.remove(last.getKey());
    }
    forgotten++;
  }

  private static Mark mark(Did issuer, String nonce) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(issuer.value().getBytes(StandardCharsets.UTF_8));
      // No DID has this byte.
      hash.update((byte) 0);
      ByteBuffer bytes = ByteBuffer.wrap(hash.digest(nonce.getBytes(StandardCharsets.UTF_8)));
      return new Mark(bytes.getLong(), bytes.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
