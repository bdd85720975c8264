package courtside.feedapi.viewer;

import courtside.atproto.syntax.Did;

/** Who asks. Immutable. */
public sealed interface Asker {
  /** Somebody who does not say. */
  record Anonymous() implements Asker {}

  /** An account, by its own word to this service for this method. */
  record Viewer(Did did) implements Asker {}

  /**
   * Somebody who says so in a way that is not believed; status 401, where it matters who asks.
   *
   * @param error the name of the XRPC error
   * @param message for people; quotes nothing of the token
   */
  record Refused(String error, String message) implements Asker {}

  /**
   * Nobody can say just now, as the account's key is not to be had: the token may be good. Status
   * 502 with the error UpstreamFailure, where it matters who asks.
   *
   * @param message for people
   */
  record Unknown(String message) implements Asker {}
}
