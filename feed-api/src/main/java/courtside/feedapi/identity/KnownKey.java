package courtside.feedapi.identity;

import courtside.atproto.key.VerifyingKey;

/**
 * A key that is kept. Immutable. Times are of {@link System#nanoTime}'s kind.
 *
 * @param refreshAt from when on it is asked for anew when it is served
 * @param endsAt until when it is kept
 * @param forceableAt from when on a signature that fails brings a question
 */
record KnownKey(VerifyingKey key, long refreshAt, long endsAt, long forceableAt) {
  KnownKey refreshingAt(long time) {
    return new KnownKey(key, time, endsAt, forceableAt);
  }

  KnownKey forceableAt(long time) {
    return new KnownKey(key, refreshAt, endsAt, time);
  }
}
