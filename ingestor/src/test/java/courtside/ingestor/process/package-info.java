/**
 * Ingestors in processes of their own, which may be killed and frozen; what comes to them
 * meanwhile; and what a reader of the log sees of it.
 */
@NullMarked
package courtside.ingestor.process;

import org.jspecify.annotations.NullMarked;
