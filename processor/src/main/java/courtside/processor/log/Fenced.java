package courtside.processor.log;

import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/** Failures that say that somebody else writes under the same transactional id now. */
public final class Fenced {
  private static final int DEEPEST = 8;

  private Fenced() {}

  /** Whether a failure, or what caused it, is one. */
  public static boolean is(Throwable failure) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof ProducerFencedException || at instanceof InvalidProducerEpochException) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
