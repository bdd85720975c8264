/**
 * Which frames of a relay are new, where its numbering began anew, and what is missing. Pure: times
 * and hashes are given, outcomes are returned; without thread, clock or Kafka.
 */
@NullMarked
package courtside.ingestor.sequence;

import org.jspecify.annotations.NullMarked;
