package courtside.processor.streams;

/**
 * One application on this instance, at one moment. Immutable.
 *
 * @param id the application's id
 * @param tasks partitions that it works on here; of one that has failed none
 */
public record Stage(String id, Phase phase, int tasks) {}
