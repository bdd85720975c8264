/**
 * What stands between the socket's thread and the pump: bounded, so that a slow broker slows the
 * relay down.
 */
@NullMarked
package courtside.ingestor.queue;

import org.jspecify.annotations.NullMarked;
