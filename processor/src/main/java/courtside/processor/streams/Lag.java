package courtside.processor.streams;

import java.util.OptionalDouble;

/**
 * How far an application is behind what it reads. Immutable.
 *
 * @param events records that are committed and not processed, over all partitions held
 * @param seconds how long the oldest of them may have been waiting, to about a second; 0 where
 *     there is none, empty while it cannot be told
 */
public record Lag(long events, OptionalDouble seconds) {}
