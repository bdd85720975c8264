/**
 * Topics as a contract: name, partitions, clean-up, retention, limits; how they are created and
 * checked.
 */
@NullMarked
package courtside.eventlog.topic;

import org.jspecify.annotations.NullMarked;
