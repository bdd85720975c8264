/** Feed sets: what was applied together runs as one Streams application. */
@NullMarked
package courtside.processor.set;

import org.jspecify.annotations.NullMarked;
