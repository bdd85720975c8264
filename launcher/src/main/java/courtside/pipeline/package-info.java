/**
 * The whole pipeline in this process: a real broker and the three services, each on the path it
 * takes as a process of its own.
 */
@NullMarked
package courtside.pipeline;

import org.jspecify.annotations.NullMarked;
