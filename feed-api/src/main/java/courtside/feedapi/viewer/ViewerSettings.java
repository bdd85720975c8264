package courtside.feedapi.viewer;

import java.time.Duration;
import java.util.Set;

/**
 * Which tokens are taken. Immutable.
 *
 * @param audiences what a token's {@code aud} may be, exactly: the service's DID, and that with the
 *     fragment of its service
 * @param leeway by how much clocks may differ
 * @param longest how far ahead a token may end
 * @param remembered how many used tokens are remembered at once
 */
public record ViewerSettings(
    Set<String> audiences, Duration leeway, Duration longest, int remembered) {
  /** Copies the set, and checks the rest. */
  public ViewerSettings {
    audiences = Set.copyOf(audiences);
    if (audiences.isEmpty() || leeway.isNegative() || !longest.isPositive() || remembered < 1) {
      throw new IllegalArgumentException(
          "expected an audience, a leeway of 0 at least, and bounds above 0");
    }
  }

  /** What suits a feed generator with this DID. */
  public static ViewerSettings of(String service) {
    return new ViewerSettings(
        Set.of(service, service + "#bsky_fg"), Duration.ofSeconds(5), Duration.ofHours(1), 200_000);
  }
}
