/**
 * What may be wrong between a client and a Kafka broker: a proxy that forwards bytes, and does
 * wrong on cue; and a log that is sized for too small a disk.
 */
@NullMarked
package courtside.testkit.broker;

import org.jspecify.annotations.NullMarked;
