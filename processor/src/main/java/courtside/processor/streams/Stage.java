package courtside.processor.streams;

import java.util.Optional;

/**
 * One application on this instance, at one moment. Immutable.
 *
 * @param id the application's id
 * @param tasks partitions that it works on here; of one that has failed none
 * @param standby tasks of other instances whose state is kept here as well
 * @param restoring what its stores still lack, while that is read
 * @param lag how far it is behind in these partitions, while that is known
 */
public record Stage(
    String id,
    Phase phase,
    int tasks,
    int standby,
    Optional<Restoring> restoring,
    Optional<Lag> lag) {}
