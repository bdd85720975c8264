/** The topics of the ingestor: frames, cursors, incidents, dead letters. */
@NullMarked
package courtside.eventlog.firehose;

import org.jspecify.annotations.NullMarked;
