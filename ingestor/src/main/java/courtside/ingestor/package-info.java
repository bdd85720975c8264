/** Process 1: reads a relay and writes every frame, with the cursor, into the log. */
@NullMarked
package courtside.ingestor;

import org.jspecify.annotations.NullMarked;
