/**
 * From the queue into the log: which frames are new, and the transactions that hold them with their
 * cursor.
 */
@NullMarked
package courtside.ingestor.pump;

import org.jspecify.annotations.NullMarked;
