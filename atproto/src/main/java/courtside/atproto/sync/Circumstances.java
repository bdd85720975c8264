package courtside.atproto.sync;

import courtside.atproto.key.VerifyingKey;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known beside the event itself. What is absent leaves its level unchecked. Immutable.
 *
 * @param now the time by which a revision lies in the future
 * @param key the account's signing key, by its DID document
 * @param state where its repository stood before
 * @param active whether it is active, by its last #account
 */
public record Circumstances(
    Instant now, Optional<VerifyingKey> key, Optional<RepoState> state, Optional<Boolean> active) {

  /** Nothing is known but the time. */
  public static Circumstances at(Instant now) {
    return new Circumstances(now, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same with this key. */
  public Circumstances withKey(VerifyingKey value) {
    return new Circumstances(now, Optional.of(value), state, active);
  }

  /** The same with this state. */
  public Circumstances withState(RepoState value) {
    return new Circumstances(now, key, Optional.of(value), active);
  }

  /** The same with this status. */
  public Circumstances withActive(boolean value) {
    return new Circumstances(now, key, state, Optional.of(value));
  }
}
