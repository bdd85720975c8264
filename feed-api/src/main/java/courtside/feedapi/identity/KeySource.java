package courtside.feedapi.identity;

import courtside.atproto.syntax.Did;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where keys come from when they are not known. Thread-safe. */
public interface KeySource {
  /** Why it is not even tried, where that can be said of the DID alone. */
  Optional<KeyFailure> refuses(Did did);

  /**
   * Asks for the key, now and anew. Does not block; the future ends within a bounded time, never
   * exceptionally, and may be ended by a thread that must not be kept.
   */
  CompletableFuture<KeyAnswer> fetch(Did did);
}
