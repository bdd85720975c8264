/** The connection to a relay: one socket at a time, watched, aborted and dialled again. */
@NullMarked
package courtside.ingestor.relay;

import org.jspecify.annotations.NullMarked;
